/**
 * What changed between two sealed sequences, or between what a site has and a sequence. From records alone: asks no
 * registry, reads no archive, writes nothing.
 */
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import { clusterResourcesOf } from '../../cluster-resources/cluster-resources';
import type { UpstreamState } from '../../mirror/changes/changes';
import { changesByKind, movesSince, pinnedCatalogs, recordedHeads, totalOf } from '../../mirror/changes/changes';
import type { SequenceImages } from '../../mirror/chain-images';
import { imagesBySequence } from '../../mirror/chain-images';
import type { Mirror, MirrorLocation } from '../../mirror/mirror';
import { openMirror } from '../../mirror/mirror';
import { readPinnedConfig, readRecordedConfig, recordNames } from '../../mirror/records';
import type { SealedSequence } from '../../mirror/sealed-chain';
import { openSealedChain } from '../../mirror/sealed-chain';
import { headWithin, heldBy, readSite } from '../../mirror/sites/sites';
import type { Digest } from '../../oci/digest';
import { withoutTransport } from '../../oci/reference';
import { parseDestination } from '../../registry/destination';
import { blobSetOf } from '../../sequence/closure';
import { summariseChanges } from '../../sequence/images';
import { diffOfNothing, notSealedForDiff } from '../errors';
import type { ChainDiff, DiffSide, FileChange, OperatorChanges, SelectedChannel } from './chain-diff';

export type { ChainDiff } from './chain-diff';

/** The options of `diffSequences`. */
export interface DiffOptions {
  readonly location: MirrorLocation;
  /** Number of the earlier sequence; 0: nothing. Default: what the site has, else the one before `to`. */
  readonly from?: number | undefined;
  /** Number of the later sequence. Default: the last sealed one. */
  readonly to?: number | undefined;
  /** A site of the mirror, which stands for the sequence that it has acknowledged last. */
  readonly site?: string | undefined;
}

// Resources name the registry, and which one it is makes no difference here.
const anyDestination = parseDestination('registry.invalid');

/**
 * Compares two sequences of a chain. `from` may be the later one: then the result says what going back changes.
 *
 * @throws SEQ0256 when the chain has no sealed sequence, SEQ0257 when one of the two is not sealed, SEQ0611 for a site
 *   that does not exist
 *
 * @example
 * ```ts
 * const diff = await diffSequences({ location, from: 1, to: 2 });
 * ```
 */
export async function diffSequences({ location, from, to, site }: DiffOptions): Promise<ChainDiff> {
  const mirror = await openMirror(location);
  const { lock, sequences } = await openSealedChain(mirror, { trust: 'as recorded' });
  const last = sequences.at(-1)?.entry.number;
  if (last === undefined) throw diffOfNothing({ mirror: mirror.name });
  const numbers = { to: to ?? last, from };
  const known = site === undefined ? undefined : await readSite(mirror, site);
  if (known !== undefined) numbers.from ??= headWithin(known.ledger, lock.entries)?.sequence ?? 0;
  numbers.from ??= numbers.to - 1;

  const images = await imagesBySequence(mirror, sequences);
  const at = (number: number): Side => sideAt(number, { mirror, sequences, images });
  const after = at(numbers.to);
  const before = numbers.from === 0 ? undefined : at(numbers.from);
  const blobs = blobSetOf(...sequences.map(({ inventory }) => inventory.blobs));
  const base: { has(digest: Digest): boolean } =
    known === undefined
      ? blobSetOf(...sequences.slice(0, numbers.from).map(({ inventory }) => inventory.blobs))
      : heldBy(known.ledger, sequences);
  const recorded = { before: before?.images.recorded ?? [], after: after.images.recorded };
  const kinds = changesByKind({ images: recorded.before, blobs }, { images: recorded.after, blobs }, base);
  const states = { before: await stateOf(mirror, before), after: await stateOf(mirror, after) };
  const moves = movesSince(states.before, states.after);
  return {
    mirror: mirror.name,
    site,
    from: before && whichIs(before),
    to: whichIs(after),
    changes: { kinds, total: totalOf(kinds) },
    releases: moves.releases,
    operators: {
      catalogs: moves.catalogs,
      channels: { ...channelsBetween(states.before, states.after), moved: moves.heads },
      unknownIn: [before, after].flatMap((side) =>
        side !== undefined && lacksHeads(side) ? [whichIs(side).folder] : [],
      ),
    },
    images: summariseChanges(recorded.before, recorded.after),
    config: await configPatch(mirror, before, after),
    clusterResources: resourceChanges(before?.images, after.images),
  };
}

