/** Asks the registry itself whether an upload would set tags back: only the registry knows what it has. */
import type { SequenceImages } from '../mirror/chain-images';
import { placeOf } from '../mirror/chain-images';
import type { Digest } from '../oci/digest';
import type { PushClient } from '../registry/push';
import { mapConcurrently } from '../system/concurrency';

export interface RollBack {
  /** The newest sequence of which a tag was found. */
  readonly newer: string;
  readonly places: readonly string[];
}

const askedAtATime = 8;

/**
 * Checks the tags that the sequence and a later one give to different images. `undefined`: none of them stands for a
 * later sequence's image. If an earlier sequence had that image too, the tag tells nothing and is skipped.
 */
export async function findRollBack(
  number: number,
  sequences: readonly SequenceImages[],
  { client, signal }: { client: PushClient; signal: AbortSignal },
): Promise<RollBack | undefined> {
  const own = sequences.find((sequence) => sequence.number === number);
  const later = sequences.filter((sequence) => sequence.number > number);
  const earlier = sequences.filter((sequence) => sequence.number < number);
  const digestsIn = (of: readonly SequenceImages[]): Set<string> =>
    new Set(of.flatMap(({ images }) => images.map((image) => `${placeOf(image)} ${image.digest}`)));
  const known = digestsIn(earlier);
  const laterDigests = new Map<string, Map<Digest, SequenceImages>>();
  for (const sequence of later) {
    for (const image of sequence.images) {
      const digests = laterDigests.get(placeOf(image)) ?? new Map<Digest, SequenceImages>();
      laterDigests.set(placeOf(image), digests.set(image.digest, sequence));
    }
  }
  const asked = (own?.images ?? []).filter((image) => {
    const digests = laterDigests.get(placeOf(image));
    return digests !== undefined && [...digests.keys()].some((digest) => digest !== image.digest);
  });
  const found = await mapConcurrently(asked, { limit: askedAtATime, signal }, async (image) => {
    const { repository, tag, digest } = image;
    const there = await client.manifestAt(repository, tag, { signal });
    if (there === undefined || there === digest || known.has(`${placeOf(image)} ${there}`)) return undefined;
    const sequence = laterDigests.get(placeOf(image))?.get(there);
    return sequence === undefined ? undefined : { sequence, place: placeOf(image) };
  });
  const newer = found.filter((each) => each !== undefined).sort((a, b) => a.sequence.number - b.sequence.number);
  const last = newer.at(-1);
  return last === undefined ? undefined : { newer: last.sequence.folder, places: newer.map(({ place }) => place) };
}
