/** Small real images made from labels, with true digests. The same label gives the same bytes. */
import { createHash } from 'node:crypto';
import type { BlobRecord } from '../../plugin/src/oci/blob';
import type { Digest } from '../../plugin/src/oci/digest';
import { digestFromHex } from '../../plugin/src/oci/digest';
import type { ImageKind, MirroredImage } from '../../plugin/src/oci/image';

export interface FixtureBlob extends BlobRecord {
  readonly content: Buffer;
}

export interface FixtureImage {
  readonly image: MirroredImage;
  readonly blobs: readonly FixtureBlob[];
}

const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const indexType = 'application/vnd.oci.image.index.v1+json';

/**
 * An image with a layer that all images of the seed share and one of its own; `architectures` above 1 make it an index.
 * `version` changes its own layer and nothing else.
 */
export function anImage(
  source: string,
  options: {
    seed: number;
    version?: number | undefined;
    architectures?: number | undefined;
    kind?: ImageKind | undefined;
  },
): FixtureImage {
  const { seed, version = 1, architectures = 1, kind = 'additional' } = options;
  const manifests = Array.from({ length: architectures }, (_, architecture) =>
    manifestOf(`${seed}/${source}/${version}/${architecture}`, `${seed}/shared layer`),
  );
  const roots = manifests.map(([manifest]) => manifest);
  const index = architectures > 1 ? [jsonBlob(indexType, { manifests: roots.map(descriptorOf) }, roots)] : [];
  const [root] = [...index, ...roots];
  if (root === undefined) throw new TypeError('an image needs an architecture');
  const [repository = source, tag = 'latest'] = source.replace(/^[^/]+\//, '').split(':');
  return { image: { kind, source, digest: root.digest, repository, tag }, blobs: [...index, ...manifests.flat()] };
}

/** The signature of an image, under a tag of its own in the same repository. */
export function aSignature({ image }: FixtureImage, { seed }: { seed: number }): FixtureImage {
  const [manifest, ...parts] = manifestOf(`${seed}/signature of ${image.digest}`);
  const tag = `${image.digest.replace(':', '-')}.sig`;
  const source = `${image.source.replace(/:[^:/]*$/, '')}:${tag}`;
  return {
    image: { ...image, source, tag, digest: manifest.digest, attachedTo: image.digest },
    blobs: [manifest, ...parts],
  };
}

/** `bytes` that follow from a label. */
export function bytesFrom(label: string, bytes: number): Buffer {
  const parts = Array.from({ length: Math.ceil(bytes / 32) }, (_, part) =>
    createHash('sha256').update(`${label}#${part}`).digest(),
  );
  return Buffer.concat(parts).subarray(0, bytes);
}

export function digestOf(content: Uint8Array | string): Digest {
  return digestFromHex(createHash('sha256').update(content).digest('hex'));
}

function manifestOf(label: string, ...sharedLayers: readonly string[]): [FixtureBlob, ...FixtureBlob[]] {
  const config = blobOf(Buffer.from(JSON.stringify({ created: label })));
  const layers = [...sharedLayers, `${label}/layer`].map((layer) =>
    blobOf(bytesFrom(layer, 600 + (layer.length % 7) * 100)),
  );
  const body = { config: descriptorOf(config), layers: layers.map(descriptorOf) };
  return [jsonBlob(manifestType, body, [config, ...layers]), config, ...layers];
}

function jsonBlob(mediaType: string, body: object, children: readonly FixtureBlob[]): FixtureBlob {
  const content = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...body }));
  return { ...blobOf(content), mediaType, refs: children.map(({ digest }) => digest) };
}

function blobOf(content: Buffer): FixtureBlob {
  return { digest: digestOf(content), bytes: content.length, content };
}

function descriptorOf({ digest, bytes, mediaType }: FixtureBlob) {
  return { mediaType: mediaType ?? 'application/octet-stream', digest, size: bytes };
}