/** A sealed sequence with its images. */
interface Side {
  readonly sequence: SealedSequence;
  readonly images: SequenceImages;
}

function sideAt(
  number: number,
  {
    mirror,
    sequences,
    images,
  }: { mirror: Mirror; sequences: readonly SealedSequence[]; images: readonly SequenceImages[] },
): Side {
  const [sequence, its] = [sequences[number - 1], images[number - 1]];
  if (sequence === undefined || its === undefined)
    throw notSealedForDiff({ mirror: mirror.name, number, last: sequences.length });
  return { sequence, images: its };
}

function whichIs({ sequence: { entry, metadata } }: Side): DiffSide {
  return { number: entry.number, folder: entry.folder, timestamp: metadata.timestamp };
}

async function stateOf(mirror: Mirror, side: Side | undefined): Promise<UpstreamState> {
  if (side === undefined) return { images: [], catalogs: [], operators: [] };
  const { folder } = side.sequence.entry;
  const { config } = await readRecordedConfig(mirror, folder);
  const { config: pinned } = await readPinnedConfig(mirror, folder);
  return {
    images: side.images.recorded,
    catalogs: pinnedCatalogs(config, pinned),
    operators: recordedHeads(side.sequence.metadata.provenance.operators),
  };
}

function channelsBetween(
  before: UpstreamState,
  after: UpstreamState,
): Pick<OperatorChanges['channels'], 'added' | 'dropped'> {
  const [then, now] = [channelsIn(before), channelsIn(after)];
  const only = (all: ReadonlyMap<string, SelectedChannel>, others: ReadonlyMap<string, unknown>): SelectedChannel[] =>
    [...all].filter(([name]) => !others.has(name)).map(([, channel]) => channel);
  return { added: only(now, then), dropped: only(then, now) };
}

function channelsIn({ operators }: UpstreamState): Map<string, SelectedChannel> {
  return new Map(
    operators.flatMap(({ catalog, heads }) =>
      heads.map((head) => [
        [catalog, head.package, head.channel].join(' '),
        { catalog: withoutTransport(catalog), ...head },
      ]),
    ),
  );
}

function lacksHeads({ sequence: { metadata } }: Side): boolean {
  return metadata.images.operator > 0 && metadata.provenance.operators === undefined;
}

async function configPatch(mirror: Mirror, before: Side | undefined, after: Side): Promise<string> {
  const textOf = async (side: Side | undefined): Promise<string> =>
    side === undefined ? '' : (await readRecordedConfig(mirror, side.sequence.entry.folder)).text;
  const nameOf = (side: Side | undefined): string =>
    side === undefined ? '/dev/null' : `${side.sequence.entry.folder}/${recordNames.config}`;
  const [then, now] = [await textOf(before), await textOf(after)];
  return then === now
    ? ''
    : createTwoFilesPatch(nameOf(before), nameOf(after), then, now, undefined, undefined, {
        headerOptions: FILE_HEADERS_ONLY,
      });
}

function resourceChanges(before: SequenceImages | undefined, after: SequenceImages): FileChange[] {
  const resourcesOf = ({ images }: Pick<SequenceImages, 'images'>) =>
    clusterResourcesOf({ images, destination: anyDestination });
  const [then, now] = [resourcesOf(before ?? { images: [] }), resourcesOf(after)];
  return [...new Set([...then.keys(), ...now.keys()])].sort().flatMap((file): FileChange[] => {
    const [old, text] = [then.get(file), now.get(file)];
    if (old === text) return [];
    return [{ file, change: old === undefined ? 'added' : text === undefined ? 'removed' : 'changed' }];
  });
}
