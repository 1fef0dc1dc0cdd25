/** The images of a mirror that is made for damage, as its sequences go on: new ones come, one gets another layer. */
import type { BlobRecord } from '../../plugin/src/oci/blob';
import type { Digest } from '../../plugin/src/oci/digest';
import type { MirroredImage } from '../../plugin/src/oci/image';
import { parseManifest, refsOf } from '../../plugin/src/oci/manifest';
import { closureOf } from '../../plugin/src/sequence/closure';
import type { ImageSpec } from '../../testing/images/image';
import { anImage } from '../../testing/images/image';
import type { BuiltImage } from '../../testing/images/image-builder';
import { imageBuilder } from '../../testing/images/image-builder';
import { smallestLayer } from '../../testing/images/synthetic-layer';
import type { MirrorPlan } from './sealed-mirror';

export interface Content {
  readonly plan: MirrorPlan;
  readonly build: (spec: ImageSpec) => Promise<BuiltImage>;
  /** Adds what an image consists of. */
  add(image: BuiltImage): void;
  records(): ReadonlyMap<Digest, BlobRecord>;
  /** All blobs that images consist of. */
  needed(images: readonly MirroredImage[]): ReadonlyMap<Digest, BlobRecord>;
  readonly bytesOf: (digest: Digest) => AsyncIterable<Buffer>;
}

export function startContent(plan: MirrorPlan): Content {
  const records = new Map<Digest, BlobRecord>();
  const readers = new Map<Digest, () => AsyncIterable<Buffer>>();
  const add = ({ manifests, blobs }: BuiltImage): void => {
    for (const { digest, bytes, read } of blobs) {
      records.set(digest as Digest, { digest: digest as Digest, bytes });
      readers.set(digest as Digest, () => read(0, bytes));
    }
    for (const { body, mediaType } of manifests) {
      const manifest = parseManifest(body, mediaType);
      const { digest, bytes } = manifest;
      records.set(digest, { digest, bytes, mediaType: manifest.mediaType, refs: refsOf(manifest) });
      readers.set(digest, async function* () {
        yield body;
      });
    }
  };
  return {
    plan,
    build: imageBuilder(String(plan.seed)),
    add,
    records: () => records,
    needed: (images) =>
      closureOf(
        images.map(({ digest }) => digest),
        records,
      ).blobs,
    bytesOf: (digest) => (readers.get(digest) as () => AsyncIterable<Buffer>)(),
  };
}

/** All images of a sequence. Every second one is of two architectures, every third one signed, some are Docker's. */
export async function imagesOf(content: Content, sequence: number): Promise<MirroredImage[]> {
  const { plan } = content;
  const specs = Array.from({ length: sequence }, (_, earlier) => earlier + 1).flatMap((at) =>
    Array.from({ length: plan.images }, (_, index) =>
      specOf(plan, { at, index, isUpdated: index === 0 && at < sequence }),
    ),
  );
  const images: MirroredImage[] = [];
  for (const spec of specs) {
    const built = await content.build(spec);
    content.add(built);
    images.push(...mirrored(spec, built));
  }
  return images;
}

function specOf(
  { layers, layerBytes }: MirrorPlan,
  { at, index, isUpdated }: { at: number; index: number; isUpdated: boolean },
): ImageSpec {
  const own = Array.from({ length: layers }, (_, layer) => ({
    name: `${at} ${index} ${layer}${isUpdated && layer === 0 ? ' patched' : ''}`,
    bytes: layerBytes - 7 * layer,
  }));
  return anImage(`registry.example/team${at}/app-${index}:1.${at}`, {
    layers: [{ name: 'base', bytes: smallestLayer }, ...own],
    architectures: index % 2 === 1 ? ['amd64', 'arm64'] : 'amd64',
    format: index % 4 === 2 ? 'docker' : 'oci',
    signed: index % 3 === 0,
  });
}

function mirrored(spec: ImageSpec, { root, attached }: BuiltImage): MirroredImage[] {
  const repository = spec.repository.slice(spec.repository.indexOf('/') + 1);
  const digest = root.digest as Digest;
  const image: MirroredImage = { kind: 'additional', source: spec.reference, digest, repository, tag: spec.tag };
  const signatures = [...attached].map(([tag, own]): MirroredImage => {
    const source = `${spec.reference.slice(0, spec.reference.lastIndexOf(':'))}:${tag}`;
    return { ...image, source, digest: own as Digest, tag, attachedTo: digest };
  });
  return [image, ...signatures];
}
