/**
 * File-based catalogs as oc-mirror leaves them in working-dir (`…/catalog-config/<package>/catalog.json`): JSON
 * documents one after the other, distinguished by `schema`. The text comes from an archive, so it is not trusted.
 */
import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import { printable } from '../system/printable';
import { oversizedCatalog, unreadableCatalog } from './errors';
import type { CatalogLimits, JsonObject } from './fbc/fbc';
import { catalogLimits, cutJson, field, isObject, jsonValueOf, keySpelledTwice } from './fbc/fbc';

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

/**
 * The bundles of a catalog, in its order, read while its pieces arrive: one document is in memory at a time.
 *
 * @param file its name, for messages
 * @throws SEQ0247 if it isn't JSON documents, or a bundle isn't one, and for more than the limits
 */
export async function* bundlesIn(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { file, limits = catalogLimits }: { file: string; limits?: CatalogLimits | undefined },
): AsyncGenerator<Bundle, void, undefined> {
  const tooMuch = (what: string, limit: number) => oversizedCatalog({ file, what, limit });
  for await (const cut of cutJson(pieces, { limits, tooMuch })) {
    if (cut.kind !== 'document') {
      const isCut = cut.kind === 'unfinished';
      throw unreadableCatalog({
        file,
        why: isCut
          ? 'The file ends in the middle of a JSON document'
          : 'The file contains text that is not a JSON document',
      });
    }
    const document = documentOf(cut.content, file);
    if (field(document, 'schema') !== 'olm.bundle') continue;
    const related = field(document, 'relatedImages');
    const bundle = BundleDocument.safeParse({
      ...fieldsOf(document, ['schema', 'package', 'name', 'image']),
      relatedImages: Array.isArray(related)
        ? related.map((each: unknown) => (isObject(each) ? fieldsOf(each, ['name', 'image']) : each))
        : related,
    });
    if (!bundle.success) throw unreadableCatalog({ file, why: 'A bundle in the file has no package, name or image' });
    const { package: packageName, name, image, relatedImages } = bundle.data;
    yield {
      package: packageName,
      name,
      image,
      // oc-mirror ignores entries without an image too.
      relatedImages: (relatedImages ?? []).flatMap((related) =>
        related.image ? [{ name: related.name ?? '', image: related.image }] : [],
      ),
    };
  }
}

/** As operator-registry reads it: keys in any capitals, but not in two spellings. */
function documentOf(content: Buffer, file: string): JsonObject {
  const value = isUtf8(content) ? jsonValueOf(content) : undefined;
  if (!isObject(value)) throw unreadableCatalog({ file, why: 'A document in the file is not JSON in UTF-8' });
  const twice = keySpelledTwice(value);
  if (twice === undefined) return value;
  const why = `A document in the file has the key "${printable(twice, { limit: 60 })}" twice, in different capitals`;
  throw unreadableCatalog({ file, why });
}

function fieldsOf(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(names.map((name) => [name, field(object, name)]));
}
