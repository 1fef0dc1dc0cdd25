/**
 * Reads YAML that anybody may have written, within bounds: the length of the text, the depth of nesting (checked while
 * parsing, because the library's composer is recursive and deep nesting ends the process, not just the call), and one
 * document. A problem is a value with its place; each kind of file renders it.
 */
import type { ParsedNode } from 'yaml';
import { LineCounter } from 'yaml';
import type { Position } from '../system/errors';
import type { YamlDialect } from './dialect';

export interface YamlSource {
  /** Without a byte order mark; offsets count in this text. */
  readonly text: string;
  readonly root: ParsedNode | null;
  /** The line and column, from 1, of an offset in the text. */
  at(offset: number): Position;
}

/** A problem of a text as YAML. Offsets count in the text without its byte order mark. */
export type YamlProblem =
  | { readonly kind: 'too long'; readonly found: number; readonly limit: number }
  | {
      readonly kind:
        | 'UTF-16'
        | 'control character'
        | 'too deep'
        | 'empty'
        | 'second document'
        | 'unusable key'
        | 'unusable tag'
        | 'alias without anchor'
        | 'alias within its anchor';
      readonly at: Position;
    }
  /** `problem` may quote the text where the dialect is ours, and repeats nothing of it in imageset configurations. */
  | { readonly kind: 'malformed'; readonly at: Position; readonly problem: string }
  | { readonly kind: 'alias' | 'key twice'; readonly at: Position; readonly name: string }
  | { readonly kind: 'too many values'; readonly at: Position; readonly limit: number };

/** The single document in a text, or what is wrong with it as YAML. `readPlacedValue` reads its scalars. */
export function readYamlSource(
  fileText: string,
  file: string,
  dialect: YamlDialect,
): { readonly source: YamlSource } | { readonly source?: undefined; readonly problems: readonly YamlProblem[] } {
  if (isUtf16(fileText)) return { problems: [{ kind: 'UTF-16', at: { file, line: 1, column: 1 } }] };
  const text = fileText.replace(/^\uFEFF/, '');
  const found = dialect.lengthOf(text);
  if (found > dialect.longest) return { problems: [{ kind: 'too long', found, limit: dialect.longest }] };

  const lines = new LineCounter();
  for (const lineEnd of text.matchAll(/^|\r\n?|\n/g)) lines.addNewLine(lineEnd.index + lineEnd[0].length);
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const control = text.search(dialect.unprintable);
  if (control !== -1) return { problems: [{ kind: 'control character', at: at(control) }] };
  const { root, problems } = dialect.compose(text);
  if (problems === undefined) return { source: { text, root, at } };
  return { problems: problems.map(({ offset, ...problem }) => ({ ...problem, at: at(offset) })) };
}

/**
 * Whether a text was read as UTF-8 but is UTF-16: every second byte is a NUL, or a byte order mark was not recognised.
 */
function isUtf16(text: string): boolean {
  return /^(?:\uFFFD\uFFFD|[^\0]\0[^\0]\0|\0[^\0]\0[^\0])/u.test(text);
}
