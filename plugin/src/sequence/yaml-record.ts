/**
 * From YAML text to a checked value. Never throws for the text: whatever is wrong with it is a finding with its place.
 */
import type { Document } from 'yaml';
import { Composer, LineCounter, isMap, isNode, isScalar, visit } from 'yaml';
import type { z } from 'zod';
import type { ErrorCode } from '../system/error-codes';
import type { Finding, Position } from '../system/errors';
import { printable } from '../system/printable';
import { yamlTokens } from '../system/yaml-tokens';
import { mergeConflict, textRefused } from './errors';
import { issuesInWords } from './schema-issues';
import { newerSchemaOf } from './schema-version';

export interface YamlFormat<T> {
  readonly schema: z.ZodType<T>;
  /** For text that isn't YAML, and for a value that the schema refuses. */
  readonly codes: { readonly text: ErrorCode; readonly value: ErrorCode };
  readonly maxCharacters: number;
}

export interface YamlReading<T> {
  /** Only when there are no findings. */
  readonly value?: T | undefined;
  readonly findings: readonly Finding[];
}

// Enough to see what is wrong with a file; each is looked up in it.
const mostIssues = 100;

/** Parses and checks; all findings of the first stage that has any: text, YAML, schema version, schema. */
export function readYaml<T>(text: string, file: string, format: YamlFormat<T>): YamlReading<T> {
  const unusable = textFindings(text, file, format);
  if (unusable.length > 0) return { findings: unusable };
  const lines = new LineCounter();
  const positionOf = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const refuse = (offset: number, what: string): YamlReading<T> => ({
    findings: [textRefused({ code: format.codes.text, at: positionOf(offset), what })],
  });
  const { tokens, tooDeepAt } = yamlTokens(text, lines);
  if (tooDeepAt !== undefined) return refuse(tooDeepAt, 'this nests deeper than anything that belongs here');
  // Keys written twice are looked for below: the library compares every key of a map with every other.
  const [document, second] = new Composer({ uniqueKeys: false }).compose(tokens, true, text.length);
  if (document === undefined) return refuse(0, 'this file is empty');
  if (second !== undefined) return refuse(second.range[0], 'a second document begins here');
  const malformed = yamlFindings(document, positionOf, format);
  if (malformed.length > 0) return { findings: malformed };
  const parsed: unknown = document.toJS();
  const start = { file, line: 1, column: 1 };
  const newer = newerSchemaOf(parsed, start);
  if (newer !== undefined) return { findings: [{ severity: 'error', ...newer }] };
  const result = format.schema.safeParse(parsed);
  if (result.success) return { value: result.data, findings: [] };
  const findings = issuesInWords(result.error.issues.slice(0, mostIssues), parsed, format.schema)
    .slice(0, mostIssues)
    .map(({ path, concerns, what, next }) => ({ offset: offsetAt(document, path, concerns), what, next }))
    .sort((a, b) => a.offset - b.offset)
    .map(({ offset, what, next }) => textRefused({ code: format.codes.value, at: positionOf(offset), what, next }));
  return { findings };
}

function textFindings<T>(text: string, file: string, { codes, maxCharacters }: YamlFormat<T>): Finding[] {
  if (text.length > maxCharacters) {
    const what = `this file has ${text.length} characters; at most ${maxCharacters} are read`;
    return [textRefused({ code: codes.text, at: { file }, what })];
  }
  const conflict = conflictAt(text);
  return conflict === undefined ? [] : [mergeConflict({ at: { file, line: conflict } })];
}

function yamlFindings<T>(
  document: Document.Parsed,
  positionOf: (offset: number) => Position,
  { codes }: YamlFormat<T>,
): Finding[] {
  const findings = document.errors.slice(0, mostIssues).map((error) =>
    textRefused({
      code: codes.text,
      at: positionOf(error.pos[0]),
      what: `this is not YAML: ${printable(error.message)}`,
    }),
  );
  if (findings.length > 0) return findings;
  // An alias could make a few lines into gigabytes, and no file of ours needs one.
  visit(document, {
    Alias: (_, alias) => {
      const what = `*${printable(alias.source, { limit: 60 })}: anchors and aliases are not read here`;
      findings.push(
        textRefused({ code: codes.text, at: positionOf(alias.range?.[0] ?? 0), what, next: 'Write the value out' }),
      );
    },
    Map: (_, { items }) => {
      const keys = new Set<string>();
      for (const { key } of items) {
        const name = isScalar(key) ? String(key.value) : undefined;
        const shown = name === undefined ? '' : printable(name, { limit: 60 });
        // The library would write it as text, and a key within a key within a key as text of text of text.
        const problem =
          name === undefined
            ? 'a key is a plain text, not a list or a map'
            : `the key \`${shown}\` is already in this map`;
        if (name === undefined || keys.has(name))
          findings.push(textRefused({ code: codes.text, at: positionOf(startOf(key) ?? 0), what: problem }));
        else keys.add(name);
      }
    },
  });
  return findings.slice(0, mostIssues);
}

/** The line, from 1, where an unresolved merge conflict begins. */
export function conflictAt(text: string): number | undefined {
  const match = /^<{7}(?: |\r?$)/m.exec(text);
  return match === null ? undefined : text.slice(0, match.index).split('\n').length;
}

// Of the nearest parent for what is missing.
function offsetAt(document: Document.Parsed, path: readonly PropertyKey[], concerns: 'key' | 'value'): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [depth, step] of path.entries()) {
    const pair = isMap(node) ? node.items.find(({ key }) => isNode(key) && String(key) === String(step)) : undefined;
    if (concerns === 'key' && depth === path.length - 1) return startOf(pair?.key) ?? offset;
    node = pair === undefined ? childAt(node, step) : pair.value;
    offset = startOf(node) ?? startOf(pair?.key) ?? offset;
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

function childAt(node: unknown, step: PropertyKey): unknown {
  const items =
    typeof node === 'object' && node !== null && 'items' in node ? (node as { items: unknown }).items : undefined;
  return Array.isArray(items) && typeof step === 'number' ? items[step] : undefined;
}
