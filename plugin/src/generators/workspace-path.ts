import { isAbsolute, join, relative, sep } from 'node:path';
import type { Tree } from './nx-devkit';

/**
 * A typed path, relative to the top of the workspace: `../isc.yaml` for a file beside it, which the tree reads too.
 *
 * @param cwd where it was typed, relative to the top of the workspace
 */
export function workspacePath(tree: Tree, typed: string, { cwd = '' }: { cwd?: string | undefined }): string {
  const path = isAbsolute(typed) ? relative(tree.root, typed) : relative('.', join(cwd, typed));
  return path.split(sep).join('/') || '.';
}

export function isInWorkspace(path: string): boolean {
  return path !== '..' && !path.startsWith('../') && !isAbsolute(path);
}
