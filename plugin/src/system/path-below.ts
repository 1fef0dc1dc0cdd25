/**
 * Paths below a folder that others may have written into: a mirror with somebody's pull request, a medium that came
 * back, a data directory. Code that writes, reads or removes there names the folder as a root and the path below it. No
 * part of the path below the root may be a link, so that nothing planted there leads out; the root may lie anywhere,
 * below links too.
 */
import type { Stats } from 'node:fs';
import { lstatSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { systemErrorCode } from './errors';
import { fileTrouble, pathLeadsOut, pathThroughLink } from './system-errors';

/**
 * Who else may read what is made below a root, whatever the umask is. Only the owner may ever write. `private`: files
 * 0600, folders 0700. `readable`: files 0644, programs and folders 0755. `shared`: what the umask leaves, for a group
 * that the environment says is trusted. `as its folder`: shared where the group may write to it, else private.
 */
export type Access = 'private' | 'readable' | 'shared' | 'as its folder';

export interface Root {
  /** An absolute path. */
  readonly path: string;
  readonly access: Access;
}

export interface PathBelow {
  readonly root: Root;
  /** An absolute path: the root, or a path below it. */
  readonly path: string;
}

/** A folder for our own account: a data directory, what an upload leaves, logs. */
export function privateRoot(path: string): Root {
  return { path: resolve(path), access: 'private' };
}

/** A data directory of several accounts. */
export function sharedRoot(path: string): Root {
  return { path: resolve(path), access: 'shared' };
}

/** A folder that other accounts may read: a work tree, a medium. */
export function readableRoot(path: string): Root {
  return { path: resolve(path), access: 'readable' };
}

/** @param names joined in order; the first may be an absolute path below the root. @throws SEQ0708 outside of it */
export function below(root: Root, ...names: readonly string[]): PathBelow {
  const path = resolve(root.path, join(...names));
  if (partsOf(root.path, path) === undefined) throw pathLeadsOut({ path, root: root.path });
  return { root, path };
}

/** A path in a private folder that this run has made, or checked, as a path below a root. */
export function inPrivateFolder(path: string): PathBelow {
  return below({ path: dirname(path), access: 'as its folder' }, path);
}

/** A path anywhere that a person or another program named, in a folder that other accounts may read. */
export function inReadableFolder(path: string): PathBelow {
  return below(readableRoot(dirname(path)), path);
}

/** The folder that contains a path. */
export function folderOf({ root, path }: PathBelow): PathBelow {
  return path === root.path ? { root, path } : { root, path: dirname(path) };
}

/**
 * Refuses a path if a folder on it, below the root, is a link. The last part may be a link: it is not followed.
 *
 * @throws SEQ0708 naming the link, SEQ0702 when a folder on the way can't be looked at
 */
export function ensureNoLinkBelow({ root, path }: PathBelow): void {
  const parts = partsOf(root.path, path);
  if (parts === undefined) throw pathLeadsOut({ path, root: root.path });
  let at = root.path;
  for (const part of parts.slice(0, -1)) {
    at = join(at, part);
    const found = entryAt(at);
    if (found === undefined) return;
    if (found.isSymbolicLink()) throw pathThroughLink({ link: at });
  }
}

/**
 * What is at a path, links not followed; `undefined` if there is nothing. Synchronous, which takes a twentieth of the
 * time that a thread of the pool would: it is the most frequent request to the file system.
 *
 * @throws SEQ0702 when that can't be found out
 */
export function entryAt(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    const reason = systemErrorCode(error) ?? 'unknown reason';
    if (reason === 'ENOENT' || reason === 'ENOTDIR') return undefined;
    throw fileTrouble({ path, verb: 'read', reason, cause: error });
  }
}

/** What is at a path, links followed; `undefined` if there is nothing, or it can't be looked at. */
export function targetAt(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** The names between a root and a path below it; `undefined` for a path elsewhere. */
export function partsOf(root: string, path: string): string[] | undefined {
  const way = relative(root, path);
  if (isAbsolute(way) || way === '..' || way.startsWith(`..${sep}`)) return undefined;
  return way === '' ? [] : way.split(sep);
}
