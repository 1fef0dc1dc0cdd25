/**
 * Writes a selection as files again, `<package>/catalog.json` and for documents without a package `catalog.json`, in
 * the layout of operator-registry (alpha/declcfg/write.go): JSON documents one after the other, the package, channels
 * and bundles by name, others by schema, deprecations. The same selection gives the same bytes.
 *
 * A document is written as it was published, without what the selection removed, in one line. oc-mirror leaves out keys
 * that it does not know.
 */
import { appendTo } from '../../system/append-to';
import { compareTexts } from '../../system/compare-texts';
import { catalogFileUnreadable } from '../errors';
import type { CatalogFile, DocumentPlace, JsonObject } from '../fbc/fbc';
import { catalogLimits, documentAt, isObject, keyOf } from '../fbc/fbc';
import type { SelectedCatalog } from '../selection/selection';
import type { PackedFiles } from './packed-files';

/** A document, and what becomes of it. */
interface DocumentToWrite {
  readonly place: DocumentPlace;
  readonly change?: ((document: JsonObject) => JsonObject) | undefined;
}

/** @throws SEQ0430 for a package whose name cannot name a folder */
export async function writeCatalog(selected: SelectedCatalog, store: PackedFiles): Promise<CatalogFile[]> {
  const files: CatalogFile[] = [];
  for (const [name, documents] of documentsByPackage(selected)) {
    const path = name === '' ? 'catalog.json' : `${name}/catalog.json`;
    const [first] = documents;
    if (first !== undefined && (name === '.' || name === '..' || /[/\0]/.test(name)))
      throw catalogFileUnreadable({
        at: { file: first.place.file.path },
        why: `A package has the name ${JSON.stringify(name)}, which cannot be the name of a folder`,
      });
    files.push(await store.add(path, textOf(documents)));
  }
  return files;
}

async function* textOf(documents: readonly DocumentToWrite[]): AsyncGenerator<Buffer, void, undefined> {
  for (const { place, change } of documents) {
    const value = await documentAt(place, catalogLimits);
    const document = isObject(value) ? value : {};
    yield Buffer.from(`${JSON.stringify(change?.(document) ?? document)}\n`);
  }
}

/** Sorted by name; without a package, only documents of other schemas are kept. */
function documentsByPackage(selected: SelectedCatalog): [string, readonly DocumentToWrite[]][] {
  const { packages, channels, bundles, deprecations, others } = selected;
  const byPackage = new Map<string, DocumentToWrite[]>();
  const ofPackages = <T>(list: readonly T[], nameOf: (item: T) => string, documentOf: (item: T) => DocumentToWrite) => {
    for (const item of list) if (nameOf(item) !== '') appendTo(byPackage, nameOf(item), documentOf(item));
  };
  ofPackages(
    packages,
    ({ document }) => document.name,
    ({ document, defaultChannel }) => ({
      place: document.place,
      change:
        defaultChannel === document.defaultChannel
          ? undefined
          : (value) => ({ ...value, [keyOf(value, 'defaultChannel') ?? 'defaultChannel']: defaultChannel }),
    }),
  );
  ofPackages(
    channels.toSorted((a, b) => compareTexts(a.document.name, b.document.name)),
    ({ document }) => document.package,
    ({ document, entries }) => ({
      place: document.place,
      change: withItems('entries', indicesIn(document.entries, entries)),
    }),
  );
  ofPackages(
    bundles.toSorted((a, b) => compareTexts(a.name, b.name)),
    (bundle) => bundle.package,
    ({ place }) => ({ place }),
  );
  for (const other of others.toSorted((a, b) => compareTexts(a.schema, b.schema)))
    appendTo(byPackage, other.package, { place: other.place });
  ofPackages(
    deprecations,
    ({ document }) => document.package,
    ({ document, references }) => ({
      place: document.place,
      change: withItems('entries', indicesIn(document.references, references)),
    }),
  );
  return [...byPackage].sort(([a], [b]) => compareTexts(a, b));
}

/** The indices of those that were kept; `undefined` if all were. */
function indicesIn<T>(all: readonly T[], kept: readonly T[]): ReadonlySet<number> | undefined {
  if (all.length === kept.length) return undefined;
  const known = new Set(kept);
  return new Set(all.flatMap((item, index) => (known.has(item) ? index : [])));
}

function withItems(
  key: string,
  kept: ReadonlySet<number> | undefined,
): ((document: JsonObject) => JsonObject) | undefined {
  if (kept === undefined) return undefined;
  return (document) => {
    const found = keyOf(document, key) ?? key;
    const list = document[found];
    return { ...document, [found]: Array.isArray(list) ? list.filter((_, index) => kept.has(index)) : list };
  };
}
