/**
 * Finds which images the destination lacks: with HEAD on tags and manifests. It takes an image that is there under its
 * tag for whole, unless it is asked to be thorough: then all blobs of all images are to be asked for.
 */
import type { Digest } from '../oci/digest';
import type { IndexManifest, Manifest } from '../oci/manifest';
import type { PushClient } from '../registry/push';
import { ifReadable } from '../registry/push';
import { compareTexts } from '../system/compare-texts';
import { mapConcurrently } from '../system/concurrency';
import type { ArchiveBlobs } from './archive-blobs';
import type { ChainContent } from './chain-content';
import type { DestinationImage } from './destination-images';
import { manifestLacking } from './errors';

/** A manifest to be put into one repository. */
export interface LackingManifest {
  readonly repository: string;
  readonly digest: Digest;
  /** 0 for an image's manifest; an index comes after everything that it names. */
  readonly height: number;
}

export interface PlannedTag {
  readonly repository: string;
  readonly tag: string;
  readonly digest: Digest;
  /** The digest that it has now. */
  readonly there: Digest | undefined;
}

export interface LackingBlob {
  readonly bytes: number;
  readonly isConfig: boolean;
  readonly repositories: readonly string[];
}

export interface Survey {
  /** Without signatures and other attachments, as everywhere. */
  readonly images: number;
  /** There, under their tags, with their attachments. */
  readonly unchanged: number;
  /** Tags that stand for their images already, as `repository:tag@digest`. Empty after a thorough survey. */
  readonly there: ReadonlySet<string>;
  /** Lowest first. */
  readonly manifests: readonly LackingManifest[];
  /** Configs and layers with the repositories that need them. */
  readonly blobs: ReadonlyMap<Digest, LackingBlob>;
  readonly tags: readonly PlannedTag[];
}

interface SurveyOptions {
  readonly client: PushClient;
  readonly archives: ArchiveBlobs;
  readonly parallel: number;
  readonly chain: ChainContent;
  /** Whether to look into images that are there too, since the registry may have lost their layers. */
  readonly thorough?: boolean | undefined;
  readonly signal: AbortSignal;
}

// Real indexes have two levels.
const deepest = 8;

/**
 * @throws SEQ0641 when a manifest that the destination lacks is in no archive, SEQ0525 when the destination cannot read
 *   anything
 */
export async function surveyDestination(images: readonly DestinationImage[], context: SurveyOptions): Promise<Survey> {
  const { client, parallel, thorough = false, signal } = context;
  const byPlace = new Map(images.map((image) => [`${image.repository}:${image.tag}`, image]));
  const manifests = new Map<string, LackingManifest>();
  const blobs = new Map<Digest, LackingBlob & { readonly repositories: string[] }>();
  const tags: PlannedTag[] = [];
  const visits = new Map<string, Promise<number | undefined>>();
  const found = new Set<string>();
  const lacking = new Set<string>();
  const lackingAttached = new Set<string>();

  /** Its height, or `undefined` if the destination has it with everything that it names. */
  const visit = (image: DestinationImage, digest: Digest, depth: number): Promise<number | undefined> => {
    const key = `${image.repository}@${digest}`;
    const known = visits.get(key);
    if (known !== undefined) return known;
    const visiting = look(image, digest, depth);
    visits.set(key, visiting);
    return visiting;
  };
  const look = async (image: DestinationImage, digest: Digest, depth: number): Promise<number | undefined> => {
    const { repository, source } = image;
    signal.throwIfAborted();
    const isThere = (await ifReadable(client.manifestAt(repository, digest, { signal }))) === digest;
    if (isThere && !thorough) return undefined;
    const manifest = depth > deepest ? undefined : await manifestOf(image, digest, isThere);
    if (manifest === undefined)
      throw manifestLacking({ image: source, digest, broughtBy: context.chain.broughtBy.get(digest) });
    const height = manifest.kind === 'index' ? await visitChildren(image, manifest, depth) : takeParts(image, manifest);
    if (!isThere) manifests.set(`${repository}@${digest}`, { repository, digest, height });
    return height;
  };
  /** Archives of earlier sequences may be elsewhere: then the registry says what its own manifest names. */
  const manifestOf = async ({ repository }: DestinationImage, digest: Digest, isThere: boolean) =>
    (await context.archives.manifest(digest)) ??
    (isThere ? await ifReadable(client.manifest(repository, digest, { signal })) : undefined);
  const visitChildren = async (image: DestinationImage, index: IndexManifest, depth: number): Promise<number> => {
    let highest = 0;
    for (const child of index.manifests)
      highest = Math.max(highest, (await visit(image, child.digest, depth + 1)) ?? 0);
    return highest + 1;
  };
  const takeParts = ({ repository }: DestinationImage, manifest: Extract<Manifest, { kind: 'image' }>): number => {
    for (const part of [manifest.config, ...manifest.layers]) {
      const { digest, bytes, foreign } = part;
      // Layers that their owner keeps elsewhere are pushed only if the archives have them.
      if (foreign === true && context.archives.blob(digest) === undefined) continue;
      const known = blobs.get(digest);
      if (known === undefined)
        blobs.set(digest, { bytes, isConfig: part === manifest.config, repositories: [repository] });
      else if (!known.repositories.includes(repository)) known.repositories.push(repository);
    }
    return 0;
  };

  await mapConcurrently([...byPlace.values()], { limit: parallel, signal }, async (image) => {
    const { repository, tag, digest } = image;
    const there = await ifReadable(client.manifestAt(repository, tag, { signal }), async () => {
      // If the registry can say whether it has the image, only the tag is damaged, and is set again.
      await client.manifestAt(repository, digest, { signal });
      return undefined;
    });
    if (there === digest) {
      if (thorough) await visit(image, digest, 0);
      else found.add(`${repository}:${tag}@${digest}`);
      return;
    }
    if (image.attachedTo === undefined) lacking.add(`${repository}:${tag}`);
    else lackingAttached.add(`${repository}@${image.attachedTo}`);
    await visit(image, digest, 0);
    tags.push({ repository, tag, digest, there });
  });
  const own = [...byPlace.values()].filter(({ attachedTo }) => attachedTo === undefined);
  const changed = own.filter(
    ({ repository, tag, digest }) =>
      lacking.has(`${repository}:${tag}`) || lackingAttached.has(`${repository}@${digest}`),
  );
  return {
    images: own.length,
    unchanged: own.length - changed.length,
    there: found,
    manifests: [...manifests.values()].sort((a, b) => a.height - b.height),
    blobs,
    tags: tags.sort((a, b) => compareTexts(a.repository, b.repository) || compareTexts(a.tag, b.tag)),
  };
}
