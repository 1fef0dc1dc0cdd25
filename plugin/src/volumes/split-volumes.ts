/**
 * Spreads a bundle over volumes: blobs, links, files, whole archives and pieces alike. The largest come first, each on
 * the first volume where it fits (first fit, decreasing). That never takes more than 11/9 of the fewest possible
 * volumes, and mostly takes these. If it may have taken one too many, large-items.ts packs the large ones, if that
 * takes fewer. What no volume holds is cut into pieces. Pure and deterministic.
 */
import { archiveFileName } from '../archive/names';
import type { PlannedBlob, PlannedFile, PlannedLink } from '../archive/plan';
import { entryBytesOf, planArchive } from '../archive/plan';
import { trailerBytes } from '../archive/tar-header';
import { compareTexts } from '../system/compare-texts';
import type { WholeSource } from './bundle-file';
import type { BundleFile, BundleLayout, SplitArchive } from './bundle-file';
import { mediumTooSmall, tooManyVolumes } from './errors';
import { packLargeItems } from './large-items';
import type { FileLimits, OpenVolume, VolumeItem, VolumeRoom } from './open-volume';
import { addTo, emptyVolume } from './open-volume';

export interface VolumeContents {
  readonly blobs: readonly PlannedBlob[];
  readonly links: readonly PlannedLink[];
  readonly files: readonly PlannedFile[];
  readonly whole: readonly WholeSource[];
  /** Where a squashed archive ends, whatever the medium. */
  readonly archiveSizeBytes: number;
}

// seq-upload.sh reads these.
const mostVolumes = 9999;
const mostPieces = 999;

/** @throws SEQ0673 when a volume has no room for anything */
export function splitVolumes(carried: VolumeContents, { medium, taken }: VolumeRoom): BundleLayout {
  const known = new Map<number, number>();
  const takenOnce = (archives: number): number => {
    const bytes = known.get(archives) ?? taken(archives);
    known.set(archives, bytes);
    return bytes;
  };
  const room = { medium, taken: takenOnce };
  const items = itemsOf(carried, room);
  let layout = spread(items, room);
  const sizes = items.items.map(({ bytes }) => bytes);
  const fewest = fewestVolumes(items, room);
  for (let volumes = layout.volumes.length - 1; medium.bytes !== undefined && volumes >= fewest; volumes -= 1) {
    const volumeOf = packLargeItems(sizes, { room: emptyBytes(room), volumes });
    const packed = volumeOf === undefined ? layout : spread(items, room, volumeOf);
    if (packed.volumes.length > volumes) break;
    layout = packed;
  }
  return layout;
}

type LargeThing = { readonly bytes: number; readonly of: WholeSource | PlannedBlob };

interface SortedItems {
  /** The largest first. */
  readonly items: readonly VolumeItem[];
  /** The things that the pieces belong to. */
  readonly large: readonly LargeThing[];
  readonly limits: FileLimits;
}

function itemsOf({ links, files, blobs, whole, archiveSizeBytes }: VolumeContents, room: VolumeRoom): SortedItems {
  const largest = largestFileIn(room);
  const large: LargeThing[] = [];
  const items: VolumeItem[] = [
    ...links.map((link): VolumeItem => ({ kind: 'link', link, bytes: entryBytesOf(link), key: link.name })),
    ...files.map((file): VolumeItem => ({ kind: 'file', file, bytes: entryBytesOf(file), key: file.name })),
  ];
  for (const blob of blobs) {
    const bytes = entryBytesOf(blob);
    if (bytes + trailerBytes > largest) large.push({ bytes: bytes + trailerBytes, of: blob });
    else items.push({ kind: 'blob', blob, bytes, key: blob.digest });
  }
  for (const source of whole) {
    const { bytes } = source;
    if (bytes > largest) large.push({ bytes, of: source });
    else items.push({ kind: 'whole', source, bytes, key: keyOf(source) });
  }
  for (const [of, { bytes }] of large.entries()) {
    for (let from = 0; from < bytes; from += largest) {
      const to = Math.min(bytes, from + largest);
      const key = `${of} ${String(from).padStart(16, '0')}`;
      items.push({ kind: 'piece', piece: { of, from, to }, bytes: to - from, key });
    }
  }
  items.sort((a, b) => b.bytes - a.bytes || compareTexts(a.kind, b.kind) || compareTexts(a.key, b.key));
  return { items, large, limits: { largest, archive: Math.min(largest, Math.max(archiveSizeBytes, 1)) } };
}

/**
 * @param volumeOf the volumes of the first items; the others, and those that do not fit there, go to the first that has
 *   room
 */
