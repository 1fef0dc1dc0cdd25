/**
 * Reads YAML that anybody may have written, within bounds: the length of the text, the depth of nesting (checked while
 * parsing, because the library's composer is recursive and deep nesting ends the process, not just the call), and one
 * document. What is wrong is a value with its place; each dialect has words for it.
 */
import type { ParsedNode, YAMLParseError } from 'yaml';
import { Composer, LineCounter, isScalar } from 'yaml';
import type { Position } from '../system/errors';
import type { YamlDialect } from './dialect';
import { yamlTokens } from './tokens';

export interface YamlSource {
  /** Without a byte order mark: what offsets count in. */
  readonly text: string;
  readonly root: ParsedNode | null;
  /** The line and column, from 1, of an offset in the text. */
  at(offset: number): Position;
}

/** What is wrong with a text as YAML. Offsets count in the text without its byte order mark. */
export type YamlProblem =
  | { readonly kind: 'too long'; readonly found: number; readonly limit: number }
  | {
      readonly kind:
        | 'too deep'
        | 'second document'
        | 'unusable key'
        | 'unusable tag'
        | 'unusable anchor'
        | 'alias without anchor'
        | 'alias within its anchor';
      readonly at: Position;
    }
  /** `problem` in words that repeat nothing of the text; `message` is the library's, which may. */
  | { readonly kind: 'malformed' | 'empty'; readonly at: Position; readonly problem: string; readonly message: string }
  | { readonly kind: 'alias' | 'key twice'; readonly at: Position; readonly name: string }
  | { readonly kind: 'too many values'; readonly at: Position; readonly limit: number };

/** The one document in a text, or what is wrong with it as YAML. Its scalars are read by `readPlacedValue`. */
export function readYamlSource(
  fileText: string,
  file: string,
  dialect: YamlDialect,
): { readonly source: YamlSource } | { readonly source?: undefined; readonly problems: readonly YamlProblem[] } {
  const text = fileText.replace(/^\uFEFF/, '');
  const found = dialect.lengthOf(text);
  if (found > dialect.longest) return { problems: [{ kind: 'too long', found, limit: dialect.longest }] };

  const lines = new LineCounter();
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const { tokens, tooDeepAt } = yamlTokens(text, lines);
  const control = text.search(unprintable);
  if (control !== -1) {
    const problem = 'there is a control character here';
    return { problems: [{ kind: 'malformed', at: at(control), problem, message: problem }] };
  }
  if (tooDeepAt !== undefined) return { problems: [{ kind: 'too deep', at: at(tooDeepAt) }] };

  // Keys written twice are found by placed-value.ts: the library compares every key with every other.
  const composer = new Composer({ ...dialect.composer, uniqueKeys: false, strict: true });
  const [document, ...further] = composer.compose(tokens, true, text.length);
  if (document === undefined) {
    const problem = 'there is no document';
    return { problems: [{ kind: 'empty', at: at(0), problem, message: problem }] };
  }
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => malformed(error, at(error.pos[0])));
    return { problems: problems.slice(0, dialect.mostProblems) };
  }
  const second = further.find(({ contents, errors }) => errors.length > 0 || !isNothing(contents));
  if (second !== undefined) return { problems: [{ kind: 'second document', at: at(second.range[0]) }] };
  return { source: { text, root: document.contents, at } };
}

function malformed({ code, message }: YAMLParseError, at: Position): YamlProblem {
  // The library's own messages quote the text around a mistake, which may hold a password.
  return { kind: 'malformed', at, problem: problemsInWords[code] ?? 'this is not YAML', message };
}

function isNothing(contents: ParsedNode | null): boolean {
  return contents === null || (isScalar(contents) && contents.source === '' && contents.type === 'PLAIN');
}

// What YAML 1.1 calls not printable, and go.yaml.in/yaml/v2 refuses (readerc.go).
// eslint-disable-next-line no-control-regex -- control characters are what this looks for
const unprintable = /[\0-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufeff\ufffe\uffff]|\p{Surrogate}/u;

const problemsInWords: Partial<Record<YAMLParseError['code'], string>> = {
  ALIAS_PROPS: 'an alias has an anchor or a tag',
  BAD_ALIAS: 'this alias (*) or anchor (&) has no usable name',
  BAD_DIRECTIVE: 'a directive (%) is not known',
  BAD_DQ_ESCAPE: 'a backslash in double quotes begins no known escape',
  BAD_INDENT: 'this line is indented too little or too much, or a bracket before it is still open',
  BAD_PROP_ORDER: 'an anchor or tag stands in the wrong place',
  BAD_SCALAR_START: 'a text cannot begin with this character unless it is in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a list or a map stands where a key or a plain value belongs',
  BLOCK_IN_FLOW: 'a block stands inside brackets or braces',
  KEY_OVER_1024_CHARS: 'a key is longer than 1024 characters',
  MISSING_CHAR: 'a colon, comma, quote, bracket or space is missing',
  MULTILINE_IMPLICIT_KEY: 'a key goes on over the end of its line',
  MULTIPLE_ANCHORS: 'a value has more than one anchor',
  MULTIPLE_TAGS: 'a value has more than one tag',
  RESOURCE_EXHAUSTION: 'values are nested too deeply',
  TAB_AS_INDENT: 'a line is indented with a tab; YAML allows only spaces',
  UNEXPECTED_TOKEN: 'something stands here that belongs nowhere',
};
