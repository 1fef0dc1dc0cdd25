/** Which manifests in the registry of a site no kept sequence needs. Asks the registry, and changes nothing in it. */
import type { SequenceImages } from '../mirror/chain-images';
import { readSite, siteFolders } from '../mirror/sites/sites';
import type { Ledger } from '../mirror/sites/sites';
import type { BlobRecord } from '../oci/blob';
import type { Digest } from '../oci/digest';
import type { DestinationImage } from '../push/destination-images';
import { formatDestination, parseDestination, pathAt } from '../registry/destination';
import type { PushClient } from '../registry/push';
import { ifReadable } from '../registry/push';
import { blobsByRepository, blobSetOf, bytesOf, closureOf } from '../sequence/closure';
import { appendTo } from '../system/append-to';
import { compareTexts } from '../system/compare-texts';
import { mapConcurrently } from '../system/concurrency';
import type { SiteRegistry } from './site-registry';

/** A manifest to delete, by its digest. */
export interface UnneededManifest {
  /** Without the namespace of the registry. */
  readonly repository: string;
  readonly digest: Digest;
  /** Our tags that point to it, which go with it. */
  readonly tags: readonly string[];
}

/** A manifest that no kept sequence needs, and that a tag points to which we did not set, or which a kept sequence has. */
export interface PointedAt {
  readonly place: string;
  readonly digest: Digest;
}

export interface UnneededContent {
  readonly kept: readonly number[];
  /** Sequences whose images are not kept, and that the site has had. */
  readonly retired: readonly number[];
  /** An index is in an earlier group than the manifests that it names. */
  readonly groups: readonly (readonly UnneededManifest[])[];
  /** Bytes of blobs that nothing on record needs afterwards. */
  readonly bytes: number;
  readonly pointedAt: readonly PointedAt[];
}

interface Candidate {
  readonly repository: string;
  readonly digest: Digest;
}

const askedAtATime = 8;

/**
 * Candidates are manifests of sequences that the site has acknowledged, or that an earlier cleanup has begun to remove.
 * They stay if a kept sequence needs them in the same repository, if they are attached to an image that stays, and if a
 * tag of somebody else points to them, or to an index of them.
 */
export async function unneededContent(
  site: SiteRegistry,
  keep: number,
  { client, signal }: { readonly client: PushClient; readonly signal: AbortSignal },
): Promise<UnneededContent> {
  const { sequences, all, ledger, destination } = site;
  const blobs = blobSetOf(...sequences.map(({ inventory }) => inventory.blobs));
  const { kept, retired } = await division(site, keep);
  const imagesOf = (numbers: readonly number[]): DestinationImage[] =>
    numbers.flatMap((number) => (all[number - 1] as SequenceImages).images);
  const keyOf = ({ repository, digest }: Candidate): string => `${pathAt(destination, repository)}@${digest}`;
  const needed = new Map(manifestsOf(imagesOf(kept), blobs).map((each) => [keyOf(each), each]));
  const old = imagesOf(retired);
  const attached = old.filter(
    ({ repository, attachedTo }) => attachedTo !== undefined && needed.has(keyOf({ repository, digest: attachedTo })),
  );
  for (const each of manifestsOf(attached, blobs)) needed.set(keyOf(each), each);
  const candidates = new Map(
    manifestsOf(old, blobs).flatMap((each) => (needed.has(keyOf(each)) ? [] : [[keyOf(each), each] as const])),
  );

  const found = await mapConcurrently([...candidates], { limit: askedAtATime, signal }, async ([key, each]) => {
    const there = await ifReadable(client.manifestAt(each.repository, each.digest, { signal }));
    return there === each.digest ? [key] : [];
  });
  const present = new Set(found.flat());
  const tags = await tagsAround(present, { site, candidates, old, blobs, client, signal });
  for (const { repository, digest, attachedTo } of old)
    if (attachedTo !== undefined && tags.protectedKeys.has(keyOf({ repository, digest: attachedTo })))
      for (const each of manifestsOf([{ repository, digest }], blobs)) tags.protectedKeys.add(keyOf(each));
  const manifests = [...candidates]
    .filter(([key]) => present.has(key) && !tags.protectedKeys.has(key))
    .map(([key, each]): UnneededManifest => ({ ...each, tags: (tags.own.get(key) ?? []).sort() }))
    .sort((a, b) => compareTexts(`${a.repository}@${a.digest}`, `${b.repository}@${b.digest}`));
  const heights = new Map<number, UnneededManifest[]>();
  for (const each of manifests) appendTo(heights, heightOf(each.digest, blobs), each);
  const stays = closureOf(
    [...needed.values(), ...[...candidates].flatMap(([key, each]) => (tags.protectedKeys.has(key) ? [each] : []))].map(
      ({ digest }) => digest,
    ),
    blobs,
  ).blobs;
  const goes = closureOf(
    manifests.map(({ digest }) => digest),
    blobs,
  ).blobs;
  const freed = new Map([...goes].filter(([digest]) => !stays.has(digest)));
  const known = new Set(ledger.entries.map(({ seal }) => seal));
  const forgets = retired.filter((number) =>
    sequences.some(({ entry }) => entry.number === number && known.has(entry.seal)),
  );
  return {
    kept,
    retired: manifests.length > 0 || forgets.length > 0 ? retired : [],
    groups: [...heights].sort(([a], [b]) => b - a).map(([, group]) => group),
    bytes: bytesOf(freed),
    pointedAt: tags.pointedAt,
  };
}

