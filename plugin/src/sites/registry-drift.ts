/** Compares the registry of a site with the ledger of the site: asks for every manifest, tag and layer, and changes nothing. */
import { imagesBySequence, placeOf } from '../mirror/chain-images';
import type { MirrorLocation } from '../mirror/mirror';
import { openMirror } from '../mirror/mirror';
import type { Run } from '../mirror/run';
import { openSealedChain } from '../mirror/sealed-chain';
import { engineOptions, registrySettings } from '../mirror/settings';
import { headWithin, readSite, siteProjectName } from '../mirror/sites/sites';
import type { BlobRecord } from '../oci/blob';
import type { Digest } from '../oci/digest';
import { requireDistinctPlaces } from '../push/distinct-places';
import type { DestinationImage } from '../push/destination-images';
import { formatDestination, parseDestination } from '../registry/destination';
import type { PushClient } from '../registry/push';
import { createPushClient, ifReadable } from '../registry/push';
import { blobsByRepository, blobSetOf, closureOf } from '../sequence/closure';
import { writeFileAtomically } from '../system/atomic-file';
import { mapConcurrently } from '../system/concurrency';
import { counted } from '../system/counted';
import { inReadableFolder } from '../system/path-below';
import { nothingAcknowledged, registryOfSiteUnknown } from './errors';

/** The options of `registryDrift`. */
export interface DriftOptions extends Pick<Run, 'progress' | 'signal'> {
  readonly location: MirrorLocation;
  readonly site: string;
  /** `host[:port][/namespace]`. Default: the one in site.yaml. */
  readonly registry?: string | undefined;
  /** An absolute path. Gets the digests that the registry lacks, one per line, for `bundle --need`, if it lacks any. */
  readonly output?: string | undefined;
}

/** The result of `registryDrift`. */
export interface DriftOutcome {
  readonly site: string;
  /** The Nx project of the site. */
  readonly project: string;
  readonly registry: string;
  /** The last sequence that the site has acknowledged. */
  readonly sequence: { readonly number: number; readonly folder: string };
  /** The number of tags, manifests and layers that were compared, each counted once per repository. */
  readonly asked: { readonly tags: number; readonly manifests: number; readonly layers: number };
  /** Tags that point to another image, or that are missing. */
  readonly tags: readonly { readonly place: string; readonly expected: Digest; readonly there: Digest | undefined }[];
  /** What the registry lacks in at least one repository. */
  readonly lacking: { readonly blobs: number; readonly bytes: number; readonly images: readonly string[] };
  /** The file with the missing digests, if the command wrote a file. */
  readonly file: string | undefined;
  /** Whether the registry has everything that the site has acknowledged. */
  readonly sound: boolean;
}

const askedAtATime = 8;

/**
 * Asks the registry of a site for everything that the site has acknowledged.
 *
 * @throws SEQ0658 if no registry is known, SEQ0659 if nothing is acknowledged, SEQ0611 for a site that does not exist, SEQ05xx when
 *   the registry refuses or cannot be reached
 *
 * @example
 * ```ts
 * const { sound, lacking } = await registryDrift({ ...run, location, site: 'bravo' });
 * ```
 */
export async function registryDrift(options: DriftOptions): Promise<DriftOutcome> {
  const { location, site: name, progress, signal, output } = options;
  const mirror = await openMirror(location);
  const { site, ledger } = await readSite(mirror, name);
  const project = siteProjectName(mirror, name);
  const registry = options.registry ?? site.registry;
  if (registry === undefined) throw registryOfSiteUnknown({ site: name, project });
  progress.step('check');
  const { sequences } = await openSealedChain(mirror, { trust: 'proven' });
  const head = headWithin(
    ledger,
    sequences.map(({ entry }) => entry),
  );
  const upTo = sequences.slice(0, head?.sequence ?? 0);
  const own = (await imagesBySequence(mirror, upTo)).at(-1);
  if (own === undefined) throw nothingAcknowledged({ site: name, project });
  const destination = parseDestination(registry, site);
  requireDistinctPlaces(own.images, destination);
  const blobs = blobSetOf(...upTo.map(({ inventory }) => inventory.blobs));
  const shown = formatDestination(destination);
  progress.done(`records of ${own.folder}, ${shown}`);

  progress.step('ask');
  const { retries } = engineOptions(mirror.settings);
  const settings = registrySettings(mirror.settings, mirror.root);
  const client = createPushClient({ destination, settings, env: location.env, signal, retries });
  try {
    const asking = questionsAbout(own.images, blobs);
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
      if (question.kind !== 'tag' && question.there === undefined)
        lost.set(question.digest, blobs.get(question.digest));
    const count = (kind: Question['kind']): number => asking.filter((question) => question.kind === kind).length;
    progress.done(counted(asking.length, 'answer'));
    const digests = [...lost.keys()].sort();
    if (digests.length > 0 && output !== undefined)
      await writeFileAtomically(inReadableFolder(output), digests.map((digest) => `${digest}\n`).join(''));
    return {
      site: name,
      project,
      registry: shown,
      sequence: { number: own.number, folder: own.folder },
      asked: { tags: count('tag'), manifests: count('manifest'), layers: count('layer') },
      tags,
      lacking: {
        blobs: lost.size,
        bytes: [...lost.values()].reduce((sum, blob) => sum + (blob?.bytes ?? 0), 0),
        images: imagesWith(own.images, blobs, lost),
      },
      file: digests.length > 0 ? output : undefined,
      sound: tags.length === 0 && lost.size === 0,
    };
  } finally {
    await client.close();
  }
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

/** Sources of images that need one of these blobs, sorted. */
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
