import { findProgram, isProgram } from '../system/find-program';
import { requireCommandAllowed } from '../system/repository-commands';
import { helmUnusable } from './errors';

/** Where helm is looked for. */
export interface HelmSearch {
  /** The program in the settings, if they name one. */
  readonly helmBinary?: string | undefined;
  readonly env: Readonly<NodeJS.ProcessEnv>;
}

/**
 * The helm program to run: the one configured, else the one on PATH; `undefined` if helm is not installed.
 *
 * @throws SEQ0460 when the configured one is not a program, SEQ0705 for a configured one in CI
 */
export async function findHelm({ helmBinary, env }: HelmSearch): Promise<string | undefined> {
  if (helmBinary === undefined) return findProgram('helm', env);
  requireCommandAllowed(helmBinary, { setting: 'helm.binary', env });
  if (!(await isProgram(helmBinary))) throw helmUnusable({ file: helmBinary });
  return helmBinary;
}
