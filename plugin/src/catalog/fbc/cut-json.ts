/** Cuts a text into the JSON documents that follow one another in it, while its pieces arrive. */

export interface CatalogLimits {
  /** The most bytes of the whole text. The redhat-operator-index of 4.19 has some 300 MB. */
  readonly bytes: number;
  /** The most bytes of one document, which is held in memory. The largest known have less than 2 MB. */
  readonly documentBytes: number;
  /** How deeply arrays and objects may nest. */
  readonly depth: number;
}

export const catalogLimits: CatalogLimits = { bytes: 4 * 1024 ** 3, documentBytes: 32 * 1024 ** 2, depth: 200 };

export type JsonCut =
  | { readonly kind: 'document'; readonly offset: number; readonly content: Buffer }
  /** Nothing follows: no document begins here, or one does not end. */
  | { readonly kind: 'something else' | 'unfinished'; readonly offset: number };

/** Makes the error for more than a limit: `bytes`, 100. */
export type TooMuch = (what: string, limit: number) => Error;

const [quote, backslash, openBrace, closeBrace, openBracket, closeBracket] = [0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d];
const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/**
 * Cuts where brackets balance; the caller finds out whether it is JSON. In UTF-8 no byte of another character looks
 * like a bracket or a quote. One document is in memory at a time.
 */
export async function* cutJson(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { limits, tooMuch }: { limits: CatalogLimits; tooMuch: TooMuch },
): AsyncGenerator<JsonCut, void, undefined> {
  const state = { depth: 0, inString: false, escaped: false };
  let parts: Buffer[] = [];
  let [bytes, documentBytes, documentOffset] = [0, 0, 0];
  for await (const piece of pieces) {
    const before = bytes;
    bytes += piece.length;
    if (bytes > limits.bytes) throw tooMuch('bytes', limits.bytes);
    let start = state.depth > 0 ? 0 : -1;
    for (let at = 0; at < piece.length; at += 1) {
      const byte = piece[at] as number;
      if (state.depth === 0) {
        if (isSpace(byte)) continue;
        if (byte !== openBrace) return yield { kind: 'something else', offset: before + at };
        [start, documentOffset] = [at, before + at];
        state.depth = 1;
        continue;
      }
      step(state, byte);
      if (state.depth > limits.depth) throw tooMuch('levels of nesting', limits.depth);
      if (state.depth > 0) continue;
      parts.push(Buffer.from(piece.buffer, piece.byteOffset + start, at + 1 - start));
      if (documentBytes + at + 1 - start > limits.documentBytes)
        throw tooMuch('bytes in one document', limits.documentBytes);
      yield { kind: 'document', offset: documentOffset, content: Buffer.concat(parts) };
      [parts, documentBytes, start] = [[], 0, -1];
    }
    if (state.depth === 0) continue;
    // A copy, since the memory of pieces may be reused.
    parts.push(Buffer.from(piece.subarray(start)));
    documentBytes += piece.length - start;
    if (documentBytes > limits.documentBytes) throw tooMuch('bytes in one document', limits.documentBytes);
  }
  if (state.depth > 0) yield { kind: 'unfinished', offset: documentOffset };
}

function step(state: { depth: number; inString: boolean; escaped: boolean }, byte: number): void {
  if (state.inString) {
    if (state.escaped) state.escaped = false;
    else if (byte === backslash) state.escaped = true;
    else if (byte === quote) state.inString = false;
  } else if (byte === quote) state.inString = true;
  else if (byte === openBrace || byte === openBracket) state.depth += 1;
  else if (byte === closeBrace || byte === closeBracket) state.depth -= 1;
}
