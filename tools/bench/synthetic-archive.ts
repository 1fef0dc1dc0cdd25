/** Archives for benchmarks: of any size, with real digests, and without anybody having to mirror them. */
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { openArchives } from '../../plugin/src/archive/fill-archive';
import { layerLinkName, revisionLinkName, tagLinkName } from '../../plugin/src/archive/names';
import type { PlannedBlob, PlannedLink } from '../../plugin/src/archive/plan';
import { planArchives } from '../../plugin/src/archive/plan';
import type { Digest } from '../../plugin/src/oci/digest';
import { digestFromHex, isDigest } from '../../plugin/src/oci/digest';
import { syntheticLayer } from '../../testing/images/synthetic-layer';

interface Content {
  readonly bytes: number;
  readonly read: () => AsyncIterable<Buffer> | Iterable<Buffer>;
}

/** Layers of one size, which do not compress, and no links. */
export async function writeLayers(
  path: string,
  { seed, count, bytes }: { seed: string; count: number; bytes: number },
): Promise<void> {
  const blobs = new Map<Digest, Content>();
  for (let number = 0; number < count; number += 1) {
    const layer = syntheticLayer({ seed, name: String(number), bytes: Math.round(bytes / count) });
    const { digest } = await layer.digests();
    if (isDigest(digest)) blobs.set(digest, { bytes: layer.bytes, read: () => layer.read(0, layer.bytes) });
  }
  await write(path, blobs, []);
}

/**
 * As many entries as a large chain has, next to nothing in them: each image is a manifest, a config and two layers, in
 * two repositories, and has four tags. 5,000 images make 20,000 blobs and 60,000 links.
 */
export async function writeSmallImages(path: string, images: number): Promise<void> {
  const blobs = new Map<Digest, Content>();
  const links: PlannedLink[] = [];
  const add = (content: Buffer): Digest => {
    const digest = digestFromHex(createHash('sha256').update(content).digest('hex'));
    blobs.set(digest, { bytes: content.length, read: () => [content] });
    return digest;
  };
  for (let image = 0; image < images; image += 1) {
    const layers = [1500, 700].map((bytes) => Buffer.alloc(bytes, `layer ${bytes} of image ${image}. `));
    const config = Buffer.from(JSON.stringify({ architecture: 'amd64', os: 'linux', image }));
    const parts = [config, ...layers].map((content) => ({ digest: add(content), size: content.length }));
    const [configPart, ...layerParts] = parts;
    const manifest = add(
      Buffer.from(
        JSON.stringify({
          schemaVersion: 2,
          mediaType: 'application/vnd.oci.image.manifest.v1+json',
          config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...configPart },
          layers: layerParts.map((part) => ({ mediaType: 'application/vnd.oci.image.layer.v1.tar', ...part })),
        }),
      ),
    );
    for (const variant of ['a', 'b']) {
      const repository = `openshift-release-dev/ocp-v4.0-art-dev/component-${image % 300}-${variant}`;
      links.push(
        ...parts.map(({ digest }) => ({ name: layerLinkName(repository, digest), digest })),
        { name: revisionLinkName(repository, manifest), digest: manifest },
        { name: tagLinkName(repository, `v${image}`), digest: manifest },
        { name: tagLinkName(repository, `latest-${image}`), digest: manifest },
      );
    }
  }
  await write(path, blobs, links);
}

async function write(path: string, blobs: ReadonlyMap<Digest, Content>, links: readonly PlannedLink[]): Promise<void> {
  const planned: PlannedBlob[] = [...blobs].map(([digest, { bytes }]) => ({ digest, bytes }));
  const { archives } = planArchives({ blobs: planned, links, archiveSizeBytes: Number.MAX_SAFE_INTEGER });
  await mkdir(dirname(path), { recursive: true });
  const open = await openArchives(archives, () => path);
  try {
    for (const [digest, content] of blobs) {
      let position = 0;
      for await (const piece of content.read()) {
        await open.blob(digest).write(position, [piece]);
        position += piece.length;
      }
    }
  } finally {
    await open.close();
  }
}
