/**
 * A file-based catalog as far as a selection needs it: the facts of each document that decide, and its place. Files are
 * read in the order of their paths, with one document in memory at a time; operator-registry alpha/declcfg load.go
 * decides what is read and what is refused. Bundles' own manifests (olm.bundle.object) are not read.
 */
import type { JsonObject } from '../../system/json-text';
import { isObject } from '../../system/json-text';
import { printable } from '../../system/printable';
import type { BundleDependencies } from './bundle-dependencies';
import { dependenciesIn } from './bundle-dependencies';
import type { CatalogLimits } from './cut-json';
import { catalogLimits } from './cut-json';
import type { CatalogDocument, CatalogFile, DocumentPlace } from './documents';
import { documentsIn, unreadableAt } from './documents';
import {
  WrongField,
  checkBytesField,
  field,
  keySpelledTwice,
  objectField,
  objectsField,
  textField,
  textsField,
} from './go-fields';
import { filesOfCatalog } from './index-ignore';

export interface CatalogPackage {
  readonly place: DocumentPlace;
  readonly name: string;
  readonly defaultChannel: string;
}

export interface ChannelEntry {
  /** A bundle: `web-terminal.v1.9.0`. */
  readonly name: string;
  readonly replaces?: string | undefined;
  readonly skips?: readonly string[] | undefined;
  readonly skipRange?: string | undefined;
}

export interface CatalogChannel {
  readonly place: DocumentPlace;
  readonly package: string;
  readonly name: string;
  readonly entries: readonly ChannelEntry[];
}

export interface CatalogBundle extends BundleDependencies {
  readonly place: DocumentPlace;
  readonly package: string;
  readonly name: string;
  readonly image: string;
  /** As its first property olm.package says it, whatever that is; `undefined` if it has none. */
  readonly version: string | undefined;
  readonly relatedImages: readonly string[];
}

export interface DeprecationReference {
  /** `olm.channel`, `olm.bundle` or `olm.package` */
  readonly schema: string;
  readonly name: string;
}

export interface CatalogDeprecations {
  readonly place: DocumentPlace;
  readonly package: string;
  readonly references: readonly DeprecationReference[];
}

/** A document of any other schema. */
export interface OtherDocument {
  readonly place: DocumentPlace;
  readonly schema: string;
  /** Empty if it belongs to no package. */
  readonly package: string;
}

export interface FileBasedCatalog {
  readonly packages: readonly CatalogPackage[];
  readonly channels: readonly CatalogChannel[];
  readonly bundles: readonly CatalogBundle[];
  readonly deprecations: readonly CatalogDeprecations[];
  readonly others: readonly OtherDocument[];
}

type Growing = { readonly [Kind in keyof FileBasedCatalog]: FileBasedCatalog[Kind][number][] };

/**
 * @param files all files of the catalog's folder, including .indexignore
 * @throws SEQ0430 for a file that operator-registry could not read either, and for more than the limits
 */
export async function readCatalog(
  files: readonly CatalogFile[],
  { limits = catalogLimits, signal }: { limits?: CatalogLimits | undefined; signal?: AbortSignal | undefined } = {},
): Promise<FileBasedCatalog> {
  const catalog: Growing = { packages: [], channels: [], bundles: [], deprecations: [], others: [] };
  // The same few thousand images and names occur a hundred times each.
  const texts = new Map<string, string>();
  const once = (text: string): string => {
    const known = texts.get(text);
    if (known === undefined) texts.set(text, text);
    return known ?? text;
  };
  for (const file of await filesOfCatalog(files)) {
    for await (const document of documentsIn(file, limits)) {
      signal?.throwIfAborted();
      try {
        addDocument(document, catalog, once);
      } catch (error) {
        if (!(error instanceof WrongField)) throw error;
        throw await unreadableAt({ ...document.place, why: error.message });
      }
    }
  }
  return catalog;
}

function addDocument({ place, value }: CatalogDocument, catalog: Growing, once: (text: string) => string): void {
  const document = value ?? {};
  if (!isObject(document)) throw new WrongField('A document is not a map');
  const twice = keySpelledTwice(document);
  if (twice !== undefined)
    throw new WrongField(`The key "${printable(twice, { limit: 60 })}" is there twice, in different capitals`);
  for (const key of ['schema', 'package', 'name'])
    if (field(document, key) === null) throw new WrongField(`"${key}" is not a text`);
  const schema = textField(document, 'schema');
  const name = once(textField(document, 'name'));
  const packageName = once(textField(document, 'package'));
  switch (schema) {
    case 'olm.package': {
      const icon = objectField(document, 'icon');
      checkBytesField(icon, 'base64data');
      textField(icon, 'mediatype');
      textField(document, 'description');
      checkProperties(document);
      catalog.packages.push({ place, name, defaultChannel: once(textField(document, 'defaultChannel')) });
      break;
    }
    case 'olm.channel': {
      checkProperties(document);
      const entries = objectsField(document, 'entries').map((entry) => entryOf(entry, once));
      catalog.channels.push({ place, package: packageName, name, entries });
      break;
    }
    case 'olm.bundle': {
      const relatedImages = objectsField(document, 'relatedImages').map((related) => {
        textField(related, 'name');
        return once(textField(related, 'image'));
      });
      const image = once(textField(document, 'image'));
      const version = versionOf(document);
      const { requires, offers } = dependenciesIn(objectsField(document, 'properties'), once);
      catalog.bundles.push({
        place,
        package: packageName,
        name,
        image,
        version,
        relatedImages,
        requires,
        offers,
      });
      break;
    }
    case 'olm.deprecations': {
      const references = objectsField(document, 'entries').map((entry) => {
        textField(entry, 'message');
        const reference = objectField(entry, 'reference');
        return { schema: once(textField(reference, 'schema')), name: once(textField(reference, 'name')) };
      });
      catalog.deprecations.push({ place, package: packageName, references });
      break;
    }
    case '':
      throw new WrongField('A document has no "schema"');
    default:
      catalog.others.push({ place, schema: once(schema), package: packageName });
  }
}

function entryOf(entry: JsonObject, once: (text: string) => string): ChannelEntry {
  const skips = textsField(entry, 'skips').map(once);
  return {
    name: once(textField(entry, 'name')),
    replaces: once(textField(entry, 'replaces')) || undefined,
    skips: skips.length === 0 ? undefined : skips,
    skipRange: once(textField(entry, 'skipRange')) || undefined,
  };
}

/** What operator-registry reads of properties, with the version. */
function versionOf(document: JsonObject): string | undefined {
  let version: string | undefined;
  for (const property of checkProperties(document)) {
    const type = textField(property, 'type');
    if (type === 'olm.bundle.object') {
      if (field(property, 'value') === undefined) throw new WrongField('An olm.bundle.object has no "value"');
      checkBytesField(objectField(property, 'value'), 'data');
    }
    if (type !== 'olm.package' || version !== undefined) continue;
    const value = field(property, 'value');
    const found = isObject(value) ? field(value, 'version') : undefined;
    version = typeof found === 'string' ? found : '';
  }
  return version;
}

function checkProperties(document: JsonObject): JsonObject[] {
  const properties = objectsField(document, 'properties');
  for (const property of properties) textField(property, 'type');
  return properties;
}
