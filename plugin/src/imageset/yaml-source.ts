/**
 * Reads YAML that anybody may have written, within bounds: bytes of the file, depth of nesting (checked while parsing,
 * because the library's composer is recursive and deep nesting ends the process, not just the call), and one document.
 */
import type { ParsedNode, YAMLParseError } from 'yaml';
import { Composer, LineCounter, isScalar } from 'yaml';
import type { Finding, Position } from '../system/errors';
import { yamlTokens } from '../system/yaml-tokens';
import { manyDocuments, fileTooLarge, yamlMalformed, yamlTooDeep } from './yaml-errors';

const longestFileBytes = 1024 * 1024;

export interface YamlSource {
  /** Without a byte order mark: what offsets count in. */
  readonly text: string;
  readonly root: ParsedNode | null;
  /** Of an offset in the text. */
  at(offset: number): Position;
}

/** The one document in a text, all scalars still unread (see yaml-scalar.ts), or what is wrong with it as YAML. */
export function readYamlSource(
  fileText: string,
  file: string,
): { source?: YamlSource | undefined; findings: readonly Finding[] } {
  const text = fileText.replace(/^\uFEFF/, '');
  const bytes = Buffer.byteLength(text);
  if (bytes > longestFileBytes) return { findings: [fileTooLarge({ file, bytes, limit: longestFileBytes })] };

  const lines = new LineCounter();
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const parsed = yamlTokens(text, lines);
  const control = firstUnprintable(text);
  if (control !== undefined)
    return { findings: [yamlMalformed({ at: at(control), problem: 'there is a control character here' })] };
  if (parsed.tooDeepAt !== undefined) return { findings: [yamlTooDeep({ at: at(parsed.tooDeepAt) })] };

  // Key duplicates are found by placed-value.ts: the library compares every key with every other.
  const composer = new Composer({ schema: 'failsafe', version: '1.1', uniqueKeys: false, strict: true });
  const [document, ...further] = composer.compose(parsed.tokens, true, text.length);
  if (document === undefined) return { findings: [yamlMalformed({ at: at(0), problem: 'there is no document' })] };
  if (document.errors.length > 0)
    return { findings: [yamlMalformed({ at: at(document.errors[0]!.pos[0]), problem: inWords(document.errors[0]!) })] };
  const second = further.find(({ contents, errors }) => errors.length > 0 || !isNothing(contents));
  if (second !== undefined)
    return { findings: [manyDocuments({ at: at(second.contents?.range[0] ?? second.range[0]) })] };
  return { source: { text, root: document.contents, at }, findings: [] };
}

function isNothing(contents: ParsedNode | null): boolean {
  return contents === null || (isScalar(contents) && contents.source === '' && contents.type === 'PLAIN');
}

// What YAML 1.1 calls not printable, and go.yaml.in/yaml/v2 refuses (readerc.go).
// eslint-disable-next-line no-control-regex -- control characters are what this looks for
const unprintable = /[\0-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufeff\ufffe\uffff]|\p{Surrogate}/u;

function firstUnprintable(text: string): number | undefined {
  const index = text.search(unprintable);
  return index === -1 ? undefined : index;
}

// The library's own messages quote the text around a mistake, which may hold a password.
function inWords({ code }: YAMLParseError): string {
  return problems[code] ?? 'this is not YAML';
}

const problems: Partial<Record<YAMLParseError['code'], string>> = {
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
