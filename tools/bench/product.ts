/** The package as users run it: built and packed, not its source, which would pay for its own compilation. */
import { execFile } from 'node:child_process';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packedPlugin } from '../../e2e/harness/packed-plugin';
import { measureProcess } from './measured-process';
import type { ProcessUse } from './measured-process';
import type { Workbench } from './workbench';

export const repositoryRoot = join(__dirname, '..', '..');

export interface Product {
  /** What would be `node_modules/seqmirror`. */
  readonly folder: string;
}

/** Builds, packs and unpacks it. Its dependencies are this repository's. */
export async function unpackProduct(bench: Workbench): Promise<Product> {
  const tarball = await packedPlugin();
  const folder = join(bench.folder, 'product');
  await mkdir(folder);
  await promisify(execFile)('tar', ['-xzf', tarball, '--strip-components=1', '-C', folder]);
  await symlink(join(repositoryRoot, 'node_modules'), join(folder, 'node_modules'));
  return { folder };
}

export interface ProductCall<T> {
  readonly use: ProcessUse;
  /** What the call itself took, without Node's start and loading the package. */
  readonly callSeconds: number;
  /** User and system time of all threads for it. */
  readonly callCpuSeconds: number;
  readonly result: T;
}

/** Runs one of the calls in calls.cjs with the product, in its own process. */
export async function callProduct<T>(
  { folder }: Product,
  call: string,
  request: object,
  { cwd, env, signal }: { cwd: string; env?: NodeJS.ProcessEnv; signal: AbortSignal },
): Promise<ProductCall<T>> {
  const args = [join(__dirname, 'calls.cjs'), folder, call, JSON.stringify(request)];
  const use = await measureProcess(process.execPath, args, { cwd, env: env ?? process.env, signal });
  const { seconds, cpuSeconds, result } = JSON.parse(use.stdout) as { seconds: number; cpuSeconds: number; result: T };
  return { use, callSeconds: seconds, callCpuSeconds: cpuSeconds, result };
}
