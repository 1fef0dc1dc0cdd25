/**
 * The collector of `mirror.platform`: from channels, or one release, to payloads that are proven by their signatures,
 * and from each payload to its components. Besides the images it returns what disk-to-mirror reads of a working-dir.
 */
import type { ImageLayer } from '../../../archive/layer/layer';
import { composedFile } from '../../../archive/needed-files';
import type { PlannedFile } from '../../../archive/plan';
import type { ImageSetDocument } from '../../../imageset/document';
import type { PlatformContent } from '../../../imageset/schema';
import type { Digest } from '../../../oci/digest';
import { hexOf } from '../../../oci/digest';
import type { ImageManifest } from '../../../oci/manifest';
import type { ImageReference } from '../../../oci/reference';
import { formatReference, parseReference, tryParseReference } from '../../../oci/reference';
import { bootArchitecturesOf } from '../../../release/boot-images';
import { payloadUnreadable, selectionFinding, selectionWarning } from '../../../release/errors';
import { readPayload } from '../../../release/payload';
import { componentRepository, releaseRepository } from '../../../release/release-images';
import type { VerifiedSignature } from '../../../release/release-signature';
import { selectReleases } from '../../../release/select-releases';
import type { SignatureStore } from '../../../release/signature-store';
import { openSignatureStore } from '../../../release/signature-store';
import type { UpdateService } from '../../../release/update-service';
import { createUpdateService } from '../../../release/update-service';
import { graphPath, manifestsFolder, signaturePath } from '../../../release/working-dir';
import { mapConcurrently } from '../../../system/concurrency';
import type { Position } from '../../../system/errors';
import { errorOfFindings, renderPlacedFact } from '../../../system/errors';
import type { CollectedContent, Collector, RequestedImage, Sources } from './collector';
import { madeGraphImage } from './graph-image';

// A payload's own layer has a megabyte or two.
const payloadsAtOnce = 4;

/**
 * The releases of a configuration with their components, in the order of channels and versions.
 *
 * @throws SEQ0422 when update graphs lack something, SEQ0425 for a payload without a signature that counts, SEQ0424 for
 *   one that is not a release
 */
export const collectReleases: Collector = async (document, sources) => {
  const { platform } = document.config.mirror;
  if (platform === undefined) return {};
  const { documents, env, signal, now, progress } = sources;
  const service = createUpdateService({ documents, env });
  const made = platform.graph === true ? [await madeGraphImage(service, sources)] : [];
  const { payloads, notes } = await askedPayloads(document, { platform, service, sources });
  if (payloads.length === 0) return { made };
  const store = await openSignatureStore({ documents, env, now });
  const signed = await mapConcurrently(payloads, { limit: payloadsAtOnce, signal }, async (payload) => {
    progress.detail(`verifying the signature of ${payload.name}`);
    return signedPayload(payload, store);
  });
  // Two entries may lead to one release under different names.
  const once = [...new Map(signed.map((payload) => [payload.signature.name, payload])).values()];
  const contents = await mapConcurrently(once, { limit: payloadsAtOnce, signal }, async (payload) => {
    progress.detail(`reading release ${payload.signature.name}`);
    return contentOf(payload, platform, sources);
  });
  return {
    images: contents.flatMap(({ images }) => images),
    made,
    files: [...graphFiles(service), ...contents.flatMap(({ files }) => files)],
    releaseKeys: [...new Set(once.map(({ signature }) => signature.fingerprint))].sort(),
    notes,
  };
};

/** A payload as the configuration or an update graph names it. */
interface AskedPayload {
  readonly name: string;
  readonly digest: Digest;
}

interface SignedPayload extends AskedPayload {
  readonly signature: VerifiedSignature;
}

async function askedPayloads(
  document: ImageSetDocument,
  {
    platform,
    service,
    sources: { client, signal, progress },
  }: { readonly platform: PlatformContent; readonly service: UpdateService; readonly sources: Sources },
): Promise<{ payloads: readonly AskedPayload[]; notes: readonly string[] }> {
  if (platform.release) {
    const reference = parseReference(platform.release);
    const digest = reference.digest ?? (await client.head(reference, { signal })).digest;
    return { payloads: [{ name: platform.release, digest }], notes: [] };
  }
  const { channels = [] } = platform;
  if (channels.length === 0) return { payloads: [], notes: [] };
  progress.detail('asking the update service for update graphs');
  const { releases, problems, notes } = await selectReleases(platform, service.graphOf);
  const at = (about: object): Position => {
    const index = channels.findIndex(({ name }) => 'channel' in about && about.channel === name);
    const path = ['mirror', 'platform', 'channels', ...(index < 0 ? [] : [index])];
    return { file: document.file, ...document.positionOf(path) };
  };
  if (problems.length > 0)
    throw errorOfFindings(problems.map((problem) => selectionFinding({ problem, at: at(problem) })));
  return {
    payloads: releases.map(({ version, payload }) => {
      const { digest } = tryParseReference(payload).reference ?? {};
      if (digest !== undefined) return { name: payload, digest };
      const why = 'Only a digest identifies an image, and signatures are made for digests';
      throw payloadUnreadable({
        image: payload,
        what: `is the payload of ${version}, but the update graph names it without a digest`,
        why,
      });
    }),
    notes: notes.map((note) => renderPlacedFact(selectionWarning({ note, at: at(note) }))),
  };
}

