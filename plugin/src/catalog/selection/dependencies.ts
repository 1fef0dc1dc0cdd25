/**
 * An addition of ours to a selection: the packages that selected bundles need, out of the same catalog, and what those
 * need. What the configuration says of a package stands; only packages that it does not name are added. Each requirement is
 * met by the head of the default channel where that will do, else by the highest version that does, in the default channel
 * if it is there. Pure: the same catalog and entry, the same packages.
 */
import { appendTo } from '../../system/append-to';
import { counted } from '../../system/counted';
import type { CatalogBundle, CatalogChannel, FileBasedCatalog, Requirement } from '../fbc/fbc';
import type { CatalogFilter } from '../filter-id';
import type { Refusal } from '../refusals';
import { channelGraph } from './channel-graph';
import { requiredRange } from './required-range';
import type { Selection } from './select';
import { selectFrom } from './select';
import { compareVersions, parseBundleVersion } from './version';

/** As an entry of a configuration names it. */
export type AddedPackage = {
  readonly name: string;
  readonly channels: readonly { readonly name: string; readonly minVersion?: string; readonly maxVersion?: string }[];
  readonly defaultChannel?: string;
};

export interface AddedDependency {
  readonly entry: AddedPackage;
  /** The versions for whose sake it was added. */
  readonly versions: readonly string[];
  /** The bundle that needed it first. */
  readonly neededBy: string;
}

export interface ResolvedSelection {
  /** The entry with what was added. */
  readonly asked: CatalogFilter;
  readonly selection: Selection;
  /** By the name of their packages. */
  readonly added: readonly AddedDependency[];
  /** What could not be met, in words. */
  readonly unmet: readonly string[];
}

// A chain of dependencies this long is a mistake or an attack: each round goes through the whole catalog.
const mostRounds = 50;

export function selectWithDependencies(catalog: FileBasedCatalog, entry: CatalogFilter): ResolvedSelection {
  const resolver = new Resolver(catalog, entry);
  for (let round = 1; ; round += 1) {
    const added = resolver.added();
    const packages = [...(entry.packages ?? []), ...added.map((each) => each.entry)];
    const asked = added.length === 0 ? entry : { ...entry, packages };
    const selection = selectFrom(catalog, asked);
    if (selection.refusals !== undefined) {
      if (resolver.giveUpRefused(selection.refusals)) continue;
      return { asked: entry, selection, added: [], unmet: [] };
    }
    const isAnswered = round < mostRounds && resolver.add(selection.selected.bundles);
    if (!isAnswered) return { asked, selection, added, unmet: resolver.unmet(selection.selected.bundles) };
  }
}

interface Candidate {
  readonly bundle: CatalogBundle;
  readonly channel: string;
  readonly isHead: boolean;
}

class Resolver {
  readonly #catalog: FileBasedCatalog;
  readonly #entry: CatalogFilter;
  readonly #named: ReadonlySet<string>;
  readonly #bundles: ReadonlyMap<string, readonly CatalogBundle[]>;
  readonly #channels: ReadonlyMap<string, readonly CatalogChannel[]>;
  readonly #chosen = new Map<string, { readonly neededBy: string; readonly candidates: Map<string, Candidate> }>();
  /** Packages that cannot be added, since the selection is refused with them, and why. */
  readonly #refused = new Map<string, string>();

  constructor(catalog: FileBasedCatalog, entry: CatalogFilter) {
    this.#catalog = catalog;
    this.#entry = entry;
    this.#named = new Set(entry.packages?.map(({ name }) => name));
    this.#bundles = grouped(catalog.bundles, (bundle) => bundle.package);
    this.#channels = grouped(catalog.channels, (channel) => channel.package);
  }

