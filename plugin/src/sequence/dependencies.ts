import type { BlobSet } from '../oci/blob';
import type { Digest } from '../oci/digest';
import { impossible } from '../system/errors';

/** A sequence that is needed besides a sequence's own archives, and which part of it is used. */
export interface Dependency {
  readonly number: number;
  /** None where only links of it are used. */
  readonly blobs: number;
  readonly bytes: number;
}

/**
 * The sequences that hold what images use beyond a sequence's own archives, ascending. None of them can be left out: a
 * blob that several hold counts for the latest; then sequences whose blobs the others hold too are dropped, oldest first.
 *
 * @param needs.holders blobs of each sequence of the base; together with `own` they cover the closure
 * @param needs.linkedIn numbers of the sequences whose archives hold links of the images (link-holders.ts)
 */
export function dependenciesOf({
  closure,
  own,
  holders,
  linkedIn,
}: {
  closure: BlobSet;
  own: { has(digest: Digest): boolean };
  holders: ReadonlyMap<number, { keys(): Iterable<Digest> }>;
  linkedIn: ReadonlySet<number>;
}): Dependency[] {
  const heldBy = new Map<Digest, number[]>();
  for (const digest of closure.keys()) if (!own.has(digest)) heldBy.set(digest, []);
  const latestFirst = [...holders].sort(([a], [b]) => b - a);
  for (const [number, blobs] of latestFirst) for (const digest of blobs.keys()) heldBy.get(digest)?.push(number);
  const needed = withoutSpare(heldBy, linkedIn);
  const use = new Map([...linkedIn].map((number) => [number, { blobs: 0, bytes: 0 }]));
  for (const [digest, numbers] of heldBy) {
    const number = numbers.find((candidate) => needed.has(candidate));
    if (number === undefined)
      throw impossible(`no sequence of the base holds ${digest}, although the closure was complete`);
    const { blobs, bytes } = use.get(number) ?? { blobs: 0, bytes: 0 };
    use.set(number, { blobs: blobs + 1, bytes: bytes + (closure.get(digest)?.bytes ?? 0) });
  }
  return [...use].map(([number, used]) => ({ number, ...used })).sort((a, b) => a.number - b.number);
}

function withoutSpare(heldBy: ReadonlyMap<Digest, readonly number[]>, linkedIn: ReadonlySet<number>): Set<number> {
  const needed = new Set([...linkedIn, ...[...heldBy.values()].flatMap(([latest]) => latest ?? [])]);
  const digests = new Map([...needed].map((number) => [number, [] as Digest[]]));
  const copies = new Map<Digest, number>();
  for (const [digest, numbers] of heldBy) {
    const kept = numbers.filter((number) => needed.has(number));
    copies.set(digest, kept.length);
    for (const number of kept) digests.get(number)?.push(digest);
  }
  for (const number of [...needed].filter((each) => !linkedIn.has(each)).sort((a, b) => a - b)) {
    const covered = digests.get(number) ?? [];
    if (covered.some((digest) => copies.get(digest) === 1)) continue;
    needed.delete(number);
    for (const digest of covered) copies.set(digest, (copies.get(digest) ?? 0) - 1);
  }
  return needed;
}
