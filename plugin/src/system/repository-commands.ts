import { commandNotAllowed } from './system-errors';

/**
 * Lets a command run that a file of the repository names, such as `ocMirror.binary` and `signing.verify` of seqmirror.yaml.
 * Whoever opens a pull request writes these files. So where CI is set they run only if the environment, which is not
 * theirs, has SEQMIRROR_ALLOW_COMMANDS=1; on a person's machine they run as a package's scripts do.
 *
 * @param setting the key that names it: `signing.verify`
 * @throws SEQ0705 where it may not run
 */
export function requireCommandAllowed(
  program: string,
  { setting, env }: { readonly setting: string; readonly env: Readonly<NodeJS.ProcessEnv> },
): void {
  if (isCI(env) && env['SEQMIRROR_ALLOW_COMMANDS'] !== '1') throw commandNotAllowed({ program, setting });
}

/** As most CI systems say it: `CI=true`, or anything but a no. */
export function isCI(env: Readonly<NodeJS.ProcessEnv>): boolean {
  return !['', '0', 'false'].includes((env['CI'] ?? '').toLowerCase());
}
