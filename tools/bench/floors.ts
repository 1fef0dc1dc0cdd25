/** What the machine allows at best, measured by programs that do nothing else: curl, openssl, cp. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BenchSetting } from './benchmark';
import type { LabProcess } from './lab-process';
import { measureProcess } from './measured-process';
import { settle } from './workbench';

const connections = 4;

/** A blob and the address that has it. */
export interface RemoteBlob {
  readonly url: string;
  readonly bytes: number;
}

interface InventoryRecord {
  readonly record: string;
  readonly source?: string;
  readonly digest: string;
  readonly bytes?: number;
  readonly refs?: readonly string[];
}

/** Blobs that a sequence brought out of the lab, by its inventory. What was made here has no address. */
export async function blobsOfLab({ url }: LabProcess, inventory: string): Promise<RemoteBlob[]> {
  const records = (await readFile(inventory, 'utf8'))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as InventoryRecord);
  const blobs = new Map(records.filter(({ record }) => record === 'blob').map((blob) => [blob.digest, blob]));
  const found = new Map<string, RemoteBlob>();
  const visit = async (repository: string, digest: string): Promise<void> => {
    const { bytes = 0, refs = [] } = blobs.get(digest) ?? {};
    for (const child of refs) await visit(repository, child);
    if (refs.length > 0 || found.has(digest) || !blobs.has(digest)) return;
    const address = `${url}/v2/${repository}/blobs/${digest}`;
    if ((await fetch(address, { method: 'HEAD' })).ok) found.set(digest, { url: address, bytes });
  };
  for (const { record, source = '', digest } of records)
    if (record === 'image') await visit(source.replace(/(?::[\w.-]+|@sha256:[0-9a-f]+)+$/, ''), digest);
  return [...found.values()];
}

/** Seconds in which curl brings blobs to files, until they are on the disk. */
export async function getSeconds({ bench }: BenchSetting, blobs: readonly RemoteBlob[]): Promise<number> {
  const folder = join(bench.folder, 'floor');
  await mkdir(folder);
  const lines = blobs.map(({ url }, number) => `url = "${url}"\noutput = "${number}"`);
  await writeFile(join(folder, 'config'), lines.join('\n'));
  await settle();
  const line = `curl -sfZ --parallel-max ${connections} -K config && sync -f .`;
  const { seconds } = await measureProcess('sh', ['-c', line], { cwd: folder, env: process.env, signal: bench.signal });
  await rm(folder, { recursive: true });
  return seconds;
}

/** Seconds in which all cores hash files twice. Two processes hash each once; other numbers of cores are computed. */
export async function twoHashesSeconds({ bench }: BenchSetting, paths: readonly string[]): Promise<number> {
  const line = 'openssl dgst -sha256 "$@" >/dev/null & openssl dgst -sha256 "$@" >/dev/null; wait';
  const where = { cwd: bench.folder, env: process.env, signal: bench.signal };
  const { seconds } = await measureProcess('sh', ['-c', line, 'sh', ...paths], where);
  return (seconds * 2) / Math.max(2, availableParallelism());
}

/** Seconds in which cp copies files, until the copies are on the disk. */
export async function copySeconds({ bench }: BenchSetting, paths: readonly string[]): Promise<number> {
  const to = join(bench.folder, 'floor');
  await mkdir(to);
  await settle();
  const line = 'to=$1; shift; cp "$@" "$to" && sync -f "$to"';
  const where = { cwd: bench.folder, env: process.env, signal: bench.signal };
  const { seconds } = await measureProcess('sh', ['-c', line, 'sh', to, ...paths], where);
  await rm(to, { recursive: true });
  return seconds;
}

/** The blobs of archives as files, unpacked by tar: paths by digest. */
export async function unpackedBlobs(folder: string, archives: readonly string[]): Promise<Map<string, string>> {
  await mkdir(folder);
  const part = 'docker/registry/v2/blobs';
  for (const archive of archives) await promisify(execFile)('tar', ['-xf', archive, '-C', folder, part]);
  const names = await readdir(join(folder, part), { recursive: true });
  const data = names.filter((name) => name.endsWith('/data'));
  return new Map(data.map((name) => [`sha256:${name.split('/').at(-2)}`, join(folder, part, name)]));
}

/** Seconds in which curl opens an upload for each blob at an empty registry, and puts it there. */
export async function putSeconds(
  { bench }: BenchSetting,
  { url, blobs }: { url: string; blobs: ReadonlyMap<string, string> },
): Promise<number> {
  const folder = join(bench.folder, 'floor-put');
  await mkdir(folder);
  const where = { cwd: folder, env: process.env, signal: bench.signal };
  const curl = ['-sfZ', '--parallel-max', String(connections), '-K', 'config'];
  const opening = [...blobs.keys()].map(
    (_, number) =>
      `url = "${url}/v2/floor/blobs/uploads/"\nrequest = POST\ndump-header = "${number}"\noutput = /dev/null`,
  );
  await writeFile(join(folder, 'config'), opening.join('\nnext\n'));
  await settle();
  const opened = await measureProcess('curl', curl, where);
  const putting = [...blobs].map(([digest, path], number) => {
    const [, location = ''] = /^location: (.*?)\r?$/im.exec(readFileSync(join(folder, String(number)), 'utf8')) ?? [];
    return `url = "${location}&digest=${digest}"\nupload-file = "${path}"\noutput = /dev/null`;
  });
  await writeFile(join(folder, 'config'), putting.join('\nnext\n'));
  const put = await measureProcess('curl', curl, where);
  await rm(folder, { recursive: true });
  return opened.seconds + put.seconds;
}

/** Whether the processor hashes SHA-256 by instructions of its own, and whether OpenSSL was told not to use them. */
export function shaInstructions(): 'used' | 'left out' | 'none' {
  const [flags = ''] = /^(?:flags|Features)\s*:.*$/m.exec(readFileSync('/proc/cpuinfo', 'utf8')) ?? [];
  if (!/\b(?:sha_ni|sha2)\b/.test(flags)) return 'none';
  return (process.env['OPENSSL_ia32cap'] ?? '') === '' ? 'used' : 'left out';
}
