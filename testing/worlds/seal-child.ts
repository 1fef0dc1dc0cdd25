/** Mirrors one sequence of a world in a process of its own, so that a spec can kill it. Arguments: a SealRequest as JSON. */
import type { MirrorLocation } from '../../plugin/src/mirror/mirror';
import { mirrorSequence } from '../../plugin/src/mirroring/mirror-sequence';
import { silentProgress } from '../../plugin/src/system/progress';

export interface SealRequest {
  readonly location: MirrorLocation;
  readonly folder: string;
}

async function main(): Promise<void> {
  const request = JSON.parse(process.argv[2] as string) as SealRequest;
  await mirrorSequence({
    ...request,
    dryRun: false,
    refresh: false,
    cachedByNx: false,
    progress: silentProgress,
    signal: new AbortController().signal,
    now: () => new Date(),
  });
}

void main();
