/** Images of catalogs in memory, with as many architectures and layers as a test needs. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { ImageLayer } from '../../archive/layer/layer';
import { encodeHeader, paddedBytes, trailerBytes } from '../../archive/tar-header';
import type { Digest } from '../../oci/digest';
import { digestFromHex } from '../../oci/digest';
import type { Manifest } from '../../oci/manifest';
import { parseManifest } from '../../oci/manifest';
import type { OriginalCatalog, OriginalImage } from './image';

export type FilesOfLayer = Readonly<Record<string, string>>;

export interface CatalogImage extends OriginalCatalog {
  readonly blobs: ReadonlyMap<Digest, Buffer>;
}

const types = {
  oci: {
    index: 'application/vnd.oci.image.index.v1+json',
    manifest: 'application/vnd.oci.image.manifest.v1+json',
    config: 'application/vnd.oci.image.config.v1+json',
    layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  },
  docker: {
    index: 'application/vnd.docker.distribution.manifest.list.v2+json',
    manifest: 'application/vnd.docker.distribution.manifest.v2+json',
    config: 'application/vnd.docker.container.image.v1+json',
    layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  },
} as const;

export function catalogImage(
  layers: readonly FilesOfLayer[],
  {
    architectures,
    format = 'oci',
    labels = { 'operators.operatorframework.io.index.configs.v1': '/configs' },
  }: {
    /** In an index; `undefined`: a single image. */
    architectures?: readonly string[] | undefined;
    format?: keyof typeof types | undefined;
    labels?: Readonly<Record<string, string>> | undefined;
  } = {},
): CatalogImage {
  const blobs = new Map<Digest, Buffer>();
  const add = (content: Buffer): { digest: Digest; size: number } => {
    const digest = digestOf(content);
    blobs.set(digest, content);
    return { digest, size: content.length };
  };
  const archives = layers.map(tarOf);
  const packed = archives.map((archive) => ({ mediaType: types[format].layer, ...add(gzipSync(archive)) }));
  const imageOf = (architecture: string): OriginalImage => {
    const config = Buffer.from(
      JSON.stringify({
        architecture,
        os: 'linux',
        config: { Entrypoint: ['/bin/opm'], Cmd: ['serve', '/configs', '--cache-dir=/tmp/cache'], Labels: labels },
        rootfs: { type: 'layers', diff_ids: archives.map(digestOf) },
        history: archives.map(() => ({ created: '2026-01-01T00:00:00Z', created_by: 'ADD' })),
      }),
    );
    const document = {
      schemaVersion: 2,
      mediaType: types[format].manifest,
      config: { mediaType: types[format].config, ...add(config) },
      layers: packed,
    };
    const manifest = parsed(document, add);
    if (manifest.kind !== 'image') throw new Error('no image');
    return { manifest, config, platform: architectures === undefined ? undefined : { architecture, os: 'linux' } };
  };
  const images = (architectures ?? ['amd64']).map(imageOf);
  const [only] = images as [OriginalImage];
  const manifests = images.map(({ manifest: { mediaType, digest, bytes: size }, platform }) => ({
    mediaType,
    digest,
    size,
    platform,
  }));
  const root =
    architectures === undefined
      ? only.manifest
      : parsed({ schemaVersion: 2, mediaType: types[format].index, manifests }, add);
  return { image: 'registry.example/index:v1', root, images, blobs };
}

/** The layers of one of its images, with others above them. */
export function layersOf({ images: [image], blobs }: CatalogImage, above: readonly Buffer[] = []): ImageLayer[] {
  const own = image?.manifest.layers.map(({ digest }) => blobs.get(digest) as Buffer) ?? [];
  return [...own, ...above].map((content) => ({ digest: digestOf(content), open: () => inPieces(content) }));
}

export async function bytesOf(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const piece of pieces) parts.push(Buffer.from(piece));
  return Buffer.concat(parts);
}

async function* inPieces(content: Buffer): AsyncGenerator<Buffer, void, undefined> {
  for (let at = 0; at < content.length; at += 100) yield content.subarray(at, at + 100);
}

function parsed(document: object, add: (content: Buffer) => unknown): Manifest {
  const content = Buffer.from(JSON.stringify(document));
  add(content);
  return parseManifest(content, undefined);
}

function tarOf(files: FilesOfLayer): Buffer {
  const entries = Object.entries(files).flatMap(([name, text]) => {
    const body = Buffer.from(text);
    return [encodeHeader({ name, bytes: body.length }), body, Buffer.alloc(paddedBytes(body.length) - body.length)];
  });
  return Buffer.concat([...entries, Buffer.alloc(trailerBytes)]);
}

export function digestOf(content: Buffer): Digest {
  return digestFromHex(createHash('sha256').update(content).digest('hex'));
}
