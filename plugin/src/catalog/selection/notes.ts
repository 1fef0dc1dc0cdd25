/**
 * What a selection does not report as an error, in words: what was asked for but is not there, and what OLM would
 * refuse.
 */
import { didYouMean } from '../../system/did-you-mean';
import type { CatalogFilter } from '../filter-id';
import { isWholeCatalog } from '../filter-id';
import type { FileBasedCatalog } from '../fbc/fbc';
import { imagesOf } from './images';
import type { SelectedCatalog } from './select';

/** oc-mirror does not report these, and succeeds. */
export function notesOn(
  selected: SelectedCatalog,
  { catalog, entry }: { catalog: FileBasedCatalog; entry: CatalogFilter },
): string[] {
  return [
    ...notThere(catalog, entry),
    ...(isWholeCatalog(entry) ? [] : notForOlm(selected)),
    ...imagesOf(selected).bundleImagesLeftOut.map(
      ({ name, image }) =>
        `${name} cannot be installed: its relatedImages do not contain its own bundle image ${image}`,
    ),
  ];
}

/** A package that is asked for and not there. */
export interface MissingPackage {
  readonly name: string;
  /** Its index among those asked for. */
  readonly index: number;
  /** The names of the catalog's packages, sorted. */
  readonly known: readonly string[];
  /** The package that is probably meant. */
  readonly meant: string | undefined;
}

/** The packages that are asked for and not there. */
export function missingPackages({ packages, channels }: FileBasedCatalog, entry: CatalogFilter): MissingPackage[] {
  const known = [
    ...new Set([...packages.map(({ name }) => name), ...channels.map((channel) => channel.package)]),
  ].sort();
  return (entry.packages ?? []).flatMap(({ name }, index) =>
    known.includes(name) ? [] : [{ name, index, known, meant: didYouMean(name, known) }],
  );
}

function* notThere(catalog: FileBasedCatalog, entry: CatalogFilter): Iterable<string> {
  const missing = missingPackages(catalog, entry);
  for (const { name, meant } of missing)
    yield `the catalog has no package ${name}${meant === undefined ? '' : `; the most similar name is ${meant}`}`;
  for (const { name, channels = [] } of (entry.packages ?? []).filter((_, at) =>
    missing.every(({ index }) => index !== at),
  )) {
    const ofPackage = new Set(catalog.channels.flatMap((channel) => (channel.package === name ? channel.name : [])));
    for (const channel of channels) if (!ofPackage.has(channel.name)) yield `${name} has no channel ${channel.name}`;
  }
}

/**
 * Why OLM would refuse the catalog, so that none of its packages can be installed (operator-registry alpha/model
 * Validate): the effect of a range or a pin.
 */
function* notForOlm({ packages, channels, bundles, deprecations }: SelectedCatalog): Iterable<string> {
  const inChannels = new Map<string, Set<string>>();
  const names = new Map<string, Set<string>>();
  for (const { document, entries } of channels) {
    if (entries.length === 0) yield refused(`channel ${document.name} of ${document.package} is empty`);
    const held = inChannels.get(document.package) ?? new Set();
    for (const { name } of entries) held.add(name);
    inChannels.set(document.package, held);
    names.set(document.package, (names.get(document.package) ?? new Set()).add(document.name));
  }
  for (const { package: name, name: bundle } of bundles)
    if (inChannels.get(name)?.has(bundle) !== true) yield refused(`${bundle} is in no channel of ${name}`);
  for (const { document, defaultChannel } of packages) {
    const ofPackage = names.get(document.name);
    if (ofPackage === undefined) yield refused(`${document.name} has no channel`);
    else if (!ofPackage.has(defaultChannel))
      yield refused(`${document.name} has no channel ${defaultChannel}, which is its default`);
  }
  for (const { document, references } of deprecations)
    for (const { schema, name } of references)
      if (schema === 'olm.channel' && names.get(document.package)?.has(name) !== true)
        yield refused(`channel ${name} of ${document.package} is deprecated, but not selected`);
}

function refused(why: string): string {
  return `OLM will refuse the selected catalog: ${why}`;
}
