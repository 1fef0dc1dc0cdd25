/**
 * What a selection does not report as an error, in words: what was asked for but is not there, and what OLM would
 * refuse.
 */
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
      ({ name, image }) => `${name} cannot be installed: its own image ${image} is not among the images that it needs`,
    ),
  ];
}

function* notThere({ packages, channels }: FileBasedCatalog, entry: CatalogFilter): Iterable<string> {
  const known = new Set(packages.map(({ name }) => name));
  for (const { name, channels: asked = [] } of entry.packages ?? []) {
    const ofPackage = new Set(channels.flatMap((channel) => (channel.package === name ? channel.name : [])));
    if (!known.has(name) && ofPackage.size === 0) yield `it has no package ${name}`;
    else for (const channel of asked) if (!ofPackage.has(channel.name)) yield `${name} has no channel ${channel.name}`;
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
        yield refused(`channel ${name} of ${document.package} is deprecated and not there`);
}

function refused(why: string): string {
  return `OLM will refuse the selected catalog: ${why}`;
}
