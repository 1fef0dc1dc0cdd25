/** Errors in a file that is not yet parsed as an imageset configuration. */
import { formatBytes } from '../system/byte-size';
import type { Explanation, Finding } from '../system/errors';
import { utf8Again } from '../yaml/errors';
import type { YamlProblem } from '../yaml/source';
import { shown } from './credentials';

/** @param file as people know it, for errors in the file as a whole */
export function yamlProblem(problem: YamlProblem, file: string): Finding {
  const at = problem.kind === 'too long' ? { file } : problem.at;
  return { severity: 'error', at, ...wordsFor(problem, file) };
}

function wordsFor(problem: YamlProblem, file: string): Omit<Explanation, 'at'> {
  switch (problem.kind) {
    case 'too long':
      return {
        code: 'SEQ0104',
        what: `This file has ${formatBytes(problem.found)}; ${formatBytes(problem.limit)} is the most that is read`,
        why: 'An imageset configuration of a thousand entries has less than a tenth of that',
        next: 'Check that this is the file you meant',
      };
    case 'too deep':
      return {
        code: 'SEQ0104',
        what: 'Values are nested too deeply here',
        why: 'An imageset configuration has eleven levels',
        next: 'Check that this is the file you meant',
      };
    case 'too many values':
      return {
        code: 'SEQ0104',
        what: `More than ${problem.limit} values, aliases expanded`,
        why: 'Aliases of aliases multiply; a few lines can stand for billions of values',
        next: 'Write the entries out without aliases, or ask for fewer of them',
      };
    case 'UTF-16':
      return {
        code: 'SEQ0103',
        what: 'This file is UTF-16; an imageset configuration must be UTF-8',
        why: 'Windows writes UTF-16 for `>` and `Out-File` in PowerShell 5, and for "Unicode" in Notepad',
        next: utf8Again(file),
      };
    case 'control character':
      return {
        code: 'SEQ0103',
        what: 'This is not YAML: there is a control character here',
        why: 'oc-mirror refuses the whole file for one',
        next: 'Delete it; editors show it as a strange sign, or not at all',
      };
    case 'empty':
      return { code: 'SEQ0103', what: 'This file is empty', next: 'Check that this is the file you meant' };
    case 'malformed':
      return {
        code: 'SEQ0103',
        what: `This is not YAML: ${problem.problem}`,
        why: 'Reading stopped here; what is wrong may begin on a line before',
        next: 'Compare indentation, quotes and brackets with the lines above',
      };
    case 'second document':
      return {
        code: 'SEQ0103',
        what: 'A second document begins in this file',
        why: 'oc-mirror reads the first one and silently ignores all others',
        next: 'Move it into a file of its own',
      };
    case 'key twice':
      return {
        code: 'SEQ0109',
        what: `The key ${shown(problem.name)} is already in this map`,
        why: 'oc-mirror 4.21 and later refuse the file; earlier ones silently take the last',
        next: 'Remove one of the two, or put their entries together',
      };
    case 'unusable key':
      return {
        code: 'SEQ0103',
        what: 'This cannot be a key: keys are plain texts, and << takes maps',
        next: 'Write the key as a word, followed by a colon',
      };
    case 'unusable tag':
      return {
        code: 'SEQ0103',
        what: 'A YAML tag other than !!str stands before this',
        next: 'Remove the tag',
      };
    case 'alias':
    case 'alias without anchor':
      return { code: 'SEQ0103', what: 'This alias has no anchor before it', next: 'Write out what it stands for' };
    case 'alias within its anchor':
      return {
        code: 'SEQ0103',
        what: 'This alias stands within what it repeats',
        next: 'Write out what it stands for',
      };
  }
}
