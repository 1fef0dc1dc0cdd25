import { shellWord } from '../../system/shell-word';

/**
 * The command that commits what a command changed, from the top of the workspace.
 *
 * @param path relative to that, with forward slashes; empty: all of it
 */
export function commitOf(path: string): string {
  return `git add ${path === '' ? '.' : shellWord(path)} && git commit`;
}
