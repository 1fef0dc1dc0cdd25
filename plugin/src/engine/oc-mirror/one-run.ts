/** One run of the oc-mirror program, in either direction: its port, its environment, its mark, its output, its end. */
import { relative } from 'node:path';
import type { RegistrySettings } from '../../registry/settings';
import { startProgram } from '../../system/process';
import type { EngineOptions } from '../engine';
import type { MirrorToDiskRun } from './arguments';
import type { Pace } from './attempts';
import { ocMirrorEnvironment } from './environment';
import type { Exit } from './exit';
import { exitOf } from './exit';
import { configFileName } from './folders';
import type { Event } from './log';
import type { RunOutput } from './output';
import { readOutput } from './output';
import { freeLoopbackPort } from './port';
import type { MarkPlace } from './running-mark';
import { clearMark, noteProcess, setMark } from './running-mark';

export interface OneRun {
  readonly program: string;
  /** The folder that it runs in, with its config. */
  readonly cwd: string;
  readonly cache: string;
  readonly temporary: string;
  readonly mark: MarkPlace;
  /** The arguments of this direction, made from those that every direction has. */
  readonly argumentsOf: (run: MirrorToDiskRun) => string[];
  readonly pace: Pace;
  readonly tlsVerified: boolean;
  readonly reuseGraphImage: boolean;
  readonly request: {
    readonly env: Readonly<NodeJS.ProcessEnv>;
    readonly registries: RegistrySettings;
    readonly options: EngineOptions;
    readonly signal: AbortSignal;
  };
  readonly onEvent: (event: Event) => void;
}

export interface RunOutcome {
  readonly exit: Exit;
  readonly output: RunOutput;
  readonly portTaken: boolean;
}

/**
 * Runs oc-mirror once, to its end, and returns how it ended. If the request's signal stops it, it gets SIGTERM, then
 * SIGKILL; its mark makes the next run clean up.
 *
 * @throws SEQ0703 when it can't be started; the signal's reason when it is stopped
 */
export async function runOnce(run: OneRun): Promise<RunOutcome> {
  const { program, cwd, cache, temporary, mark, pace, tlsVerified, reuseGraphImage, onEvent } = run;
  const { env, registries, options, signal } = run.request;
  const port = await freeLoopbackPort();
  const authFile = registries.authFile ?? env['REGISTRY_AUTH_FILE'];
  const args = run.argumentsOf({
    configFile: configFileName,
    cacheFolder: relative(cwd, cache),
    port,
    ...(authFile === undefined || authFile === '' ? {} : { authFile }),
    tlsVerified,
    retries: options.retries,
    removeSignatures: options.removeSignatures,
    ...pace,
  });
  signal.throwIfAborted();
  await setMark(mark);
  const child = await startProgram(program, args, {
    cwd,
    signal,
    // oc-mirror warns about any other umask; its archives keep the modes of its files.
    umask: 0o022,
    env: ocMirrorEnvironment(env, {
      port,
      temporaryFolder: temporary,
      registriesConf: registries.registriesConf,
      reuseGraphImage,
    }),
  });
  const [output, ended] = await Promise.all([readOutput(child, onEvent), child.ended, noteProcess(mark, child.pid)]);
  signal.throwIfAborted();
  const exit = exitOf(ended, { panicked: output.panic !== undefined });
  if (exit.kind !== 'killed' && exit.kind !== 'crashed') await clearMark(mark.path);
  return { exit, output, portTaken: portWasTaken(output) };
}

/** Another process was faster: oc-mirror says so, or panics. */
function portWasTaken({ errors, panic }: RunOutput): boolean {
  return [...errors, panic ?? ''].some((text) => /already bound|address already in use/.test(text));
}
