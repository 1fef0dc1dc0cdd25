/** What moved upstream since a sequence was sealed: its records compared with what registries answer now. Pure. */
import semver from 'semver';
import type { SelectedOperators } from '../../engine/engine';
import type { ImageSetConfiguration } from '../../imageset/schema';
import type { Digest } from '../../oci/digest';
import { isDigest } from '../../oci/digest';
import type { MirroredImage } from '../../oci/image';
import { withoutTransport } from '../../oci/reference';
import { isReleaseImage, versionOfTag } from '../../release/release-images';
import type { RecordedProvenance } from '../../sequence/metadata';
import { headInRecord } from './recorded-heads';

/** A name that now points to other content. */
export interface Move {
  /** The name in the configuration or in the engine: `registry.redhat.io/ubi9/ubi:9.5`. */
  readonly source: string;
  readonly from: Digest;
  readonly to: Digest;
}

/** A channel of a package whose head has changed. */
export interface HeadMove {
  readonly catalog: string;
  readonly package: string;
  readonly channel: string;
  /** Versions. */
  readonly from: string;
  readonly to: string;
}

export interface UpstreamMoves {
  readonly catalogs: readonly Move[];
  /** Channels that both sequences selected, if the engines of both sequences recorded heads. */
  readonly heads: readonly HeadMove[];
  /** Versions, ascending. */
  readonly releases: { readonly added: readonly string[]; readonly dropped: readonly string[] };
  /** Repositories whose operator images changed: bundles and their related images. */
  readonly operators: readonly string[];
  /** Tags of additional images and of images of charts. */
  readonly tags: readonly Move[];
}

/** A catalog of a configuration, as its registry had it. */
export interface CatalogState {
  /** The text of its entry. */
  readonly catalog: string;
  readonly digest: Digest;
}

export interface UpstreamState {
  /** What was selected from catalogs, if the engine reported it. */
  readonly operators: readonly Pick<SelectedOperators, 'catalog' | 'heads'>[];
  readonly images: readonly MirroredImage[];
  readonly catalogs: readonly CatalogState[];
}

/** Only what both times asked for by the same name has moved; other changes come from the configuration. */
export function movesSince(before: UpstreamState, now: UpstreamState): UpstreamMoves {
  const catalogs = movesBetween(catalogDigests(before), catalogDigests(now));
  const isCatalog = new Set([...before.catalogs, ...now.catalogs].map(({ catalog }) => withoutTransport(catalog)));
  const releases = { before: releasesIn(before.images), now: releasesIn(now.images) };
  return {
    catalogs,
    heads: headMoves(before, now),
    releases: {
      added: releases.now.filter((version) => !releases.before.includes(version)),
      dropped: releases.before.filter((version) => !releases.now.includes(version)),
    },
    operators: renewedRepositories(before.images, now.images),
    tags: movesBetween(tagDigests(before.images), tagDigests(now.images)).filter(
      ({ source }) => !isCatalog.has(source),
    ),
  };
}

/** Whether nothing moved. */
export function isStill({ catalogs, heads, releases, operators, tags }: UpstreamMoves): boolean {
  return [catalogs, heads, releases.added, releases.dropped, operators, tags].every(({ length }) => length === 0);
}

/**
 * The catalogs of a sealed sequence: its configuration names them by tag, and the pinned one has the same entries by
 * digest. Catalogs named by digest cannot move, and those in a folder are not in a registry.
 */
export function pinnedCatalogs(config: ImageSetConfiguration, pinned: ImageSetConfiguration): CatalogState[] {
  return (config.mirror.operators ?? []).flatMap(({ catalog }, index) => {
    const digest = pinned.mirror.operators?.[index]?.catalog.split('@').at(1) ?? '';
    return isDigest(digest) && !catalog.includes('@') ? [{ catalog, digest }] : [];
  });
}

/** The heads that records name. */
export function recordedHeads(operators: RecordedProvenance['operators'] = []): UpstreamState['operators'] {
  return operators.map(({ catalog, heads }) => ({ catalog, heads: heads.map(headInRecord) }));
}

function headMoves(before: UpstreamState, now: UpstreamState): HeadMove[] {
  const keyOf = (...names: readonly string[]): string => JSON.stringify(names);
  const versions = new Map(
    before.operators.flatMap(({ catalog, heads }) =>
      heads.map((head) => [keyOf(catalog, head.package, head.channel), head.version]),
    ),
  );
  return now.operators.flatMap(({ catalog, heads }) =>
    heads.flatMap(({ package: name, channel, version: to }): HeadMove[] => {
      const from = versions.get(keyOf(catalog, name, channel));
      if (from === undefined || from === to) return [];
      return [{ catalog: withoutTransport(catalog), package: name, channel, from, to }];
    }),
  );
}

function catalogDigests({ catalogs }: UpstreamState): Map<string, NamedDigest> {
  return new Map(catalogs.map(({ catalog, digest }) => [catalog, { source: withoutTransport(catalog), digest }]));
}

/** What each tag stood for. Attachments follow their image, and an image named by digest never changes. */
function tagDigests(images: readonly MirroredImage[]): Map<string, NamedDigest> {
  return new Map(
    images
      .filter(({ source, attachedTo, kind }) => attachedTo === undefined && !source.includes('@') && kind !== 'release')
      .map(({ source, repository, tag, digest }) => [[source, repository, tag].join(' '), { source, digest }]),
  );
}

interface NamedDigest {
  readonly source: string;
  readonly digest: Digest;
}

function movesBetween(before: ReadonlyMap<string, NamedDigest>, now: ReadonlyMap<string, NamedDigest>): Move[] {
  const moves = [...now].flatMap(([name, { source, digest: to }]): Move[] => {
    const from = before.get(name)?.digest;
    return from === undefined || from === to ? [] : [{ source, from, to }];
  });
  return moves.sort((a, b) => (a.source < b.source ? -1 : 1));
}

function releasesIn(images: readonly MirroredImage[]): string[] {
  const versions = new Set(images.filter(isReleaseImage).map(({ tag }) => versionOfTag(tag)));
  return [...versions].sort((a, b) => {
    const [first, second] = [semver.parse(a), semver.parse(b)];
    return first === null || second === null ? (a < b ? -1 : 1) : first.compare(second);
  });
}

/** Repositories that gave images to operators both times, by digest, and not the same ones. */
function renewedRepositories(before: readonly MirroredImage[], now: readonly MirroredImage[]): string[] {
  const [then, today] = [operatorDigests(before), operatorDigests(now)];
  return [...today]
    .flatMap(([repository, digests]) => (digests === (then.get(repository) ?? digests) ? [] : [repository]))
    .sort();
}

/** `registry.redhat.io/openshift-logging/loki-operator-bundle` → its digests, in one text. */
function operatorDigests(images: readonly MirroredImage[]): Map<string, string> {
  const digests = new Map<string, Set<string>>();
  for (const { kind, source, attachedTo } of images) {
    const [repository = '', digest] = source.split('@');
    if (kind !== 'operator' || attachedTo !== undefined || digest === undefined) continue;
    digests.set(repository, (digests.get(repository) ?? new Set()).add(digest));
  }
  return new Map([...digests].map(([repository, all]) => [repository, [...all].sort().join(' ')]));
}