async function signedPayload({ name, digest }: AskedPayload, store: SignatureStore): Promise<SignedPayload> {
  return { name, digest, signature: await store.signatureOf(name, digest) };
}

async function contentOf(
  { digest, signature }: SignedPayload,
  platform: PlatformContent,
  sources: Sources,
): Promise<Pick<CollectedContent, 'images' | 'files'>> {
  // With the signed name, as in oc-mirror, and with the signed digest, since tags move.
  const { name, content, reference } = signature;
  const from = { host: reference.host, repository: reference.repository, digest };
  const tag = reference.tag ?? hexOf(digest);
  const kubeVirt = platform.kubeVirtContainer === true ? bootArchitecturesOf(platform) : undefined;
  const layers = await payloadLayers(from, sources);
  const payload = await readPayload(layers, { image: name, kubeVirt, signal: sources.signal });
  const components = payload.components.map((component): RequestedImage => ({
    kind: 'release',
    name: component.from,
    neededBy: name,
    reference: componentReference(component, name),
    repository: componentRepository,
    tag: componentTag(component, { tag, image: name }),
  }));
  const folder = manifestsFolder(name);
  return {
    images: [...components, { kind: 'release', name, reference: from, repository: releaseRepository, tag }],
    files: [
      fileOf(signaturePath(tag, hexOf(digest)), content),
      ...[...payload.files].map(([path, file]) => fileOf(`${folder}/${path}`, file)),
    ],
  };
}

/** The layers of a payload; for an index those for amd64, whose lists name the same components as the others. */
async function payloadLayers(from: ImageReference, { client, signal }: Sources): Promise<ImageLayer[]> {
  const layersOf = ({ layers }: ImageManifest): ImageLayer[] =>
    layers.map(({ digest, bytes }) => ({ digest, open: () => client.blob(from, { digest, bytes }, { signal }) }));
  const manifest = await client.manifest(from, { signal });
  if (manifest.kind === 'image') return layersOf(manifest);
  const { manifests } = manifest;
  const child = manifests.find(({ platform }) => platform?.architecture === 'amd64') ?? manifests[0];
  const image = child === undefined ? undefined : await client.manifest({ ...from, digest: child.digest }, { signal });
  if (image?.kind === 'image') return layersOf(image);
  const why = 'A payload is an image, or an index with one image for each architecture';
  throw payloadUnreadable({ image: formatReference(from), what: 'is an index without images', why });
}

function componentReference(
  component: { readonly name: string; readonly from: string },
  image: string,
): ImageReference {
  const { reference, problem = 'it has no tag and no digest' } = tryParseReference(component.from);
  if (reference?.tag !== undefined || reference?.digest !== undefined) return reference;
  const what = `names no image for its component ${component.name}`;
  throw payloadUnreadable({
    image,
    what,
    why: `The \`from\` of this component in image-references, "${component.from}", is not a valid image reference: ${problem}`,
  });
}

/** oc-mirror's: the release's tag and the component's name (internal/pkg/release, prepareTag). */
function componentTag(
  { name }: { readonly name: string },
  of: { readonly tag: string; readonly image: string },
): string {
  const tag = `${of.tag}-${name}`;
  // oc-mirror unpacks everything with these letters in its name into its working folder.
  if (/^\w[\w.-]{0,127}$/.test(tag) && !tag.includes('working-dir')) return tag;
  const why = 'seqmirror makes a tag from the release and this name. A tag has at most 128 letters, digits, _ . and -';
  throw payloadUnreadable({ image: of.image, what: `has a component whose name cannot be in a tag: "${name}"`, why });
}

function graphFiles(service: UpdateService): PlannedFile[] {
  return [...service.answers()].map(([name, content]) => fileOf(graphPath(name), content));
}

function fileOf(path: string, content: Buffer): PlannedFile {
  return composedFile(`working-dir/${path}`, content);
}