/** Sequences that stay: the newest acknowledged ones of every site with this registry, and all that come after them. */
async function division(site: SiteRegistry, keep: number): Promise<{ kept: number[]; retired: number[] }> {
  const { mirror, sequences, shown, ledger, name } = site;
  const numberOf = new Map<string, number>(sequences.map(({ entry }) => [entry.seal, entry.number]));
  const acknowledged = (its: Ledger): number[] => its.entries.flatMap(({ seal }) => numberOf.get(seal) ?? []);
  const others = (await siteFolders(mirror)).filter((other) => other !== name);
  const sharing = (await Promise.all(others.map((other) => readSite(mirror, other)))).filter(
    (other) =>
      other.site.registry !== undefined &&
      formatDestination(parseDestination(other.site.registry, other.site)) === shown,
  );
  const ledgers = [ledger, ...sharing.map((other) => other.ledger)];
  const newest = ledgers.flatMap((its) => acknowledged(its).slice(-keep));
  const oldestHead = Math.min(...ledgers.map((its) => acknowledged(its).at(-1) ?? 0));
  const numbers = sequences.map(({ entry }) => entry.number);
  const kept = numbers.filter((number) => newest.includes(number) || number > oldestHead);
  const ours = new Set([
    ...acknowledged(ledger),
    ...(ledger.cleaned ?? []).flatMap(({ seal }) => numberOf.get(seal) ?? []),
  ]);
  return { kept, retired: numbers.filter((number) => ours.has(number) && !kept.includes(number)) };
}

function manifestsOf(images: readonly Candidate[], blobs: ReadonlyMap<Digest, BlobRecord>): Candidate[] {
  return [...blobsByRepository(images, blobs)].flatMap(([repository, needed]) =>
    [...needed.values()].flatMap(({ digest, refs }) => (refs === undefined ? [] : [{ repository, digest }])),
  );
}

interface TagsAround {
  /** Our tags of what goes. */
  readonly own: ReadonlyMap<string, string[]>;
  readonly protectedKeys: Set<string>;
  readonly pointedAt: readonly PointedAt[];
}

/** Asks for every tag of the repositories in which something would go: a deletion takes all tags of a manifest with it. */
async function tagsAround(
  present: ReadonlySet<string>,
  {
    site: { destination },
    candidates,
    old,
    blobs,
    client,
    signal,
  }: {
    readonly site: SiteRegistry;
    readonly candidates: ReadonlyMap<string, Candidate>;
    readonly old: readonly DestinationImage[];
    readonly blobs: ReadonlyMap<Digest, BlobRecord>;
    readonly client: PushClient;
    readonly signal: AbortSignal;
  },
): Promise<TagsAround> {
  const repositories = new Map(
    [...candidates].flatMap(([key, { repository }]) =>
      present.has(key) ? [[pathAt(destination, repository), repository] as const] : [],
    ),
  );
  const ours = new Set(old.map(({ repository, tag, digest }) => `${pathAt(destination, repository)}:${tag}@${digest}`));
  const asked = (
    await mapConcurrently([...repositories], { limit: askedAtATime, signal }, async ([path, repository]) =>
      (await client.tags(repository, { signal })).map((tag) => ({ path, repository, tag })),
    )
  ).flat();
  const own = new Map<string, string[]>();
  const protectedKeys = new Set<string>();
  const pointedAt: PointedAt[] = [];
  await mapConcurrently(asked, { limit: askedAtATime, signal }, async ({ path, repository, tag }) => {
    const digest = await client.manifestAt(repository, tag, { signal });
    if (digest === undefined) return;
    const key = `${path}@${digest}`;
    if (present.has(key) && ours.has(`${path}:${tag}@${digest}`)) {
      own.set(key, [...(own.get(key) ?? []), tag]);
      return;
    }
    const parts = await partsOf(digest, { repository, blobs, client, signal });
    const hit = parts.filter((part) => present.has(`${path}@${part}`));
    for (const part of hit) protectedKeys.add(`${path}@${part}`);
    if (hit.length > 0) pointedAt.push({ place: `${repository}:${tag}`, digest });
  });
  return { own, protectedKeys, pointedAt: pointedAt.sort((a, b) => compareTexts(a.place, b.place)) };
}

/** A manifest and all manifests below it: by our records, or by what the registry says of an index that is not ours. */
async function partsOf(
  root: Digest,
  asked: {
    readonly repository: string;
    readonly blobs: ReadonlyMap<Digest, BlobRecord>;
    readonly client: PushClient;
    readonly signal: AbortSignal;
  },
): Promise<Digest[]> {
  const { repository, blobs, client, signal } = asked;
  const parts = new Set<Digest>([root]);
  for (const digest of parts) {
    if (blobs.has(digest)) {
      for (const part of closureOf([digest], blobs).blobs.keys()) parts.add(part);
      continue;
    }
    const manifest = await client.manifest(repository, digest, { signal });
    if (manifest?.kind === 'index') for (const child of manifest.manifests) parts.add(child.digest);
  }
  return [...parts];
}

/** 0 for a layer, 1 for an image, more for an index. Records of manifests refer to what they name, and form no circle. */
function heightOf(digest: Digest, blobs: ReadonlyMap<Digest, BlobRecord>): number {
  const refs = blobs.get(digest)?.refs;
  return refs === undefined ? 0 : 1 + Math.max(0, ...refs.map((ref) => heightOf(ref, blobs)));
}
