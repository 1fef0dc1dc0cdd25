/** A world whose sequences are bundled. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BundleOptions, BundleOutcome } from '../../plugin/src/bundle/bundle';
import { bundleSequence } from '../../plugin/src/bundle/bundle';
import { silentProgress } from '../../plugin/src/system/progress';
import type { World } from './world';

export function bundle(
  world: Pick<World, 'location' | 'root'>,
  folder: string,
  options: Partial<BundleOptions> = {},
): Promise<BundleOutcome> {
  return bundleSequence({
    location: world.location,
    folder,
    output: join(world.root, 'disk'),
    sites: [],
    plan: false,
    link: false,
    verify: false,
    fresh: false,
    format: 'folder',
    // The build makes it, so it is missing if sources are run.
    uploader: undefined,
    progress: silentProgress,
    signal: new AbortController().signal,
    now: () => new Date('2026-11-24T07:00:00Z'),
    ...options,
  });
}

/** Bundles and expects that something was written. */
export async function bundled(
  world: Pick<World, 'location' | 'root'>,
  folder: string,
  options: Partial<BundleOptions> = {},
): Promise<Extract<BundleOutcome, { kind: 'written' }>> {
  const outcome = await bundle(world, folder, options);
  if (outcome.kind !== 'written') throw new Error(`${folder} was ${outcome.kind}`);
  return outcome;
}

/** The output of sha256sum for a folder; it throws if a file differs from SHA256SUMS. */
export async function sha256sum(folder: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('sha256sum', ['-c', 'SHA256SUMS'], { cwd: folder });
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.replace(/: OK$/, ''));
}

export function archiveText(folder: string, name = 'mirror_000001.tar'): Promise<string> {
  return readFile(join(folder, 'archives', name), 'latin1');
}
