import { basename } from 'node:path/posix';

const usable = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
const nameLine = /^(["']?)name\1\s*:\s*(["']?)([^"'#]*?)\2\s*(?:#.*)?$/m;

/**
 * The name that seqmirror.yaml gives its Nx project; `undefined` if it gives none, or one that cannot be used.
 *
 * Read as a line, not as YAML: a mistake elsewhere in the file must not rename the project, since people need that name
 * to run the target that explains the mistake.
 */
export function mirrorNameIn(settings: string): string | undefined {
  const name = nameLine.exec(settings)?.[3];
  return name !== undefined && usable.test(name) ? name : undefined;
}

/** The name of a mirror whose settings give none: that of its folder, or `mirror` at the top of the workspace. */
export function mirrorNameFromFolder(root: string): string {
  return nameFrom(basename(root));
}

/**
 * The longer name of a mirror whose folder's name is taken, made from the whole path. `teams/a/mirror`:
 * `teams-a-mirror`.
 */
export function mirrorNameFromPath(root: string): string {
  return nameFrom(root);
}

function nameFrom(path: string): string {
  const name = path
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+|-+$/g, '')
    .slice(0, 63);
  return name === '' ? 'mirror' : name;
}

/**
 * `constructor`, `__proto__` and the like. Nx keeps projects by names and by folders in plain objects, so a project
 * with such a name or folder makes every Nx command of the workspace fail.
 */
export const impossibleForNx: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype));
