/**
 * An image that others are built on, as it is published: manifests and configs of all architectures, layers of the
 * first.
 */
import type { ImageLayer } from '../../../archive/layer/layer';
import type { OriginalCatalog, OriginalImage } from '../../../catalog/image/image';
import type { Digest } from '../../../oci/digest';
import type { Descriptor, Manifest } from '../../../oci/manifest';
import { kindOf } from '../../../oci/media-types';
import type { ImageReference } from '../../../oci/reference';
import { formatReference } from '../../../oci/reference';
import { valueOfJson } from '../../../system/json-text';
import { imageTooComplex } from '../errors';
import type { Sources } from './collector';

/** Where the parts of an image come from. Reaching the end of a blob proves its digest. */
export interface PublishedImage {
  /** Its name, for messages. */
  readonly image: string;
  readonly manifest: (digest: Digest) => Promise<Manifest>;
  readonly blob: (descriptor: Pick<Descriptor, 'digest' | 'bytes'>) => AsyncIterable<Buffer>;
}

export interface OpenedImage extends OriginalCatalog {
  /** Layers of its first image, from which oc-mirror reads the catalog too. */
  readonly layers: readonly ImageLayer[];
}

const largestConfigBytes = 8 * 1024 * 1024;
const deepest = 4;
const mostImages = 100;

/** @throws SEQ05xx for what the registry refuses or does not have */
export async function imageInRegistry(
  reference: ImageReference,
  { client, signal }: Pick<Sources, 'client' | 'signal'>,
): Promise<PublishedImage & { readonly root: Manifest }> {
  const { host, repository } = reference;
  return {
    image: formatReference(reference),
    root: await client.manifest(reference, { signal }),
    manifest: (digest) => client.manifest({ host, repository, digest }, { signal }),
    blob: (descriptor) => client.blob({ host, repository }, descriptor, { signal }),
  };
}

/** @throws SEQ0416 for an index that a catalog never has, and the errors of the content */
export async function openImage(root: Manifest, { image, manifest, blob }: PublishedImage): Promise<OpenedImage> {
  const images: OriginalImage[] = [];
  const configOf = async (descriptor: Descriptor): Promise<Buffer> => {
    if (descriptor.bytes > largestConfigBytes)
      throw imageTooComplex({ image, why: `one of its configs has ${descriptor.bytes} bytes` });
    const pieces: Buffer[] = [];
    for await (const piece of blob(descriptor)) pieces.push(Buffer.from(piece));
    return Buffer.concat(pieces);
  };
  const add = async (found: Manifest, depth: number, platform?: unknown): Promise<void> => {
    if (depth > deepest || images.length > mostImages)
      throw imageTooComplex({ image, why: `it has more than ${mostImages} images, or too deeply nested indexes` });
    if (found.kind === 'image') {
      images.push({ manifest: found, config: await configOf(found.config), platform });
      return;
    }
    const platforms = platformsIn(found);
    for (const child of found.manifests) {
      if (isAttestation(child) || kindOf(child.mediaType) === undefined) continue;
      await add(await manifest(child.digest), depth + 1, platforms.get(child.digest));
    }
  };
  await add(root, 0);
  const [first] = images;
  const layers = (first?.manifest.layers ?? []).map((layer) => ({ digest: layer.digest, open: () => blob(layer) }));
  return { image, root, images, layers };
}

/** BuildKit keeps attestations beside the images that they are about; a catalog that is rebuilt no longer fits them. */
function isAttestation({ annotations }: Descriptor): boolean {
  return annotations?.['vnd.docker.reference.type'] === 'attestation-manifest';
}

/** The platforms as in the index, with all their fields. */
function platformsIn({ content }: Manifest): ReadonlyMap<Digest, unknown> {
  const { manifests } = valueOfJson(content.toString('utf8'), ['annotations']) as {
    manifests: readonly { digest: Digest; platform?: unknown }[] | null;
  };
  return new Map((manifests ?? []).map(({ digest, platform }) => [digest, platform]));
}
