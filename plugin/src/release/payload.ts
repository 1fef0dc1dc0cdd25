/**
 * The content of a release payload: its components, and images for virtual machines. Read from the payload's layers as
 * they arrive; the files are kept for working-dir, where disk-to-mirror reads them again.
 */
import { z } from 'zod';
import type { ImageLayer } from '../archive/layer/layer';
import { readFilesInLayers } from '../archive/layer/layer';
import { isSeqmirrorError } from '../system/errors';
import { printable } from '../system/printable';
import { readStrictJson } from '../system/strict-json';
import type { BootArchitecture } from './boot-images';
import { bootImagesPath, kubeVirtImages } from './boot-images';
import { payloadUnreadable } from './errors';
import type { ReleaseComponent } from './image-references';
import { componentsIn, imageReferencesCharacterLimit } from './image-references';

const folder = 'release-manifests';
const imageReferences = `${folder}/image-references`;
const releaseMetadata = `${folder}/release-metadata`;

export interface ReleasePayload {
  /** From `release-metadata`; `undefined` if that is missing, or something else. oc-mirror never reads it. */
  readonly version: string | undefined;
  /** In the order of the list, images for virtual machines last. */
  readonly components: readonly ReleaseComponent[];
  /** Files that disk-to-mirror reads, by their paths in the payload. */
  readonly files: ReadonlyMap<string, Buffer>;
}

const Metadata = z.object({ kind: z.literal('cincinnati-metadata-v0'), version: z.string().max(256) });

/**
 * Reads a payload's layers.
 *
 * @param kubeVirt the architectures whose images for virtual machines are wanted; none when absent
 * @throws SEQ0340 for layers that cannot be read, SEQ0424 for an image that is not a release payload
 */
export async function readPayload(
  layers: readonly ImageLayer[],
  {
    image,
    kubeVirt,
    signal,
  }: { image: string; kubeVirt?: readonly BootArchitecture[] | undefined; signal: AbortSignal },
): Promise<ReleasePayload> {
  const paths = [imageReferences, releaseMetadata, ...(kubeVirt === undefined ? [] : [bootImagesPath])];
  const found = await readFilesInLayers(layers, { image, folder, paths, limit: imageReferencesCharacterLimit, signal });
  const list = found.get(imageReferences);
  if (list === undefined) {
    const why = 'This file lists the images of the release';
    throw payloadUnreadable({ image, what: `has no ${imageReferences}`, why });
  }
  const components = [
    ...componentsOf(list, image),
    ...(kubeVirt === undefined ? [] : kubeVirtOf(found, image, kubeVirt)),
  ];
  const files = new Map([...found].filter(([path]) => path !== releaseMetadata));
  return { version: versionIn(found.get(releaseMetadata)), components, files };
}

function componentsOf(list: Buffer, image: string): ReleaseComponent[] {
  const json = readStrictJson(list, { maps: ['annotations', 'labels'], integers: [] });
  if ('refused' in json) {
    const why = `${imageReferences}: ${json.refused}`;
    throw payloadUnreadable({ image, what: 'has a list of images that cannot be read', why });
  }
  try {
    return componentsIn(list.toString('utf8'), { file: `${image}: ${imageReferences}` });
  } catch (error) {
    if (!isSeqmirrorError(error)) throw error;
    const why = error.why ?? error.what;
    throw payloadUnreadable({ image, what: 'has a list of images that cannot be read', why, cause: error });
  }
}

function kubeVirtOf(
  found: ReadonlyMap<string, Buffer>,
  image: string,
  architectures: readonly BootArchitecture[],
): ReleaseComponent[] {
  const content = found.get(bootImagesPath);
  const images = content === undefined ? undefined : kubeVirtImages(content.toString('utf8'), architectures);
  if (images !== undefined && images.length > 0) return images;
  const where =
    content === undefined ? `The payload has no ${bootImagesPath}` : `${bootImagesPath} names no such image`;
  throw payloadUnreadable({
    image,
    what: `names no KubeVirt container image for ${printable(architectures.join(', '))}`,
    why: `${where}. platform.kubeVirtContainer needs such an image. Releases since 4.14 contain this image`,
  });
}

function versionIn(metadata: Buffer | undefined): string | undefined {
  if (metadata === undefined) return undefined;
  const json = readStrictJson(metadata, { maps: ['metadata'], integers: [] });
  return 'refused' in json ? undefined : Metadata.safeParse(json.value).data?.version;
}
