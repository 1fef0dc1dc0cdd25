/** Asks a registry about images: what each tag stands for, and which manifests and layers it has. */
import { placeOf } from '../mirror/chain-images';
import type { BlobRecord } from '../oci/blob';
import type { Digest } from '../oci/digest';
import type { DestinationImage } from '../push/destination-images';
import type { PushClient } from '../registry/push';
import { ifReadable } from '../registry/push';
import { blobsByRepository, closureOf } from '../sequence/closure';
import { mapConcurrently } from '../system/concurrency';
import type { Progress } from '../system/progress';

/** A tag that points to another image than it should, or to none. */
export interface TagElsewhere {
  /** `ubi9/ubi:9.5` */
  readonly place: string;
  readonly expected: Digest;
  /** `undefined`: the registry has no such tag. */
  readonly there: Digest | undefined;
}

export interface RegistryAnswers {
  /** The number of tags, manifests and layers that were asked for, each counted once per repository. */
  readonly asked: { readonly tags: number; readonly manifests: number; readonly layers: number };
  readonly tags: readonly TagElsewhere[];
  /** What at least one repository lacks; without a record if nothing is known about it. */
  readonly lost: ReadonlyMap<Digest, BlobRecord | undefined>;
  /** Sources of images that need something that is lost, sorted. */
  readonly images: readonly string[];
}

const askedAtATime = 8;

/**
 * Asks for every tag of the images, and for all blobs that they need and that are among the given ones.
 *
 * @throws SEQ05xx when the registry refuses or cannot be reached
 */
export async function askRegistry(
  images: readonly DestinationImage[],
  blobs: ReadonlyMap<Digest, BlobRecord>,
  { client, progress, signal }: { client: PushClient; progress: Progress; signal: AbortSignal },
): Promise<RegistryAnswers> {
  const asking = questionsAbout(images, blobs);
  let answered = 0;
  const answers = await mapConcurrently(asking, { limit: askedAtATime, signal }, async (question) => {
    const isThere = await answerTo(question, client, signal);
    answered += 1;
    if (answered % 50 === 0) progress.detail(`${answered} of ${asking.length} answers`);
    return isThere;
  });
  const found = asking.map((question, index) => ({ ...question, there: answers[index] }));
  const tags = found.flatMap((question) =>
    question.kind === 'tag' && question.there !== question.digest
      ? [{ place: question.place, expected: question.digest, there: question.there }]
      : [],
  );
  const lost = new Map<Digest, BlobRecord | undefined>();
  for (const question of found)
    if (question.kind !== 'tag' && question.there === undefined) lost.set(question.digest, blobs.get(question.digest));
  const count = (kind: Question['kind']): number => asking.filter((question) => question.kind === kind).length;
  const asked = { tags: count('tag'), manifests: count('manifest'), layers: count('layer') };
  return { asked, tags, lost, images: imagesWith(images, blobs, lost) };
}

type Question =
  | {
      readonly kind: 'tag';
      readonly repository: string;
      readonly tag: string;
      readonly place: string;
      readonly digest: Digest;
    }
  | { readonly kind: 'manifest' | 'layer'; readonly repository: string; readonly digest: Digest };

function questionsAbout(images: readonly DestinationImage[], blobs: ReadonlyMap<Digest, BlobRecord>): Question[] {
  const tags = new Map(
    images.map((image): [string, Question] => {
      const { repository, tag, digest } = image;
      return [placeOf(image), { kind: 'tag', repository, tag, place: placeOf(image), digest }];
    }),
  );
  const parts = [...blobsByRepository(images, blobs)].flatMap(([repository, needed]) =>
    [...needed.values()].map(({ digest, refs }): Question => {
      return { kind: refs === undefined ? 'layer' : 'manifest', repository, digest };
    }),
  );
  return [...tags.values(), ...parts];
}

/** The digest that it has. A manifest or layer that it cannot read is as good as none. */
async function answerTo(question: Question, client: PushClient, signal: AbortSignal): Promise<Digest | undefined> {
  const { kind, repository, digest } = question;
  if (kind === 'layer') return (await client.hasBlob(repository, digest, { signal })) ? digest : undefined;
  const reference = kind === 'tag' ? question.tag : digest;
  return ifReadable(client.manifestAt(repository, reference, { signal }));
}

function imagesWith(
  images: readonly DestinationImage[],
  blobs: ReadonlyMap<Digest, BlobRecord>,
  lost: ReadonlyMap<Digest, unknown>,
): string[] {
  if (lost.size === 0) return [];
  const isHit = ({ digest }: DestinationImage): boolean =>
    [...closureOf([digest], blobs).blobs.keys()].some((part) => lost.has(part));
  return [...new Set(images.filter(isHit).map(({ source }) => source))].sort();
}
