/** Cuts a text into YAML documents at the lines that begin with `---`, as Kubernetes' decoder does before it reads any. */
import type { CatalogLimits, TooMuch } from './cut-json';

export type YamlCut =
  | { readonly kind: 'document'; readonly offset: number; readonly content: Buffer }
  /** A line begins with `---` and continues with something other than a comment. */
  | { readonly kind: 'no separator'; readonly offset: number };

const lineEnd = 0x0a;
const dash = 0x2d;

/**
 * One document is in memory at a time. Blank lines and comments alone are an empty document (k8s.io/apimachinery
 * pkg/util/yaml, YAMLReader).
 *
 * @param from the offset in the file where the pieces begin
 */
export async function* cutYaml(
  pieces: AsyncIterable<Buffer>,
  { from, limits, tooMuch }: { from: number; limits: CatalogLimits; tooMuch: TooMuch },
): AsyncGenerator<YamlCut, void, undefined> {
  const document = { offset: from, parts: [] as Buffer[], bytes: 0 };
  const add = (part: Buffer): void => {
    document.parts.push(part);
    document.bytes += part.length;
    if (document.bytes > limits.documentBytes) throw tooMuch('bytes in one document', limits.documentBytes);
  };
  /** The parts of a document, which the line at an offset ends. */
  const ended = (next: number): YamlCut[] => {
    const { offset, parts, bytes } = document;
    Object.assign(document, { offset: next, parts: [], bytes: 0 });
    return bytes === 0 ? [] : [{ kind: 'document', offset, content: Buffer.concat(parts) }];
  };
  // The line that has not ended yet, joined when it has: a line of many pieces is copied once, not for each piece.
  const line = { parts: [] as Buffer[], bytes: 0 };
  const carry = (part: Buffer): void => {
    line.parts.push(part);
    line.bytes += part.length;
    if (line.bytes > limits.documentBytes) throw tooMuch('bytes in one document', limits.documentBytes);
  };
  const carried = (): Buffer => {
    const text = Buffer.concat(line.parts);
    Object.assign(line, { parts: [], bytes: 0 });
    return text;
  };
  let base = from;
  for await (const piece of pieces) {
    if (base + line.bytes + piece.length - from > limits.bytes) throw tooMuch('bytes', limits.bytes);
    if (!piece.includes(lineEnd)) {
      carry(piece);
      continue;
    }
    const text = Buffer.concat([carried(), piece]);
    let [partStart, at] = [0, 0];
    for (let end = text.indexOf(lineEnd); end >= 0; end = text.indexOf(lineEnd, at)) {
      if (isSeparator(text, at)) {
        if (!isBareSeparator(text.subarray(at, end))) return yield { kind: 'no separator', offset: base + at };
        add(text.subarray(partStart, at));
        yield* ended(base + end + 1);
        partStart = end + 1;
      }
      at = end + 1;
    }
    add(text.subarray(partStart, at));
    base += at;
    carry(text.subarray(at));
  }
  const last = carried();
  if (!isSeparator(last, 0)) add(last);
  else if (!isBareSeparator(last)) return yield { kind: 'no separator', offset: base };
  yield* ended(base);
}

function isSeparator(text: Buffer, at: number): boolean {
  return text[at] === dash && text[at + 1] === dash && text[at + 2] === dash;
}

function isBareSeparator(line: Buffer): boolean {
  return /^\s*(?:#.*)?$/s.test(line.toString('utf8', 3));
}
