import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const variable = 'SEQMIRROR_RUN_FOLDER';
const ofSeveralRuns = 'SEQMIRROR_SHARED_FOLDER';

/** Before the first spec of each project: a folder for what one run of Jest makes once and all its workers share. */
export async function makeRunFolder(): Promise<void> {
  process.env[variable] ??= await mkdtemp(join(tmpdir(), 'seqmirror-run-'));
}

/** After the last spec. */
export async function removeRunFolder(): Promise<void> {
  const folder = process.env[variable];
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
}

/** Outside the repository: npm and Nx look for workspaces in the folders above, and must find none. */
export function runFolder(): string {
  const folder = process.env[variable];
  if (folder === undefined) throw new Error('specs run by jest.config.cjs, which makes their folder first');
  return folder;
}

/** The folder for what is made once. Several runs in a row share it if the environment names one. */
export function sharedFolder(): string {
  return process.env[ofSeveralRuns] || runFolder();
}