  added(): AddedDependency[] {
    return [...this.#chosen]
      .map(([name, { neededBy, candidates }]) => ({
        entry: this.#entryOf(name, [...candidates.values()]),
        versions: [...candidates.values()].map(({ bundle }) => bundle.version ?? bundle.name),
        neededBy,
      }))
      .sort((a, b) => (a.entry.name < b.entry.name ? -1 : 1));
  }

  /** Chooses for each requirement that is not met. @returns whether anything was added */
  add(selected: readonly CatalogBundle[]): boolean {
    let isAdded = false;
    for (const { bundles, requirement } of unmetIn(selected)) {
      const candidate = this.#candidateFor(requirement);
      if (candidate === undefined) continue;
      const { package: name } = candidate.bundle;
      const chosen = this.#chosen.get(name) ?? { neededBy: bundles[0], candidates: new Map<string, Candidate>() };
      if (chosen.candidates.has(candidate.bundle.name)) continue;
      chosen.candidates.set(candidate.bundle.name, candidate);
      this.#chosen.set(name, chosen);
      isAdded = true;
    }
    return isAdded;
  }

  /** Takes away what the selection is refused for. @returns whether that was something that had been added */
  giveUpRefused(refusals: readonly Refusal[]): boolean {
    const names = refusals.flatMap((refusal) =>
      'package' in refusal ? [[refusal.package, refusal.kind] as const] : [],
    );
    const ours = names.filter(([name]) => this.#chosen.has(name));
    for (const [name, kind] of ours) {
      this.#chosen.delete(name);
      this.#refused.set(name, kind);
    }
    return ours.length > 0;
  }

  unmet(selected: readonly CatalogBundle[]): string[] {
    return unmetIn(selected).map(({ bundles: [first, ...others], requirement }) => {
      const who =
        others.length === 0 ? `${first} needs` : `${first} and ${counted(others.length, 'other bundle')} need`;
      return `${who} ${this.#missing(requirement)}`;
    });
  }

  #missing(requirement: Requirement): string {
    if ('api' in requirement) return `the API ${requirement.api}, but no package in the catalog offers it`;
    const { package: name, range } = requirement;
    const refused = this.#refused.get(name);
    if (requiredRange(range) === undefined) return `${name} "${range}", which is not a version range`;
    if (this.#named.has(name)) return `${name} ${range}, but the configuration selects other versions of ${name}`;
    if (refused !== undefined) return `${name} ${range}, but ${name} cannot be selected: ${refused}`;
    if (!this.#bundles.has(name)) return `${name} ${range}, but the catalog does not have this package`;
    if (!this.#mayAdd())
      return `${name} ${range}, but seqmirror adds packages only if the configuration has a list \`packages\``;
    return `${name} ${range}, but no channel in the catalog has such a version`;
  }

  /** Where no package is named, all are selected. */
  #mayAdd(): boolean {
    return this.#named.size > 0;
  }

  #candidateFor(requirement: Requirement): Candidate | undefined {
    if (!this.#mayAdd()) return undefined;
    if ('package' in requirement) {
      const isIn = requiredRange(requirement.range);
      if (isIn === undefined) return undefined;
      return this.#candidateIn(requirement.package, ({ version = '' }) => {
        const parsed = parseBundleVersion(version);
        return parsed !== undefined && isIn(parsed);
      });
    }
    const isOffer = ({ offers }: CatalogBundle): boolean => offers.includes(requirement.api);
    const packages = [...new Set(this.#catalog.bundles.filter(isOffer).map((bundle) => bundle.package))].sort();
    const candidates = packages.flatMap((name) => this.#candidateIn(name, isOffer) ?? []);
    return candidates.find(({ isHead }) => isHead) ?? candidates[0];
  }

  #candidateIn(name: string, isWanted: (bundle: CatalogBundle) => boolean): Candidate | undefined {
    if (this.#named.has(name) || this.#refused.has(name)) return undefined;
    const wanted = new Map((this.#bundles.get(name) ?? []).filter(isWanted).map((bundle) => [bundle.name, bundle]));
    const candidates = (this.#channels.get(name) ?? []).flatMap((channel) => this.#bestOf(channel, wanted) ?? []);
    const defaultChannel = this.#defaultChannelOf(name);
    const inDefault = candidates.find(({ channel }) => channel === defaultChannel);
    return inDefault ?? candidates.sort((a, b) => byVersion(b, a) || (a.channel < b.channel ? -1 : 1))[0];
  }

  /** The head of a channel where it will do, else the highest version. */
  #bestOf(
    { name: channel, entries }: CatalogChannel,
    wanted: ReadonlyMap<string, CatalogBundle>,
  ): Candidate | undefined {
    const head = channelGraph(entries).head?.name;
    const candidates = entries.flatMap(({ name }): Candidate[] => {
      const bundle = wanted.get(name);
      return bundle === undefined ? [] : [{ bundle, channel, isHead: name === head }];
    });
    return candidates.find(({ isHead }) => isHead) ?? candidates.sort((a, b) => byVersion(b, a))[0];
  }

  #defaultChannelOf(name: string): string {
    return this.#catalog.packages.find((document) => document.name === name)?.defaultChannel ?? '';
  }

  #entryOf(name: string, candidates: readonly Candidate[]): AddedPackage {
    const defaultChannel = this.#defaultChannelOf(name);
    const byChannel = [...grouped(candidates, ({ channel }) => channel)].sort(([a], [b]) => (a < b ? -1 : 1));
    const channels = byChannel.map(([channel, held]) => {
      // The whole channel is asked for with `full`, and ranges are refused there.
      if (this.#entry.full === true || held.every(({ isHead }) => isHead)) return { name: channel };
      const versions = [...held].sort(byVersion).map(({ bundle }) => bundle.version ?? '');
      return { name: channel, minVersion: versions[0] ?? '', maxVersion: versions.at(-1) ?? '' };
    });
    const [first] = channels;
    return first === undefined || channels.some((channel) => channel.name === defaultChannel)
      ? { name, channels }
      : { name, channels, defaultChannel: first.name };
  }
}

interface Need {
  readonly requirement: Requirement;
  /** The names of the bundles that have it. */
  readonly bundles: [string, ...string[]];
}

/** What no selected bundle meets, in the order of the bundles. */
function unmetIn(selected: readonly CatalogBundle[]): Need[] {
  const needs = new Map<string, Need>();
  for (const { name, requires } of selected) {
    for (const requirement of requires) {
      const key = JSON.stringify(requirement);
      const need = needs.get(key);
      if (need === undefined) needs.set(key, { requirement, bundles: [name] });
      else need.bundles.push(name);
    }
  }
  const offers = new Set(selected.flatMap((bundle) => bundle.offers));
  const byPackage = grouped(selected, (bundle) => bundle.package);
  const isMet = (requirement: Requirement): boolean => {
    if ('api' in requirement) return offers.has(requirement.api);
    const isIn = requiredRange(requirement.range);
    return (byPackage.get(requirement.package) ?? []).some(({ version = '' }) => {
      const parsed = parseBundleVersion(version);
      return parsed !== undefined && isIn?.(parsed) === true;
    });
  };
  return [...needs.values()].filter(({ requirement }) => !isMet(requirement));
}

function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) appendTo(groups, keyOf(item), item);
  return groups;
}

function byVersion(a: Candidate, b: Candidate): number {
  const [ours, theirs] = [a, b].map(({ bundle }) => parseBundleVersion(bundle.version ?? ''));
  if (ours === undefined || theirs === undefined) return ours === theirs ? 0 : ours === undefined ? -1 : 1;
  return compareVersions(ours, theirs) || (a.bundle.name < b.bundle.name ? -1 : 1);
}
