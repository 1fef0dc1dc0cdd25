import { basename } from 'node:path/posix';

const usable = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
const nameLine = /^(["']?)name\1\s*:\s*(["']?)([^"'#]*?)\2\s*(?:#.*)?$/m;

/**
 * The name that seqmirror.yaml gives its Nx project; undefined when it gives none that can be used.
 *
 * Read as a line, not as YAML: a mistake elsewhere in the file must not rename the project, since it is by that name
 * that people run what explains the mistake to them.
 */
export function mirrorNameIn(settings: string): string | undefined {
  const name = nameLine.exec(settings)?.[3];
  return name !== undefined && usable.test(name) ? name : undefined;
}

/** The name of a mirror whose settings give none: its folder's, and `mirror` at the top of the workspace. */
export function mirrorNameFromFolder(root: string): string {
  return nameFrom(basename(root));
}

/** The longer name of a mirror whose folder's name is taken: the whole path's. `teams/a/mirror`: `teams-a-mirror`. */
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
 * `constructor`, `__proto__` and the like. Nx keeps projects by names and by folders in plain objects, so that one of such
 * a name, or in such a folder, ends every Nx command of the workspace.
 */
export const impossibleForNx: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype));
