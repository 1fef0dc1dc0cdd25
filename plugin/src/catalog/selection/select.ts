/**
 * What an operators entry of a configuration selects from a catalog: pure, and as oc-mirror selects it, with
 * catalog-filter v0.0.5 (pkg/filter/mirror-config/v1alpha1/mirror-filter.go), keeping deprecations and other schemas as
 * versions from 4.20 on do. Entries, channels and documents are dropped, never changed.
 */
import { compareTexts } from '../../system/compare-texts';
import type {
  CatalogBundle,
  CatalogChannel,
  CatalogDeprecations,
  CatalogPackage,
  ChannelEntry,
  DeprecationReference,
  FileBasedCatalog,
  OtherDocument,
} from '../fbc/fbc';
import type { CatalogFilter } from '../filter-id';
import { isWholeCatalog } from '../filter-id';
import type { Refusal } from '../refusals';
import { channelGraph, keptInRange } from './channel-graph';
import type { PackageIndex } from './package-index';
import { indexOf } from './package-index';
import type { VersionRange } from './version';
import { compareVersions, parseLooseVersion, rangeOf } from './version';

export interface SelectedCatalog {
  readonly packages: readonly { readonly document: CatalogPackage; readonly defaultChannel: string }[];
  readonly channels: readonly { readonly document: CatalogChannel; readonly entries: readonly ChannelEntry[] }[];
  /** Sorted by package and name if anything decides about single bundles. */
  readonly bundles: readonly CatalogBundle[];
  readonly deprecations: readonly {
    readonly document: CatalogDeprecations;
    readonly references: readonly DeprecationReference[];
  }[];
  readonly others: readonly OtherDocument[];
}

export type Selection =
  | { readonly selected: SelectedCatalog; readonly refusals?: undefined }
  /** All refusals of the first step that has any. */
  | { readonly selected?: undefined; readonly refusals: readonly Refusal[] };

/** The request for one package. */
interface PackageRequest {
  /** Its place in the entry. */
  readonly index: number;
  readonly defaultChannel: string;
  readonly range: VersionRange | undefined;
  /** By name; empty: all channels. */
  readonly channels: ReadonlyMap<string, VersionRange | undefined>;
}

export function selectFrom(catalog: FileBasedCatalog, entry: CatalogFilter): Selection {
  if (isWholeCatalog(entry)) return { selected: everythingOf(catalog) };
  const { requests, refusals } = requestsOf(entry);
  if (refusals.length > 0) return { refusals };
  const asked = requests.size === 0 ? catalog : withoutOthers(catalog, requests);
  const { index, unreadable } = indexOf(asked);
  if (unreadable.length > 0) return { refusals: unreadable };
  const { packages, refused } = withDefaultChannels(asked, { requests, index });
  if (refused.length > 0) return { refusals: refused };
  const keeper = new Keeper({ requests, index, full: entry.full === true });
  const channels = asked.channels.flatMap((channel) => keeper.take(channel));
  if (keeper.refusals.length > 0) return { refusals: keeper.refusals };
  return { selected: { packages, channels, ...keeper.documentsKept(asked), others: asked.others } };
}

function everythingOf(catalog: FileBasedCatalog): SelectedCatalog {
  return {
    packages: catalog.packages.map((document) => ({ document, defaultChannel: document.defaultChannel })),
    channels: catalog.channels.map((document) => ({ document, entries: document.entries })),
    bundles: catalog.bundles,
    deprecations: catalog.deprecations.map((document) => ({ document, references: document.references })),
    others: catalog.others,
  };
}

