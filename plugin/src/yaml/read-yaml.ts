/** From YAML text to a checked value. Never throws because of the text: every problem is a finding with its place. */
import type { z } from 'zod';
import type { ErrorCode } from '../system/error-codes';
import type { Finding } from '../system/errors';
import { impossible, inOrderOfTheFile } from '../system/errors';
import { printable } from '../system/printable';
import { ownYaml } from './dialect';
import { mergeConflict, textRefused, utf8Again } from './errors';
import { readPlainYaml } from './plain-yaml';
import { readPlacedValue } from './placed-value';
import { positionsIn } from './positions';
import { issuesInWords } from './schema-issues';
import { newerSchemaOf } from './schema-version';
import type { YamlProblem } from './source';
import { readYamlSource } from './source';

export interface YamlFormat<T> {
  readonly schema: z.ZodType<T>;
  /** Codes for text that isn't YAML, and for a value that the schema refuses. */
  readonly codes: { readonly text: ErrorCode; readonly value: ErrorCode };
  readonly maxCharacters: number;
}

export interface YamlReading<T> {
  /** Set only if there are no findings. */
  readonly value?: T | undefined;
  readonly findings: readonly Finding[];
}

// Enough to see what is wrong with a file; each is looked up in it.
const mostIssues = 100;

/** Parses and checks; returns all findings of the first stage that has any: text, YAML, schema version, schema. */
export function readYaml<T>(text: string, file: string, format: YamlFormat<T>): YamlReading<T> {
  const refused = (problems: readonly YamlProblem[]): YamlReading<T> => ({
    findings: problems.slice(0, mostIssues).map((problem) => inWords(problem, { file, code: format.codes.text })),
  });
  const dialect = ownYaml(format);
  const plain = text.length > format.maxCharacters ? undefined : readPlainYaml(text, dialect.plainScalar);
  if (plain !== undefined && newerSchemaOf(plain, { file }) === undefined) {
    const { success, data } = format.schema.safeParse(plain);
    // What is wrong with it, and where, is found below.
    if (success) return { value: data, findings: [] };
  }
  const conflict = text.length > format.maxCharacters ? undefined : conflictAt(text);
  if (conflict !== undefined) return { findings: [mergeConflict({ at: { file, line: conflict } })] };
  const { source, ...unreadable } = readYamlSource(text, file, dialect);
  if (source === undefined) return refused('problems' in unreadable ? unreadable.problems : []);
  const { value, place, problems } = readPlacedValue(source, dialect);
  if (problems.length > 0) return refused(problems);
  const newer = newerSchemaOf(value, { file, line: 1, column: 1 });
  if (newer !== undefined) return { findings: [{ severity: 'error', ...newer }] };
  const result = format.schema.safeParse(value);
  if (result.success) return { value: result.data, findings: [] };
  const positions = positionsIn(source, place);
  const findings = issuesInWords(result.error.issues.slice(0, mostIssues), value, format.schema)
    .slice(0, mostIssues)
    .map(({ path, concerns, what, next }) =>
      textRefused({
        code: format.codes.value,
        at: concerns === 'key' ? positions.atKey(path) : positions.at(path),
        what,
        next,
      }),
    );
  return { findings: inOrderOfTheFile(findings) };
}

function inWords(problem: YamlProblem, { file, code }: { file: string; code: ErrorCode }): Finding {
  const refuse = (what: string, next?: string): Finding =>
    textRefused({ code, at: problem.kind === 'too long' ? { file } : problem.at, what, next });
  switch (problem.kind) {
    case 'too long':
      return refuse(`this file has ${problem.found} characters, but at most ${problem.limit} are allowed`);
    case 'too deep':
      return refuse('the values at this place are nested too deeply');
    case 'empty':
      return refuse('this file is empty');
    case 'second document':
      return refuse('a second YAML document begins at this line');
    case 'UTF-16':
      return refuse('this file is in UTF-16, but must be in UTF-8', utf8Again(file));
    case 'control character':
      return refuse('this is not YAML: it contains a control character');
    case 'malformed':
      return refuse(`this is not YAML: ${printable(problem.problem)}`);
    case 'alias':
      return refuse(
        `*${printable(problem.name, { limit: 60 })}: anchors and aliases are not allowed in this file`,
        'Write the value in place of the alias',
      );
    case 'key twice':
      return refuse(`the key \`${printable(problem.name, { limit: 60 })}\` is already in this map`);
    // The library would write it as text, and a key within a key within a key as text of text of text.
    case 'unusable key':
      return refuse('a key must be a plain text, not a list or a map');
    default:
      throw impossible(`files of seqmirror have no ${problem.kind}`);
  }
}

/** The line, from 1, where an unresolved merge conflict begins. */
export function conflictAt(text: string): number | undefined {
  const match = /^<{7}(?: |\r?$)/m.exec(text);
  return match === null ? undefined : text.slice(0, match.index).split('\n').length;
}