function spread(
  { items, large, limits }: SortedItems,
  room: VolumeRoom,
  volumeOf: readonly number[] = [],
): BundleLayout {
  const volumes = Array.from({ length: Math.max(0, ...volumeOf.map((volume) => volume + 1)) }, emptyVolume);
  const firstFit = (item: VolumeItem, from: number): number => {
    for (let at = from; at < volumes.length; at += 1)
      if (addTo(volumes[at] as OpenVolume, item, room, limits)) return at;
    const volume = emptyVolume();
    if (!addTo(volume, item, room, limits)) throw mediumTooSmall(smallness(room));
    volumes.push(volume);
    return volumes.length - 1;
  };
  const rest = items.filter((item, index) => {
    const volume = volumes[volumeOf[index] ?? -1];
    return volume === undefined || !addTo(volume, item, room, limits);
  });
  // Nearly all are small, and the first volumes are full by then: if one of the same kind and size did not fit, none
  // will.
  let before: { item: VolumeItem; at: number } | undefined;
  for (const item of rest) {
    const isAlike = before?.item.kind === item.kind && before.item.bytes === item.bytes;
    before = { item, at: firstFit(item, isAlike ? (before?.at ?? 0) : 0) };
  }
  if (volumes.length === 0) volumes.push(emptyVolume());
  if (volumes.length > mostVolumes)
    throw tooManyVolumes({ volumes: volumes.length, limit: mostVolumes, media: room.medium.name });
  return named(volumes, large);
}

/** The room of an empty volume for one archive. */
function emptyBytes({ medium, taken }: VolumeRoom): number {
  return (medium.bytes ?? Infinity) - taken(1) - medium.fileBytes(trailerBytes);
}

/** At least so many volumes are needed, counting bytes alone. */
function fewestVolumes({ items }: SortedItems, { medium, taken }: VolumeRoom): number {
  const bytes = items.reduce((sum, item) => sum + item.bytes, 0);
  return Math.ceil(bytes / ((medium.bytes ?? Infinity) - taken(1)));
}

/** The longest file that an otherwise empty volume holds. */
function largestFileIn(room: VolumeRoom): number {
  const { medium } = room;
  if (medium.bytes === undefined) return medium.largestFile;
  const free = medium.bytes - room.taken(1);
  let [low, high] = [0, Math.min(medium.bytes, medium.largestFile)];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (medium.fileBytes(middle) <= free) low = middle;
    else high = middle - 1;
  }
  // Room for at least one link.
  if (low < 8192) throw mediumTooSmall(smallness(room));
  return low;
}

function smallness({ medium, taken }: VolumeRoom): { media: string; bytes: number; needed: number } {
  return { media: medium.name, bytes: medium.bytes ?? 0, needed: taken(1) };
}

/**
 * Numbers the archives: those of the first volume first, and whole ones in the order of their sequences, since
 * oc-mirror takes archives in the order of their names, and the last tag stays.
 */
function named(volumes: readonly OpenVolume[], large: readonly LargeThing[]): BundleLayout {
  const wholes = volumes.flatMap(({ whole }) => whole).concat(large.flatMap(({ of }) => ('path' in of ? of : [])));
  const order = new Map(sortedBy(wholes, keyOf).map((source, index) => [source, archiveFileName(index + 1)]));
  let next = wholes.length + 1;
  const nameOf = (): string => archiveFileName(next++);
  const found = volumes.map(({ archives, whole }): BundleFile[] => [
    ...whole.map((source): BundleFile => ({
      path: `archives/${order.get(source) ?? ''}`,
      bytes: source.bytes,
      kind: 'whole',
      source,
    })),
    ...archives.map((archive): BundleFile => {
      const name = nameOf();
      return { path: `archives/${name}`, bytes: archive.bytes, kind: 'squashed', archive: planArchive(name, archive) };
    }),
  ]);
  const splits = large.map(({ bytes, of }, index): SplitArchive => {
    const parts = volumes.flatMap(({ pieces }) => pieces.filter((piece) => piece.of === index)).length;
    if (parts > mostPieces) throw tooManyVolumes({ volumes: parts, limit: mostPieces, media: 'that size' });
    if ('path' in of) return { name: order.get(of) ?? '', bytes, parts, of: { source: of } };
    const name = nameOf();
    return { name, bytes, parts, of: { archive: planArchive(name, { blobs: [of], links: [] }) } };
  });
  const partNumbers = new Map(
    large.flatMap((_, index) =>
      volumes
        .flatMap(({ pieces }) => pieces.filter(({ of }) => of === index))
        .sort((a, b) => a.from - b.from)
        .map((piece, number) => [piece, number + 1] as const),
    ),
  );
  return {
    splits,
    volumes: volumes.map(({ pieces }, index) => ({
      number: index + 1,
      archives: [
        ...(found[index] ?? []),
        ...pieces.map((piece): BundleFile => {
          const { name, of } = splits[piece.of] as SplitArchive;
          const path = `parts/${name}.${String(partNumbers.get(piece)).padStart(3, '0')}`;
          const slice = { from: piece.from, to: piece.to };
          const bytes = piece.to - piece.from;
          return 'source' in of
            ? { path, bytes, kind: 'whole', source: of.source, slice }
            : { path, bytes, kind: 'squashed', archive: of.archive, slice };
        }),
      ].sort((a, b) => (a.path < b.path ? -1 : 1)),
    })),
  };
}

function keyOf({ number, archive }: WholeSource): string {
  return `${String(number).padStart(6, '0')} ${archive}`;
}

function sortedBy<T>(items: readonly T[], key: (item: T) => string): T[] {
  return [...items].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
