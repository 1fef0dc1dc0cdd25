import type { CatalogBundle, FileBasedCatalog } from '../fbc/fbc';
import type { Refusal } from '../refusals';
import type { BundleVersion } from './version';
import { parseBundleVersion } from './version';

/** The content of a catalog for one package, by name. */
export interface PackageIndex {
  /** As the catalog has it. */
  readonly defaultChannel: string;
  readonly channels: ReadonlySet<string>;
  /** If several have the same name, the first. */
  readonly bundles: ReadonlyMap<string, CatalogBundle>;
  readonly versions: ReadonlyMap<string, BundleVersion>;
}

/** The packages that channels, bundles or packages name, and the bundles whose version cannot be read. */
export function indexOf(catalog: FileBasedCatalog): {
  readonly index: ReadonlyMap<string, PackageIndex>;
  readonly unreadable: readonly Refusal[];
} {
  const index = new Map<string, ReturnType<typeof emptyIndex>>();
  const unreadable: Refusal[] = [];
  const of = (name: string) => {
    const found = index.get(name) ?? emptyIndex();
    index.set(name, found);
    return found;
  };
  for (const { name, defaultChannel } of catalog.packages) of(name).defaultChannel = defaultChannel;
  for (const channel of catalog.channels) of(channel.package).channels.add(channel.name);
  for (const bundle of catalog.bundles) {
    const { bundles, versions } = of(bundle.package);
    const version = bundle.version === undefined ? undefined : parseBundleVersion(bundle.version);
    if (version === undefined)
      unreadable.push({
        kind: 'version unreadable',
        path: [],
        package: bundle.package,
        bundle: bundle.name,
        version: bundle.version,
      });
    else versions.set(bundle.name, version);
    if (!bundles.has(bundle.name)) bundles.set(bundle.name, bundle);
  }
  return { index, unreadable };
}

function emptyIndex() {
  return {
    defaultChannel: '',
    channels: new Set<string>(),
    bundles: new Map<string, CatalogBundle>(),
    versions: new Map<string, BundleVersion>(),
  };
}
