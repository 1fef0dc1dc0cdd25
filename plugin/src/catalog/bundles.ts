/**
 * File-based catalogs as oc-mirror leaves them in working-dir (`…/catalog-config/<package>/catalog.json`): JSON documents
 * one behind the other, told apart by `schema`. The text comes out of an archive, so nothing about it is believed.
 */
import { z } from 'zod';
import { oversizedCatalog, unreadableCatalog } from './errors';

export interface RelatedImage {
  readonly name: string;
  /** As the catalog refers to it: `registry.redhat.io/…@sha256:…`. */
  readonly image: string;
}

/** One version of an operator. */
export interface Bundle {
  /** `cluster-logging` */
  readonly package: string;
  /** `cluster-logging.v6.2.1` */
  readonly name: string;
  /** The bundle image. */
  readonly image: string;
  readonly relatedImages: readonly RelatedImage[];
}

export interface CatalogLimits {
  /** Of the whole text. The redhat-operator-index of 4.19 has some 300 MB. */
  readonly bytes: number;
  /** Of one document, which is held in memory. The largest known have less than 2 MB. */
  readonly documentBytes: number;
  /** How deeply arrays and objects may nest. */
  readonly depth: number;
}

export const catalogLimits: CatalogLimits = { bytes: 4 * 1024 ** 3, documentBytes: 32 * 1024 ** 2, depth: 200 };

const text = z.string().max(1000);
const BundleDocument = z.object({
  schema: z.literal('olm.bundle'),
  package: text,
  name: text,
  image: text,
  relatedImages: z
    .array(z.object({ name: text.nullish(), image: text.nullish() }))
    .max(10_000)
    .nullish(),
});
const SomeDocument = z.object({ schema: z.unknown() });

/**
 * The bundles of a catalog, in its order, read while its pieces arrive: one document is in memory at a time.
 *
 * @param file its name, for messages
 * @throws SEQ0247 for what isn't JSON documents, a bundle that isn't one, and for more than the limits
 */
export async function* bundlesIn(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { file, limits = catalogLimits }: { file: string; limits?: CatalogLimits | undefined },
): AsyncGenerator<Bundle, void, undefined> {
  for await (const document of documentsIn(pieces, { file, limits })) {
    const value = valueOf(document, file);
    if (SomeDocument.safeParse(value).data?.schema !== 'olm.bundle') continue;
    const bundle = BundleDocument.safeParse(value);
    if (!bundle.success) throw unreadableCatalog({ file, why: 'A bundle in it lacks package, name or image' });
    const { package: packageName, name, image, relatedImages } = bundle.data;
    yield {
      package: packageName,
      name,
      image,
      // oc-mirror passes over entries without an image too.
      relatedImages: (relatedImages ?? []).flatMap((related) =>
        related.image ? [{ name: related.name ?? '', image: related.image }] : [],
      ),
    };
  }
}

function valueOf(document: Buffer, file: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(document));
  } catch {
    throw unreadableCatalog({ file, why: 'A document in it is not JSON in UTF-8' });
  }
}

const [quote, backslash, openBrace, closeBrace, openBracket, closeBracket] = [0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d];
const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/** Cuts the text at the brackets that balance. In UTF-8 no byte of another character looks like one of these. */
async function* documentsIn(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { file, limits }: { file: string; limits: CatalogLimits },
): AsyncGenerator<Buffer, void, undefined> {
  const state = { depth: 0, inString: false, escaped: false };
  let parts: Buffer[] = [];
  let [bytes, documentBytes] = [0, 0];
  for await (const piece of pieces) {
    bytes += piece.length;
    if (bytes > limits.bytes) throw oversizedCatalog({ file, what: 'bytes', limit: limits.bytes });
    let start = state.depth > 0 ? 0 : -1;
    for (let at = 0; at < piece.length; at += 1) {
      const byte = piece[at] as number;
      if (state.depth === 0) {
        if (isSpace(byte)) continue;
        if (byte !== openBrace) throw unreadableCatalog({ file, why: 'Between its documents there is something else' });
        [start, state.depth] = [at, 1];
        continue;
      }
      step(state, byte);
      if (state.depth > limits.depth) throw oversizedCatalog({ file, what: 'levels of nesting', limit: limits.depth });
      if (state.depth > 0) continue;
      parts.push(Buffer.from(piece.buffer, piece.byteOffset + start, at + 1 - start));
      if (documentBytes + at + 1 - start > limits.documentBytes)
        throw oversizedCatalog({ file, what: 'bytes in one document', limit: limits.documentBytes });
      yield Buffer.concat(parts);
      [parts, documentBytes, start] = [[], 0, -1];
    }
    if (state.depth === 0) continue;
    // A copy: whoever hands out pieces may use their memory again.
    parts.push(Buffer.from(piece.subarray(start)));
    documentBytes += piece.length - start;
    if (documentBytes > limits.documentBytes)
      throw oversizedCatalog({ file, what: 'bytes in one document', limit: limits.documentBytes });
  }
  if (state.depth > 0) throw unreadableCatalog({ file, why: 'It ends within a document' });
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
