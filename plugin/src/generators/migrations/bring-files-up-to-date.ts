import { existingMirrors } from '../existing-mirrors';
import { setUp } from '../init/generator';
import { settingsText } from '../mirror/settings-text';
import type { Tree } from '../nx-devkit';
import { formerComments } from './former-comments';

/**
 * Brings what `init` and the generator `mirror` of earlier builds wrote to what they write now: lines that are missing
 * in .gitignore, .gitattributes, .prettierignore and .env, and the comments of each seqmirror.yaml. Settings, and lines
 * that a person wrote, stay as they are. A second run changes nothing.
 *
 * @returns what was changed, one line per file, which Nx prints
 */
export async function bringFilesUpToDate(tree: Tree): Promise<string[]> {
  const changes = setUp(tree).map(({ file, purpose }) => `${file}: ${purpose}`);
  for (const { root, name } of await existingMirrors(tree)) {
    const file = root === '.' ? 'seqmirror.yaml' : `${root}/seqmirror.yaml`;
    const before = tree.read(file, 'utf8') ?? '';
    const after = withPresentComments(before, settingsText({ root, name, id: '' }));
    if (after === before) continue;
    tree.write(file, after);
    changes.push(`${file}: its comments now name every setting`);
  }
  return changes;
}

/**
 * The text of a seqmirror.yaml with the comments of a new one: former comments are replaced, and blocks for settings that
 * the file names nowhere stand at its end.
 *
 * @param present the text of a new seqmirror.yaml
 */
export function withPresentComments(text: string, present: string): string {
  const lines = text.split('\n').flatMap((line) => formerComments.get(line.trimEnd()) ?? [line]);
  const replaced = lines.join('\n');
  const missing = present
    .trimEnd()
    .split('\n\n')
    .filter((block) => isMissing(block, replaced));
  if (missing.length === 0) return replaced;
  return `${replaced.trimEnd()}\n\n${missing.join('\n\n')}\n`;
}

/** Whether all of a block is comments, and none of its settings are named in the text, set or as a comment. */
function isMissing(block: string, text: string): boolean {
  const lines = block.split('\n');
  const keys = lines.flatMap((line) => /^# ([A-Za-z]+):(?: |$)/.exec(line)?.[1] ?? []);
  const isNamed = (key: string): boolean => new RegExp(`^(?:# ?)?${key}:`, 'm').test(text);
  return lines.every((line) => line.startsWith('#')) && keys.length > 0 && !keys.some(isNamed);
}
