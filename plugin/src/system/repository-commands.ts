import { commandNotAllowed } from './system-errors';

/**
 * Lets a command run that a file of the repository names, such as `ocMirror.binary` and `signing.verify` of
 * seqmirror.yaml. The author of a pull request can write these files. So if CI is set, they run only if the
 * environment, which that author cannot set, has SEQMIRROR_ALLOW_COMMANDS=1; on a person's machine they run like a
 * package's scripts.
 *
 * @param setting the key that names it: `signing.verify`
 * @throws SEQ0705 when it may not run
 */
export function requireCommandAllowed(
  program: string,
  { setting, env }: { readonly setting: string; readonly env: Readonly<NodeJS.ProcessEnv> },
): void {
  if (isCI(env) && env['SEQMIRROR_ALLOW_COMMANDS'] !== '1') throw commandNotAllowed({ program, setting });
}

/** As most CI systems set it: `CI=true`, or anything that is not a no. */
export function isCI(env: Readonly<NodeJS.ProcessEnv>): boolean {
  return !['', '0', 'false'].includes((env['CI'] ?? '').toLowerCase());
}
