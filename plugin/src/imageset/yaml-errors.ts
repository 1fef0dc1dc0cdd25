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
        what: `This file has ${formatBytes(problem.found)}, but at most ${formatBytes(problem.limit)} are allowed`,
        why: 'An imageset configuration with a thousand entries has less than a tenth of this limit',
        next: 'Check that this is the right file',
      };
    case 'too deep':
      return {
        code: 'SEQ0104',
        what: 'The values at this place are nested too deeply',
        why: 'An imageset configuration has at most eleven levels',
        next: 'Check that this is the right file',
      };
    case 'too many values':
      return {
        code: 'SEQ0104',
        what: `The file has more than ${problem.limit} values, with all aliases expanded`,
        why: 'Aliases that repeat other aliases can expand a few lines to billions of values',
        next: 'Write the entries without aliases, or remove entries',
      };
    case 'UTF-16':
      return {
        code: 'SEQ0103',
        what: 'This file is in UTF-16, but an imageset configuration must be in UTF-8',
        why: 'Windows PowerShell 5 writes UTF-16 with `>` and `Out-File`, and Notepad writes UTF-16 as "Unicode"',
        next: utf8Again(file),
      };
    case 'control character':
      return {
        code: 'SEQ0103',
        what: 'This is not YAML: it contains a control character',
        why: 'oc-mirror refuses a file with a control character',
        next: 'Delete the control character. Editors show this character as a strange sign, or do not show the character',
      };
    case 'empty':
      return { code: 'SEQ0103', what: 'This file is empty', next: 'Check that this is the right file' };
    case 'malformed':
      return {
        code: 'SEQ0103',
        what: `This is not YAML: ${problem.problem}`,
        why: 'The parser stopped at this place. The mistake may be on an earlier line',
        next: 'Check the indentation, the quotes and the brackets of this line and the lines above',
      };
    case 'second document':
      return {
        code: 'SEQ0103',
        what: 'A second YAML document begins in this file',
        why: 'oc-mirror reads only the first document, and ignores the others without a message',
        next: 'Move the second document to another file',
      };
    case 'key twice':
      return {
        code: 'SEQ0109',
        what: `The key ${shown(problem.name)} is already in this map`,
        why: 'oc-mirror 4.21 and later refuse the file. Earlier versions use the last value, without a message',
        next: 'Remove one of the two keys, or merge their entries',
      };
    case 'unusable key':
      return {
        code: 'SEQ0103',
        what: 'This key is not valid: a key must be a text, and the value of << must be a map',
        next: 'Write the key as a word, followed by a colon',
      };
    case 'unusable tag':
      return {
        code: 'SEQ0103',
        what: 'This value has a YAML tag other than !!str',
        next: 'Remove the tag',
      };
    case 'alias':
    case 'alias without anchor':
      return {
        code: 'SEQ0103',
        what: 'This alias names an anchor that the lines above it do not define',
        next: 'Replace the alias by the value that it repeats',
      };
    case 'alias within its anchor':
      return {
        code: 'SEQ0103',
        what: 'This alias is inside the value that it repeats',
        next: 'Replace the alias by the value that it repeats',
      };
  }
}
