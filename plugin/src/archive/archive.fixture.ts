/** Small archives for specs: images with real digests, and tar files as no honest program writes them. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HeaderData } from 'tar';
import { Header } from 'tar';
import type { Digest } from '../oci/digest';
import { digestFromHex } from '../oci/digest';
import { openArchives } from './fill-archive';
import { layerLinkName, revisionLinkName, tagLinkName } from './names';
import type { ArchivePlan, PlannedLink } from './plan';
import { blobsIn, planArchives } from './plan';

export interface Content {
  readonly blobs: ReadonlyMap<Digest, Buffer>;
  readonly links: readonly PlannedLink[];
}

export function digestOf(content: Uint8Array | string): Digest {
  return digestFromHex(createHash('sha256').update(content).digest('hex'));
}

/** One image under a tag, with layers of the given texts. */
export function anImage({ repository = 'lab/app', tag = 'v1', layers = ['layer'] } = {}): Content & { root: Digest } {
  const blobs = new Map<Digest, Buffer>();
  const add = (mediaType: string, text: string) => {
    const content = Buffer.from(text);
    blobs.set(digestOf(content), content);
    return { mediaType, digest: digestOf(content), size: content.length };
  };
  const parts = [
    add('application/vnd.oci.image.config.v1+json', JSON.stringify({ of: repository, layers })),
    ...layers.map((layer) => add('application/vnd.oci.image.layer.v1.tar', layer)),
  ];
  const [config, ...rest] = parts;
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const root = add(mediaType, JSON.stringify({ schemaVersion: 2, mediaType, config, layers: rest })).digest;
  return {
    root,
    blobs,
    links: [
      ...parts.map(({ digest }) => ({ name: layerLinkName(repository, digest), digest })),
      { name: revisionLinkName(repository, root), digest: root },
      { name: tagLinkName(repository, tag), digest: root },
    ],
  };
}

/** Writes content as archives into a folder, as the embedded engine does. */
export async function writeArchives(
  folder: string,
  { blobs, links }: Content,
  { archiveSizeBytes = 2 ** 40 } = {},
): Promise<ArchivePlan & { paths: string[] }> {
  const sizes = [...blobs].map(([digest, content]) => ({ digest, bytes: content.length }));
  const plan = planArchives({ blobs: sizes, links, archiveSizeBytes });
  const pathOf = (name: string): string => join(folder, name);
  const open = await openArchives(plan.archives, pathOf);
  for (const { digest } of blobsIn(...plan.archives)) await open.blob(digest).write(0, [blobs.get(digest) as Buffer]);
  await open.close();
  return { ...plan, paths: plan.archives.map(({ name }) => pathOf(name)) };
}

export interface RawEntry {
  readonly header: HeaderData;
  readonly body?: string | Buffer | undefined;
  /** Changes the header block before its checksum is computed. */
  readonly spoil?: ((block: Buffer) => void) | undefined;
}

/** A tar file made of any headers, with the end mark unless `end` says otherwise. */
export function rawTar(entries: readonly RawEntry[], { end = Buffer.alloc(1024) } = {}): Buffer {
  const parts = entries.flatMap(({ header, body = '', spoil }) => {
    const content = Buffer.from(body);
    const block = Buffer.alloc(512);
    new Header({ mode: 0o644, size: content.length, type: 'File', ...header }).encode(block);
    if (spoil !== undefined) {
      spoil(block);
      block.write('        ', 148, 'latin1');
      const sum = block.reduce((total, byte) => total + byte, 0);
      block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    }
    return [block, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return Buffer.concat([...parts, end]);
}

/** Runs with a temporary folder, which is removed afterwards. */
export async function inTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'seqmirror-archive-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes a file into a folder and names it. */
export async function fileOf(folder: string, content: Uint8Array, name = 'mirror_000001.tar'): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}
