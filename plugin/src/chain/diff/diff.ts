/**
 * What changed between two sealed sequences, or between what a site has and a sequence. From records alone: asks no
 * registry, reads no archive, writes nothing.
 */
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import { clusterResourcesOf } from '../../cluster-resources/cluster-resources';
import type { UpstreamState } from '../../mirror/changes/changes';
import { changesByKind, movesSince, pinnedCatalogs, recordedHeads, totalOf } from '../../mirror/changes/changes';
import type { Mirror, MirrorLocation } from '../../mirror/mirror';
import { openMirror } from '../../mirror/mirror';
import { readPinnedConfig, readRecordedConfig, recordNames } from '../../mirror/records';
import type { SealedSequence } from '../../mirror/sealed-chain';
import { imagesAtEnd, openSealedChain } from '../../mirror/sealed-chain';
import { headWithin, heldBy, readSite } from '../../mirror/sites/sites';
import type { Digest } from '../../oci/digest';
import type { MirroredImage } from '../../oci/image';
import { withoutTransport } from '../../oci/reference';
import type { DestinationImage } from '../../push/destination-images';
import { destinationImages } from '../../push/destination-images';
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
  const { sequences } = await openSealedChain(mirror, { trust: 'as recorded' });
  const last = sequences.at(-1)?.entry.number;
  if (last === undefined) throw diffOfNothing({ mirror: mirror.name });
  const numbers = { to: to ?? last, from };
  const known = site === undefined ? undefined : await readSite(mirror, site);
  if (known !== undefined)
    numbers.from ??=
      headWithin(
        known.ledger,
        sequences.map(({ entry }) => entry),
      )?.sequence ?? 0;
  numbers.from ??= numbers.to - 1;

  const after = await sideAt(numbers.to, mirror, sequences);
  const before = numbers.from === 0 ? undefined : await sideAt(numbers.from, mirror, sequences);
  const blobs = blobSetOf(...sequences.map(({ inventory }) => inventory.blobs));
  const base: { has(digest: Digest): boolean } =
    known === undefined
      ? blobSetOf(...sequences.slice(0, numbers.from).map(({ inventory }) => inventory.blobs))
      : heldBy(known.ledger, sequences);
  const states = { before: before?.state ?? nothing, after: after.state };
  const kinds = changesByKind({ images: states.before.images, blobs }, { images: after.state.images, blobs }, base);
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
    images: summariseChanges(states.before.images, states.after.images),
    config: configPatch(before, after),
    clusterResources: resourceChanges(before?.arrived ?? [], after.arrived),
  };
}

/** A sealed sequence, as it is compared. */
interface Side {
  readonly sequence: SealedSequence;
  readonly state: UpstreamState & { readonly images: readonly MirroredImage[] };
  /** Its images as they are named where they arrive. */
  readonly arrived: readonly DestinationImage[];
  /** Text of its imageset-config.yaml. */
  readonly configText: string;
}

const nothing: Side['state'] = { images: [], catalogs: [], operators: [] };

async function sideAt(number: number, mirror: Mirror, sequences: readonly SealedSequence[]): Promise<Side> {
  const sequence = sequences[number - 1];
  if (sequence === undefined) throw notSealedForDiff({ mirror: mirror.name, number, last: sequences.length });
  const { folder } = sequence.entry;
  const { config, text: configText } = await readRecordedConfig(mirror, folder);
  const { config: pinned } = await readPinnedConfig(mirror, folder);
  const images = imagesAtEnd(sequences.slice(0, number));
  return {
    sequence,
    state: {
      images,
      catalogs: pinnedCatalogs(config, pinned),
      operators: recordedHeads(sequence.metadata.provenance.operators),
    },
    arrived: destinationImages(images, config),
    configText,
  };
}

function whichIs({ sequence: { entry, metadata } }: Side): DiffSide {
  return { number: entry.number, folder: entry.folder, timestamp: metadata.timestamp };
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

function configPatch(before: Side | undefined, after: Side): string {
  const nameOf = ({ sequence: { entry } }: Side): string => `${entry.folder}/${recordNames.config}`;
  const [then, now] = [before?.configText ?? '', after.configText];
  if (then === now) return '';
  const names = [before === undefined ? '/dev/null' : nameOf(before), nameOf(after)] as const;
  return createTwoFilesPatch(...names, then, now, undefined, undefined, { headerOptions: FILE_HEADERS_ONLY });
}

function resourceChanges(before: readonly DestinationImage[], after: readonly DestinationImage[]): FileChange[] {
  const resourcesOf = (images: readonly DestinationImage[]) =>
    clusterResourcesOf({ images, destination: anyDestination });
  const [then, now] = [resourcesOf(before), resourcesOf(after)];
  return [...new Set([...then.keys(), ...now.keys()])].sort().flatMap((file): FileChange[] => {
    const [old, text] = [then.get(file), now.get(file)];
    if (old === text) return [];
    return [{ file, change: old === undefined ? 'added' : text === undefined ? 'removed' : 'changed' }];
  });
}
