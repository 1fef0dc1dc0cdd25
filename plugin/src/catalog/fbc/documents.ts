/**
 * The documents of a file of a catalog, as Kubernetes' decoder of YAML or JSON finds them (k8s.io/apimachinery
 * pkg/util/yaml, YAMLOrJSONDecoder), whatever the file is called: JSON if the text begins with a brace, then YAML from
 * the place where that fails, unless two documents were JSON already.
 */
import { printable } from '../../system/printable';
import { readGoValue } from '../../yaml/go-value';
import { catalogFileUnreadable } from '../errors';
import type { CatalogLimits, TooMuch } from './cut-json';
import { cutJson } from './cut-json';
import { cutYaml } from './cut-yaml';

/** A file of a catalog, wherever it lies. */
export interface CatalogFile {
  /** Below the catalog's folder: `web-terminal/catalog.json`. */
  readonly path: string;
  readonly bytes: number;
  /** Returns a part of its content. */
  readonly pieces: (range: ByteRange) => AsyncIterable<Buffer>;
}

export interface ByteRange {
  /** From the file's start. */
  readonly offset: number;
  readonly bytes: number;
}

/** The place of a document: enough to read it again. */
export interface DocumentPlace extends ByteRange {
  readonly file: CatalogFile;
  readonly format: 'json' | 'yaml';
}

export interface CatalogDocument {
  readonly place: DocumentPlace;
  readonly value: unknown;
}

const lookedIntoBytes = 4096;
const valuesInDocument = 1_000_000;
const afterJson = {
  'something else': 'The text after a JSON document is not JSON',
  unfinished: 'The last JSON document is not complete',
};

/** @throws SEQ0430 if it is neither, and for more than the limits */
export async function* documentsIn(
  file: CatalogFile,
  limits: CatalogLimits,
): AsyncGenerator<CatalogDocument, void, undefined> {
  const { path } = file;
  const tooMuch: TooMuch = (what, limit) =>
    catalogFileUnreadable({
      at: { file: path },
      why: `The file has more than ${limit} ${what}. The catalogs of Red Hat have fewer`,
    });
  if (file.bytes > limits.bytes) throw tooMuch('bytes', limits.bytes);
  let end = 0;
  let why = '';
  if (await beginsWithBrace(file)) {
    let count = 0;
    for await (const cut of cutJson(file.pieces({ offset: 0, bytes: file.bytes }), { limits, tooMuch })) {
      const value = cut.kind === 'document' ? jsonValueOf(cut.content) : undefined;
      if (cut.kind !== 'document' || value === undefined) {
        why = cut.kind === 'document' ? 'This part of the file is not JSON' : afterJson[cut.kind];
        if (count > 1) throw await unreadableAt({ file, offset: cut.offset, why });
        break;
      }
      const { offset, content } = cut;
      yield { place: { file, format: 'json', offset, bytes: content.length }, value };
      count += 1;
      end = offset + content.length;
    }
    if (why === '') return;
    end = await behindLineEnd(file, end);
  }
  const rest = file.pieces({ offset: end, bytes: file.bytes - end });
  for await (const cut of cutYaml(rest, { from: end, limits, tooMuch })) {
    const { offset } = cut;
    if (cut.kind === 'no separator')
      throw await unreadableAt({
        file,
        offset,
        why: 'A line that begins with --- separates documents, so it must contain nothing else',
      });
    const place: DocumentPlace = { file, format: 'yaml', offset, bytes: cut.content.length };
    const reading = yamlValueOf(cut.content, limits);
    if (reading.refused === undefined) yield { place, value: reading.value };
    else
      throw await unreadableAt({
        file,
        offset: offset + reading.offset,
        why: why === '' ? `This part of the file is not JSON and not YAML: ${printable(reading.refused)}` : why,
      });
  }
}

/** The value of a document that was read before, from its place. */
export async function documentAt(place: DocumentPlace, limits: CatalogLimits): Promise<unknown> {
  const pieces: Buffer[] = [];
  for await (const piece of place.file.pieces(place)) pieces.push(Buffer.from(piece));
  const content = Buffer.concat(pieces);
  const value = place.format === 'json' ? jsonValueOf(content) : yamlValueOf(content, limits).value;
  if (value === undefined) throw await unreadableAt({ ...place, why: 'The file changed while seqmirror read it' });
  return value;
}

/** SEQ0430 with the line of a place in a file, which is read again to count lines. */
export async function unreadableAt({
  file,
  offset,
  why,
}: {
  file: CatalogFile;
  offset: number;
  why: string;
}): Promise<Error> {
  let line = 1;
  for await (const piece of file.pieces({ offset: 0, bytes: Math.min(offset, file.bytes) }))
    for (let at = piece.indexOf(0x0a); at >= 0; at = piece.indexOf(0x0a, at + 1)) line += 1;
  return catalogFileUnreadable({ at: { file: file.path, line }, why });
}

async function beginsWithBrace(file: CatalogFile): Promise<boolean> {
  const head = await textOf(file, { offset: 0, bytes: Math.min(lookedIntoBytes, file.bytes) });
  // JavaScript takes a byte order mark for white space, Go does not.
  return /^(?!\s*\uFEFF)\s*\{/.test(head);
}

/** After the rest of the line, if that is blank: the decoder skips it before it turns to YAML. */
async function behindLineEnd(file: CatalogFile, offset: number): Promise<number> {
  const text = await textOf(file, { offset, bytes: Math.min(lookedIntoBytes, file.bytes - offset) });
  return offset + (/^[ \t\v\f\r]*\n?/.exec(text)?.[0].length ?? 0);
}

async function textOf(file: CatalogFile, range: ByteRange): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of file.pieces(range)) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces).toString('utf8');
}

/**
 * `undefined` for what is not JSON to Go. Of a key that is there twice the last counts at every depth, to JavaScript as to
 * operator-registry, which reads documents into maps (alpha/declcfg declcfg.go, Meta.UnmarshalJSON) before anything else.
 */
export function jsonValueOf(content: Buffer): unknown {
  const text = content.toString('utf8');
  try {
    const value: unknown = JSON.parse(text);
    return /\d[eE]\+?\d{3}/.test(text) && hasInfinity(value) ? undefined : value;
  } catch {
    return undefined;
  }
}

// Go refuses numbers that do not fit in a float64; JavaScript takes them for infinite and would write null.
function hasInfinity(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isFinite(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(hasInfinity);
}

type YamlReading =
  | { readonly value: unknown; readonly refused?: undefined }
  /** The offset counts bytes of the content. */
  | { readonly value?: undefined; readonly refused: string; readonly offset: number };

function yamlValueOf(content: Buffer, limits: CatalogLimits): YamlReading {
  let decoded: string;
  try {
    decoded = new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    return { refused: 'it is not UTF-8', offset: 0 };
  }
  const text = decoded.replaceAll('\r\n', '\n');
  const reading = readGoValue(text, { depth: limits.depth, values: valuesInDocument });
  if (reading.refused === undefined) return reading;
  return { ...reading, offset: Buffer.byteLength(text.slice(0, reading.offset)) };
}
