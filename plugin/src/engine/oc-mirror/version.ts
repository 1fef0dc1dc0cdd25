import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { findProgram, isProgram } from '../../system/find-program';
import { valueOfJson } from '../../system/json-text';
import { printable } from '../../system/printable';
import { runProgram } from '../../system/process';
import { streamRegular } from '../../system/regular-file';
import { requireCommandAllowed } from '../../system/repository-commands';
import type { EngineOptions, EngineVersion } from '../engine';
import { versionFromGit } from '../engine-version';
import { ocMirrorEnvironment } from './environment';
import { programMissing, programUnusable } from './errors';

/** The differences between the releases of oc-mirror that this engine drives, 4.18 to main. */
export interface Capabilities {
  /** Higher values are refused (4.20 and later: `must be between the range 1 to 10`); earlier versions check nothing. */
  readonly parallelLimit: number | undefined;
  /** `--remove-signatures`. */
  readonly removeSignatures: boolean;
  /** Whether it takes cosign signatures by default: 4.19 and 4.20 leave them out. */
  readonly takesSignatures: boolean;
  /** A key that a map has and `<<` adds too is refused (UnmarshalStrict); in earlier versions the last one counts. */
  readonly keysOnce: boolean;
  /** `targetRepo` and `targetTag` of additional images. */
  readonly additionalImageTargets: boolean;
  /**
   * Catalogs are identified by digest, so that a configuration with their digests finds what was made with their tags.
   */
  readonly pinnedCatalogs: boolean;
  /** `platforms` of releases, catalogs, images and charts. */
  readonly platforms: boolean;
}

const ClientVersion = z.object({ clientVersion: z.object({ gitVersion: z.string().min(1).max(200) }) });

/** The oc-mirror program to run: the one configured, else the one on PATH. @throws SEQ0705 for a configured one in CI */
export async function programOf(options: EngineOptions, env: Readonly<NodeJS.ProcessEnv>): Promise<string | undefined> {
  if (options.ocMirrorBinary === undefined) return findProgram('oc-mirror', env);
  requireCommandAllowed(options.ocMirrorBinary, { setting: 'ocMirror.binary', env });
  if (!(await isProgram(options.ocMirrorBinary))) throw programMissing({ file: options.ocMirrorBinary });
  return options.ocMirrorBinary;
}

/**
 * Asks oc-mirror for its version; `undefined` if none is configured and none is on PATH.
 *
 * @throws SEQ0400 when the one configured isn't a program, SEQ0401 when it doesn't answer as oc-mirror does
 */
export async function probeOcMirror(
  options: EngineOptions,
  env: Readonly<NodeJS.ProcessEnv>,
): Promise<EngineVersion | undefined> {
  const file = await programOf(options, env);
  if (file === undefined) return undefined;
  // Greetings and log lines go to stderr; stdout is one JSON document in every version (4.18 to main).
  const result = await runProgram(file, ['version', '--output', 'json', '--v2'], {
    env: ocMirrorEnvironment(env, {}),
    timeoutMs: 60_000,
  });
  const version = parseVersion(result.stdout);
  if (result.exitCode !== 0 || version === undefined) {
    throw programUnusable({ file, output: result.stderr || result.stdout });
  }
  return {
    engine: 'oc-mirror',
    version,
    found: options.ocMirrorBinary === undefined ? 'from PATH' : printable(file),
    sha256: await sha256Of(file),
  };
}

/** `4.19.0-202507292137.p0.g1234567` → `4.19.0-202507292137`; a version without a number stays as it is. */
export function parseVersion(stdout: string): string | undefined {
  const parsed = ClientVersion.safeParse(valueOfJson(stdout));
  if (!parsed.success) return undefined;
  return versionFromGit(parsed.data.clientVersion.gitVersion);
}

/** Known from the sources of the release branches. A version without a number (built from main) counts as the newest. */
export function capabilitiesOf(version: string): Capabilities {
  const numbers = /^(\d+)\.(\d+)\./.exec(version);
  const [major, minor] = [Number(numbers?.[1] ?? 0), Number(numbers?.[2] ?? 0)];
  const atLeast = (wantedMajor: number, wantedMinor: number): boolean =>
    major === 0 || major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
  return {
    parallelLimit: atLeast(4, 20) ? 10 : undefined,
    removeSignatures: atLeast(4, 19),
    takesSignatures: atLeast(4, 21) || !atLeast(4, 19),
    keysOnce: atLeast(4, 21),
    additionalImageTargets: atLeast(4, 22),
    pinnedCatalogs: atLeast(4, 22),
    platforms: atLeast(4, 23),
  };
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(streamRegular(file), hash);
  return hash.digest('hex');
}
