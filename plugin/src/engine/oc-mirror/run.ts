import { relative } from 'node:path';
import type { RegistriesConf } from '../../registry/registries-conf';
import { startProgram } from '../../system/process';
import type { MirrorRequest } from '../engine';
import { dryRunArguments, mirrorToDiskArguments } from './arguments';
import type { Pace } from './attempts';
import { ocMirrorEnvironment } from './environment';
import type { Exit } from './exit';
import { exitOf } from './exit';
import type { Folders } from './folders';
import { configFileName } from './folders';
import type { Event } from './log';
import type { RunOutput } from './output';
import { readOutput } from './output';
import { freeLoopbackPort } from './port';
import { clearMark, noteProcess, setMark } from './running-mark';
import type { Capabilities } from './version';

/** What stays the same for all runs that serve one request. */
export interface RunContext {
  readonly program: string;
  readonly capabilities: Capabilities;
  readonly request: MirrorRequest;
  readonly folders: Folders;
  readonly conf: RegistriesConf;
  readonly tlsVerified: boolean;
}

export interface RunOutcome {
  readonly exit: Exit;
  readonly output: RunOutput;
  readonly portTaken: boolean;
}

/** `mirror`: mirror-to-disk in the stage. `list`: a dry run in stage or scratch. */
export type RunPurpose =
  | { readonly mode: 'mirror'; readonly pace: Pace }
  | { readonly mode: 'list'; readonly pace: Pace; readonly folder: string };

/**
 * Runs oc-mirror once, to its end, and says how it ended. Stopped by the request's signal it gets SIGTERM, then SIGKILL;
 * the mark that it leaves makes the next run clean up.
 *
 * @throws SEQ0703 when it can't be started; the signal's reason when it is stopped
 */
export async function runOcMirror(
  context: RunContext,
  purpose: RunPurpose,
  onEvent: (event: Event) => void,
): Promise<RunOutcome> {
  const { program, capabilities, request, folders, tlsVerified } = context;
  const { env, registries, options, signal } = request;
  const port = await freeLoopbackPort();
  const authFile = registries.authFile ?? env['REGISTRY_AUTH_FILE'];
  const cwd = purpose.mode === 'mirror' ? folders.stage : purpose.folder;
  const run = {
    configFile: configFileName,
    cacheFolder: relative(cwd, folders.cache),
    port,
    ...(authFile === undefined || authFile === '' ? {} : { authFile }),
    tlsVerified,
    retries: options.retries,
    removeSignatures: options.removeSignatures,
    ...purpose.pace,
  };
  const args =
    purpose.mode === 'mirror' ? mirrorToDiskArguments(run, capabilities) : dryRunArguments(run, capabilities);
  signal.throwIfAborted();
  const mark = cwd === folders.scratch ? folders.scratchMark : folders.runningMark;
  await setMark(mark);
  const child = await startProgram(program, args, {
    cwd,
    signal,
    // oc-mirror warns of any other; its archives keep the modes of its files.
    umask: 0o022,
    env: ocMirrorEnvironment(env, {
      port,
      temporaryFolder: folders.temporary,
      ...(registries.registriesConf === undefined ? {} : { registriesConf: registries.registriesConf }),
      reuseGraphImage: purpose.mode === 'list',
    }),
  });
  const [output, ended] = await Promise.all([readOutput(child, onEvent), child.ended, noteProcess(mark, child.pid)]);
  signal.throwIfAborted();
  const exit = exitOf(ended, { panicked: output.panic !== undefined });
  if (exit.kind !== 'killed' && exit.kind !== 'crashed') await clearMark(mark);
  return { exit, output, portTaken: portWasTaken(output) };
}

/** Another process was quicker: oc-mirror says so, or panics. */
export function portWasTaken({ errors, panic }: RunOutput): boolean {
  return [...errors, panic ?? ''].some((text) => /already bound|address already in use/.test(text));
}
