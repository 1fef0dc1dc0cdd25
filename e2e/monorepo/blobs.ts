/** Which blobs there are, manifests included: in records, in archives, and upstream. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../../testing/lab/lab';
import { mustRun } from '../harness/run';
import type { Workspace } from '../harness/workspace';

/** Digests of all blobs that the inventories of a mirror's sequences have. */
export async function recordedBlobs({ root, read }: Workspace): Promise<Set<string>> {
  const folders = (await readdir(join(root, 'mirror/content'))).filter((name) => /^seq\d/.test(name));
  const texts = await Promise.all(folders.map((folder) => read(`mirror/content/${folder}/seq-inventory.jsonl`)));
  const lines = texts.flatMap((text) => text.trim().split('\n'));
  const entries = lines.map((line) => JSON.parse(line) as { digest?: string });
  return new Set(entries.flatMap(({ digest }) => digest ?? []));
}

/** Digests of all blobs in the archives below a folder, as GNU tar lists them. */
export async function blobsIn(folder: string): Promise<Set<string>> {
  const files = (await readdir(folder, { recursive: true })).filter((file) => /mirror_\d{6}\.tar$/.test(file));
  const listings = await Promise.all(
    files.map((file) => mustRun('tar', ['--list', `--file=${join(folder, file)}`], { cwd: folder, env: process.env })),
  );
  const names = listings.flatMap(({ stdout }) => stdout.split('\n'));
  return new Set(
    names
      .flatMap((name) => /\/blobs\/sha256\/..\/([0-9a-f]{64})\/data$/.exec(name)?.[1] ?? [])
      .map((hex) => `sha256:${hex}`),
  );
}

/** Digests of all that an image consists of, from its registry's own manifests. */
export async function blobsOf(upstream: Lab, reference: string): Promise<Set<string>> {
  const repository = reference.slice(0, reference.lastIndexOf(':'));
  const found = new Set<string>();
  const follow = async (digest: string): Promise<void> => {
    found.add(digest);
    const response = await fetch(`${upstream.url}/v2/${repository}/manifests/${digest}`);
    const { manifests = [], layers = [], config } = (await response.json()) as Manifest;
    for (const blob of [...layers, ...(config === undefined ? [] : [config])]) found.add(blob.digest);
    for (const child of manifests) await follow(child.digest);
  };
  await follow(await upstream.digestOf(reference));
  return found;
}

interface Manifest {
  readonly manifests?: readonly { readonly digest: string }[];
  readonly layers?: readonly { readonly digest: string }[];
  readonly config?: { readonly digest: string };
}