function requestsOf({ packages = [] }: CatalogFilter): {
  requests: ReadonlyMap<string, PackageRequest>;
  refusals: Refusal[];
} {
  const refusals: Refusal[] = [];
  const rangeAt = (bounds: Parameters<typeof rangeOf>[0], path: readonly PropertyKey[]): VersionRange | undefined => {
    const range = rangeOf(bounds);
    if (range === undefined) refusals.push({ kind: 'range unreadable', path });
    return range === 'none' ? undefined : range;
  };
  const requests = new Map<string, PackageRequest>();
  for (const [index, { name, defaultChannel = '', channels = [], ...bounds }] of packages.entries()) {
    const path = ['packages', index];
    const range = rangeAt(bounds, path);
    const ranges = new Map<string, VersionRange | undefined>();
    for (const [at, channel] of channels.entries())
      ranges.set(channel.name, rangeAt(channel, [...path, 'channels', at]));
    // If a package appears twice, the later entry decides, with the channels of both.
    const before = requests.get(name)?.channels ?? [];
    requests.set(name, { index, defaultChannel, range, channels: new Map([...before, ...ranges]) });
  }
  return { requests, refusals };
}

/** Documents of the packages asked for, and those of no package. */
function withoutOthers(catalog: FileBasedCatalog, requests: ReadonlyMap<string, PackageRequest>): FileBasedCatalog {
  const isAsked = (document: { readonly package: string }): boolean => requests.has(document.package);
  return {
    packages: catalog.packages.filter(({ name }) => requests.has(name)),
    channels: catalog.channels.filter((channel) => {
      const request = requests.get(channel.package);
      return request !== undefined && (request.channels.size === 0 || request.channels.has(channel.name));
    }),
    bundles: catalog.bundles.filter(isAsked),
    deprecations: catalog.deprecations.filter(isAsked),
    others: catalog.others.filter((other) => other.package === '' || isAsked(other)),
  };
}

function withDefaultChannels(
  { packages }: FileBasedCatalog,
  { requests, index }: { requests: ReadonlyMap<string, PackageRequest>; index: ReadonlyMap<string, PackageIndex> },
): { packages: SelectedCatalog['packages']; refused: Refusal[] } {
  const refused: Refusal[] = [];
  const selected = packages.map((document) => {
    const { name, defaultChannel: original } = document;
    const request = requests.get(name);
    const channels = index.get(name)?.channels ?? new Set<string>();
    if (request === undefined) return { document, defaultChannel: original };
    const defaultChannel = request.defaultChannel || original;
    const path = ['packages', request.index];
    if (request.defaultChannel !== '' && !channels.has(defaultChannel))
      refused.push({ kind: 'default channel unknown', path, package: name, channel: defaultChannel });
    else if (defaultChannel !== '' && !channels.has(defaultChannel))
      refused.push({
        kind: 'default channel left out',
        path,
        package: name,
        channel: defaultChannel,
        selected: [...channels].sort(),
      });
    return { document, defaultChannel };
  });
  return { packages: selected, refused };
}

/** Walks the channels and remembers which bundles they keep. */
class Keeper {
  readonly refusals: Refusal[] = [];
  private readonly kept = new Map<string, Set<string>>();

  constructor(
    private readonly request: {
      readonly requests: ReadonlyMap<string, PackageRequest>;
      readonly index: ReadonlyMap<string, PackageIndex>;
      readonly full: boolean;
    },
  ) {}

  /** The channel with the entries that stay; `undefined` if none stay. */
  take(document: CatalogChannel): SelectedCatalog['channels'] {
    const { requests, full } = this.request;
    const request = requests.get(document.package);
    const range = request?.channels.get(document.name) ?? request?.range;
    const at = { path: this.pathOf(document), package: document.package, channel: document.name };
    if (full) {
      if (range !== undefined) this.refusals.push({ kind: 'range in full', ...at });
      for (const { name } of document.entries) this.keep(document.package, name);
      return [{ document, entries: document.entries }];
    }
    if (range !== undefined) return this.takeRange(document, { range, at });
    const { head, problems } = channelGraph(document.entries);
    if (problems !== undefined) {
      this.refusals.push({ kind: 'channel broken', ...at, problems });
      return [];
    }
    this.keep(document.package, head.name);
    return [{ document, entries: document.entries.filter(({ name }) => name === head.name) }];
  }

