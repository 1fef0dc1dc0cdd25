import type { RegistriesConf } from '../../registry/registries-conf';
import type { MirrorRequest } from '../engine';
import { dryRunArguments, mirrorToDiskArguments } from './arguments';
import type { Pace } from './attempts';
import type { Folders } from './folders';
import type { Event } from './log';
import type { RunOutcome } from './one-run';
import { runOnce } from './one-run';
import type { MarkPlace } from './running-mark';
import type { Capabilities } from './version';

/** What all runs for one request share. */
export interface RunContext {
  readonly program: string;
  readonly capabilities: Capabilities;
  readonly request: MirrorRequest;
  readonly folders: Folders;
  readonly conf: RegistriesConf;
  readonly tlsVerified: boolean;
}

/** `mirror`: mirror-to-disk in the stage. `list`: a dry run in stage or scratch. */
export type RunPurpose =
  | { readonly mode: 'mirror'; readonly pace: Pace }
  | { readonly mode: 'list'; readonly pace: Pace; readonly folder: string };

/** Runs mirror-to-disk once, or lists what it would mirror. @throws the errors of runOnce */
export async function runOcMirror(
  { program, capabilities, request, folders, tlsVerified }: RunContext,
  purpose: RunPurpose,
  onEvent: (event: Event) => void,
): Promise<RunOutcome> {
  const cwd = purpose.mode === 'mirror' ? folders.stage : purpose.folder;
  const argumentsFor = purpose.mode === 'mirror' ? mirrorToDiskArguments : dryRunArguments;
  return runOnce({
    program,
    cwd,
    cache: folders.cache,
    temporary: folders.temporary,
    mark: cwd === folders.scratch ? markOfScratch(folders, request) : markOfStage(folders, request),
    argumentsOf: (run) => argumentsFor(run, capabilities),
    pace: purpose.pace,
    tlsVerified,
    reuseGraphImage: purpose.mode === 'list',
    request,
    onEvent,
  });
}

export function markOfStage(folders: Folders, { keyFile }: Pick<MirrorRequest, 'keyFile'>): MarkPlace {
  return { path: folders.runningMark, folder: folders.stage, keyFile };
}

export function markOfScratch(folders: Folders, { keyFile }: Pick<MirrorRequest, 'keyFile'>): MarkPlace {
  return { path: folders.scratchMark, folder: folders.scratch, keyFile };
}
