import { createCipheriv, createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { Header } from 'tar';

/** A blob or manifest as registries keep it. */
export interface Content {
  readonly digest: string;
  readonly bytes: Buffer;
  readonly mediaType: string;
}

/** An image of one platform: everything that has to be pushed, blobs before the manifest. */
export interface Image {
  readonly manifest: Content;
  readonly blobs: readonly Content[];
  readonly architecture: string;
}

export interface ImageIndex {
  readonly manifest: Content;
  readonly children: readonly Image[];
}

const mediaTypes = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
} as const;

/** Bytes that no compressor makes smaller, always the same for one seed. */
export function noise(seed: string, bytes: number): Buffer {
  const key = createHash('sha256').update(seed).digest();
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(bytes));
}

/** A layer of files, in the order given. Names are relative, without `./`. */
export function layerOf(files: Readonly<Record<string, string | Buffer>>): { content: Content; diffId: string } {
  const parts: Buffer[] = [];
  for (const [path, text] of Object.entries(files)) {
    const body = typeof text === 'string' ? Buffer.from(text) : text;
    const header = Buffer.alloc(512);
    new Header({ path, size: body.length, mode: 0o644, type: 'File', mtime: new Date(0), uid: 0, gid: 0 }).encode(
      header,
    );
    parts.push(header, body, Buffer.alloc((512 - (body.length % 512)) % 512));
  }
  const tar = Buffer.concat([...parts, Buffer.alloc(1024)]);
  return { content: contentOf(gzipSync(tar, { level: 1 }), mediaTypes.layer), diffId: digestOf(tar) };
}

/** An image made of layers of files. */
export function imageOf({
  layers,
  labels = {},
  architecture = 'amd64',
}: {
  layers: readonly Readonly<Record<string, string | Buffer>>[];
  labels?: Readonly<Record<string, string>>;
  architecture?: string;
}): Image {
  const made = layers.map(layerOf);
  const config = contentOf(
    json({
      created: '1970-01-01T00:00:00Z',
      architecture,
      os: 'linux',
      config: { Labels: labels },
      rootfs: { type: 'layers', diff_ids: made.map((layer) => layer.diffId) },
      history: made.map(() => ({ created: '1970-01-01T00:00:00Z', created_by: 'seqmirror lab' })),
    }),
    mediaTypes.config,
  );
  const manifest = contentOf(
    json({
      schemaVersion: 2,
      mediaType: mediaTypes.manifest,
      config: descriptor(config),
      layers: made.map((layer) => descriptor(layer.content)),
    }),
    mediaTypes.manifest,
  );
  return { manifest, blobs: [...made.map((layer) => layer.content), config], architecture };
}

/** One image for several architectures. */
export function indexOf(children: readonly Image[]): ImageIndex {
  const manifests = children.map((child) => ({
    ...descriptor(child.manifest),
    platform: { os: 'linux', architecture: child.architecture },
  }));
  return {
    manifest: contentOf(json({ schemaVersion: 2, mediaType: mediaTypes.index, manifests }), mediaTypes.index),
    children,
  };
}

/**
 * The signature that cosign keeps beside an image under the tag `sha256-<hex>.sig`. It is noise: oc-mirror carries it
 * without checking it.
 */
export function cosignSignatureOf(digest: string): Image {
  const payload = contentOf(
    json({ critical: { image: { 'docker-manifest-digest': digest }, type: 'cosign container image signature' } }),
    'application/vnd.dev.cosign.simplesigning.v1+json',
  );
  const config = contentOf(
    json({ architecture: '', os: '', config: {}, rootfs: { type: 'layers', diff_ids: [payload.digest] } }),
    mediaTypes.config,
  );
  const annotations = { 'dev.cosignproject.cosign/signature': noise(digest, 72).toString('base64') };
  const manifest = contentOf(
    json({
      schemaVersion: 2,
      mediaType: mediaTypes.manifest,
      config: descriptor(config),
      layers: [{ ...descriptor(payload), annotations }],
    }),
    mediaTypes.manifest,
  );
  return { manifest, blobs: [payload, config], architecture: '' };
}

function contentOf(bytes: Buffer, mediaType: string): Content {
  return { digest: digestOf(bytes), bytes, mediaType };
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

function descriptor({ digest, bytes, mediaType }: Content) {
  return { mediaType, digest, size: bytes.length };
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
