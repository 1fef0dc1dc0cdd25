/** What a mirror's records say, read as files: `chain.lock` and the inventories, by nothing of seqmirror's own code. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sha256Of } from './file-tree';

export interface SealedFolder {
  readonly number: number;
  readonly folder: string;
  readonly seal: string;
}

export interface ImageOfHead {
  readonly digest: string;
  readonly repository: string;
  readonly tag: string;
  readonly attachedTo?: string | undefined;
}

interface BlobOfHead {
  readonly digest: string;
  readonly mediaType?: string | undefined;
  readonly refs?: readonly string[] | undefined;
}

export interface Head {
  readonly images: readonly ImageOfHead[];
  /** By digest: all that can be reached from the images. */
  readonly closure: ReadonlyMap<string, BlobOfHead>;
}

/** @param content the mirror's `content` folder */
export async function sealedFolders(content: string): Promise<SealedFolder[]> {
  const lock = await readFile(join(content, 'chain.lock'), 'utf8');
  return [...lock.matchAll(/^(\d+) (\S+) (sha256:[0-9a-f]{64})/gm)].map(([, number, folder = '', seal = '']) => ({
    number: Number(number),
    folder,
    seal,
  }));
}

/** What the last of the sequences up to `number` consists of: inventories are deltas, each to the one before. */
export async function headAt(content: string, number: number): Promise<Head> {
  const images = new Map<string, ImageOfHead>();
  const blobs = new Map<string, BlobOfHead>();
  for (const { number: at, folder } of await sealedFolders(content)) {
    if (at > number) continue;
    const lines = (await readFile(join(content, folder, 'seq-inventory.jsonl'), 'utf8')).trimEnd().split('\n');
    const records = lines.map((line) => JSON.parse(line) as InventoryLine);
    for (const record of records)
      if (record.record === 'image' && record.change === 'removed') images.delete(keyOf(record));
    for (const record of records) {
      if (record.record === 'image' && record.change === 'added') images.set(keyOf(record), record);
      if (record.record === 'blob') blobs.set(record.digest, record);
    }
  }
  const closure = new Map<string, BlobOfHead>();
  const reach = (digest: string): void => {
    const blob = blobs.get(digest);
    if (blob === undefined) throw new Error(`no inventory has ${digest}`);
    if (closure.has(digest)) return;
    closure.set(digest, blob);
    blob.refs?.forEach(reach);
  };
  for (const { digest } of images.values()) reach(digest);
  return { images: [...images.values()], closure };
}

/** Manifests, and the configs of images: what is small. A manifest names its config first. */
export function smallOnes({ closure }: Head): Set<string> {
  return new Set(
    [...closure.values()].flatMap(({ digest, mediaType, refs = [] }) => {
      if (mediaType === undefined) return [];
      return /\.manifest\.v\d\+json$|distribution\.manifest\.v2\+json$/.test(mediaType)
        ? [digest, ...refs.slice(0, 1)]
        : [digest];
    }),
  );
}

/** Digests of the blobs in all archives of a folder, as tar lists them. */
export async function blobsInArchives(folder: string): Promise<string[]> {
  const digests = new Set<string>();
  for (const name of await readdir(folder)) {
    const { stdout } = await promisify(execFile)('tar', ['-tf', join(folder, name)], { maxBuffer: 64 * 1024 ** 2 });
    for (const [, hex] of stdout.matchAll(/^docker\/registry\/v2\/blobs\/sha256\/..\/([0-9a-f]{64})\/data$/gm))
      digests.add(`sha256:${hex}`);
  }
  return [...digests].sort();
}

/** Unpacks an archive by tar, and gives the digests of its blobs. @throws where one is not what its name says */
export async function provenBlobsIn(archive: string): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'seqmirror-unpacked-'));
  try {
    await promisify(execFile)('tar', ['-xf', archive, '-C', folder]);
    const blobs = join(folder, 'docker/registry/v2/blobs/sha256');
    const names = (await readdir(blobs, { recursive: true })).filter((name) => name.endsWith('/data'));
    return await Promise.all(
      names.map(async (name) => {
        const hex = name.split('/')[1] ?? '';
        if ((await sha256Of(join(blobs, name))) !== hex)
          throw new Error(`${archive}: ${hex} is not what its name says`);
        return `sha256:${hex}`;
      }),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type InventoryLine =
  | { readonly record: 'inventory' }
  | (ImageOfHead & { readonly record: 'image'; readonly change: 'added' | 'removed'; readonly source: string })
  | (BlobOfHead & { readonly record: 'blob' });

function keyOf({ source, digest, repository, tag }: ImageOfHead & { readonly source: string }): string {
  return JSON.stringify([source, digest, repository, tag]);
}