  /** Bundles and deprecations, as far as the channels keep them; all if there is no channel. */
  documentsKept({ bundles, deprecations }: FileBasedCatalog): Pick<SelectedCatalog, 'bundles' | 'deprecations'> {
    const { index } = this.request;
    if (this.kept.size === 0)
      return { bundles, deprecations: deprecations.map((document) => ({ document, references: document.references })) };
    const keptBundles = [...this.kept].flatMap(([name, kept]) =>
      [...kept].flatMap((bundle) => index.get(name)?.bundles.get(bundle) ?? []),
    );
    return {
      bundles: keptBundles.toSorted((a, b) => compareTexts(a.package, b.package) || compareTexts(a.name, b.name)),
      deprecations: deprecations.map((document) => ({
        document,
        references: document.references.filter((reference) => this.keepsReference(reference, document.package)),
      })),
    };
  }

  private keepsReference({ schema, name }: DeprecationReference, packageName: string): boolean {
    if (schema === 'olm.bundle') return this.kept.get(packageName)?.has(name) ?? true;
    if (schema !== 'olm.channel') return true;
    const channels = this.request.index.get(packageName)?.channels;
    return channels === undefined || channels.size === 0 || channels.has(name);
  }

  private takeRange(
    document: CatalogChannel,
    { range, at }: { range: VersionRange; at: { path: readonly PropertyKey[]; package: string; channel: string } },
  ): SelectedCatalog['channels'] {
    const index = this.request.index.get(document.package);
    const pinned = pinnedVersion(range);
    let kept: ReadonlySet<string>;
    if (pinned !== undefined) {
      const bundle = index === undefined ? undefined : bundleOfVersion(pinned, { index, channel: document });
      if (bundle === undefined) {
        this.refusals.push({ kind: 'version not there', ...at, version: pinned });
        return [];
      }
      kept = new Set([bundle]);
    } else {
      const { head, problems } = channelGraph(document.entries);
      if (problems !== undefined) {
        this.refusals.push({ kind: 'channel broken', ...at, problems });
        return [];
      }
      kept = keptInRange(head, { range, versions: index?.versions ?? new Map() });
    }
    // An empty channel is removed, unless the catalog itself calls it the default.
    if (kept.size === 0) {
      if (document.name === index?.defaultChannel)
        this.refusals.push({ kind: 'channel empty', ...at, range: range.text });
      this.kept.set(document.package, this.kept.get(document.package) ?? new Set());
      return [];
    }
    for (const name of kept) this.keep(document.package, name);
    return [{ document, entries: document.entries.filter(({ name }) => kept.has(name)) }];
  }

  private keep(packageName: string, bundle: string): void {
    const kept = this.kept.get(packageName) ?? new Set();
    this.kept.set(packageName, kept.add(bundle));
  }

  private pathOf({ package: name, name: channel }: CatalogChannel): readonly PropertyKey[] {
    const request = this.request.requests.get(name);
    if (request === undefined) return [];
    const at = [...request.channels.keys()].indexOf(channel);
    return at === -1 ? ['packages', request.index] : ['packages', request.index, 'channels', at];
  }
}

/** The version, if both bounds are the same text: then exactly that version is meant. */
function pinnedVersion({ text }: VersionRange): string | undefined {
  const [, min, max] = /^>=(\S+) <=(\S+)$/.exec(text) ?? [];
  return min === max ? min : undefined;
}

/**
 * The bundle of a version, anywhere in the package. If several differ in build metadata, oc-mirror takes any; this
 * takes one in the channel, and of these the one whose name comes last, so that it is always the same.
 */
function bundleOfVersion(
  text: string,
  { index, channel }: { index: PackageIndex; channel: CatalogChannel },
): string | undefined {
  const wanted = parseLooseVersion(text);
  if (wanted === undefined) return undefined;
  const names = [...index.versions].flatMap(([name, version]) => (compareVersions(version, wanted) === 0 ? name : []));
  const inChannel = new Set(channel.entries.map(({ name }) => name));
  const [last] = names.toSorted((a, b) => Number(inChannel.has(b)) - Number(inChannel.has(a)) || compareTexts(b, a));
  return last;
}
