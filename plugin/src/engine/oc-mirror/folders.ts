import { join } from 'node:path';

/** Folders that this engine keeps between runs, and between sequences of one mirror. */
export interface Folders {
  /** oc-mirror's destination, in which it runs; holds `working-dir`. */
  readonly stage: string;
  readonly workingDir: string;
  /** Passed as `--cache-dir`. Accumulates; never deleted by us. */
  readonly cache: string;
  readonly temporary: string;
  /** For dry runs that must not see or change the stage. Empty between runs. */
  readonly scratch: string;
  /** Exists while an oc-mirror runs in the stage, and after such a run was killed. */
  readonly runningMark: string;
  /** The same for a dry run in scratch, which may be killed without harm. */
  readonly scratchMark: string;
  /** Exists from the clean-up after a kill until a listing in an empty folder has confirmed what the stage brought. */
  readonly doubtMark: string;
  /** The state of the stage's working-dir when the last run ended. */
  readonly fingerprints: string;
}

export function foldersIn(engineFolder: string): Folders {
  const stage = join(engineFolder, 'stage');
  return {
    stage,
    workingDir: join(stage, 'working-dir'),
    cache: join(engineFolder, 'cache'),
    temporary: join(engineFolder, 'tmp'),
    scratch: join(engineFolder, 'scratch'),
    runningMark: join(engineFolder, 'running.json'),
    scratchMark: join(engineFolder, 'scratch.json'),
    doubtMark: join(engineFolder, 'doubt.json'),
    fingerprints: join(engineFolder, 'fingerprints.json'),
  };
}

/** The configuration's name within stage and scratch. Its place is given relative to them. */
export const configFileName = 'imageset-config.yaml';

/** Whether each run writes this entry of working-dir again, or does not use it. It is removed before a run. */
export function isPassing(name: string): boolean {
  // `containers` has a file for each port that a cache registry ever had; each run writes the ones that it needs.
  return ['logs', 'dry-run', 'containers', '.history'].includes(name) || /^d?isc_pinned_.*\.yaml$/.test(name);
}

/** Manifests and configs of release payloads are smaller, layers larger; oc-mirror only looks for the former. */
export const largestKeptPayloadBlob = 64 * 1024;
