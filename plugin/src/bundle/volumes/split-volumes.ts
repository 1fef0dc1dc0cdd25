/**
 * Spreads what a bundle carries over volumes: the largest first, each on the first volume where it fits (first fit,
 * decreasing), which never takes more than 11/9 of the fewest possible, and mostly takes these. Links and the files of
 * working-dir come first, in the first volumes. What no volume holds is cut into pieces. Pure and deterministic.
 */
import { archiveFileName } from '../../archive/names';
import type { PlannedBlob, PlannedFile, PlannedLink } from '../../archive/plan';
import { entryBytesOf, planArchive } from '../../archive/plan';
import { trailerBytes } from '../../archive/tar-header';
import type { WholeSource } from '../blob-sources';
import type { BundleFile, BundleLayout, SplitArchive } from '../bundle-file';
import { mediumTooSmall, tooManyVolumes } from '../errors';
import type { Medium } from './media';

export interface Carried {
  readonly blobs: readonly PlannedBlob[];
  readonly links: readonly PlannedLink[];
  readonly files: readonly PlannedFile[];
  readonly whole: readonly WholeSource[];
  /** Where a squashed archive ends, whatever the medium. */
  readonly archiveSizeBytes: number;
}

export interface VolumeRoom {
  readonly medium: Medium;
  /** What a volume takes with so many archives or pieces before the first byte of these. */
  readonly taken: (archives: number) => number;
}

interface OpenArchive {
  links: PlannedLink[];
  blobs: PlannedBlob[];
  files: PlannedFile[];
  bytes: number;
}
type Piece = { readonly of: number; readonly from: number; readonly to: number };
interface OpenVolume {
  archives: OpenArchive[];
  whole: WholeSource[];
  pieces: Piece[];
  /** Of all files together, by the file system. */
  used: number;
}

// seq-upload.sh reads these.
const mostVolumes = 9999;
const mostPieces = 999;

/** @throws SEQ0673 when a volume has no room for anything */
export function splitVolumes(carried: Carried, { medium, taken }: VolumeRoom): BundleLayout {
  const known = new Map<number, number>();
  const takenOnce = (archives: number): number => {
    const bytes = known.get(archives) ?? taken(archives);
    known.set(archives, bytes);
    return bytes;
  };
  return spread(carried, { medium, taken: takenOnce });
}

function spread(carried: Carried, room: VolumeRoom): BundleLayout {
  const { medium } = room;
  const largest = largestFileIn(room);
  const limit = Math.min(largest, Math.max(carried.archiveSizeBytes, 1));
  const volumes: OpenVolume[] = [];
  const fits = (volume: OpenVolume, added: number, files: number): boolean =>
    medium.bytes === undefined || room.taken(countOf(volume) + files) + volume.used + added <= medium.bytes;
  const freshVolume = (): OpenVolume => {
    const volume: OpenVolume = { archives: [], whole: [], pieces: [], used: 0 };
    volumes.push(volume);
    return volume;
  };

  // An entry goes on in an open archive of the volume, or begins one.
  const addEntry = (volume: OpenVolume, needed: number, put: (archive: OpenArchive) => void): boolean => {
    for (const archive of volume.archives) {
      if (archive.bytes + needed > limit) continue;
      const added = medium.fileBytes(archive.bytes + needed) - medium.fileBytes(archive.bytes);
      if (!fits(volume, added, 0)) continue;
      put(archive);
      archive.bytes += needed;
      volume.used += added;
      return true;
    }
    const bytes = trailerBytes + needed;
    if (bytes > largest || !fits(volume, medium.fileBytes(bytes), 1)) return false;
    const archive: OpenArchive = { links: [], blobs: [], files: [], bytes };
    volume.archives.push(archive);
    volume.used += medium.fileBytes(bytes);
    put(archive);
    return true;
  };
  const firstFit = (add: (volume: OpenVolume) => boolean, from = 0): number => {
    for (let at = from; at < volumes.length; at += 1) if (add(volumes[at] as OpenVolume)) return at;
    if (!add(freshVolume())) throw mediumTooSmall(smallness(room));
    return volumes.length - 1;
  };

  // Small and many, in their order: where one did not fit, the next one is not tried again.
  let at = 0;
  for (const link of sortedBy(carried.links, ({ name }) => name)) {
    const needed = entryBytesOf(link);
    at = firstFit((volume) => addEntry(volume, needed, ({ links }) => void links.push(link)), at);
  }
  for (const file of sortedBy(carried.files, ({ name }) => name)) {
    const needed = entryBytesOf(file);
    firstFit((volume) => addEntry(volume, needed, ({ files }) => void files.push(file)));
  }

  const large: { bytes: number; of: WholeSource | PlannedBlob }[] = [];
  const items: { bytes: number; key: string; add: (volume: OpenVolume) => boolean }[] = [];
  for (const blob of carried.blobs) {
    const needed = entryBytesOf(blob);
    if (needed + trailerBytes > largest) large.push({ bytes: needed + trailerBytes, of: blob });
    else
      items.push({
        bytes: needed,
        key: blob.digest,
        add: (volume) => addEntry(volume, needed, ({ blobs }) => void blobs.push(blob)),
      });
  }
  const addFile = (volume: OpenVolume, bytes: number, put: () => void): boolean => {
    if (!fits(volume, medium.fileBytes(bytes), 1)) return false;
    volume.used += medium.fileBytes(bytes);
    put();
    return true;
  };
  for (const source of carried.whole) {
    if (source.bytes > largest) large.push({ bytes: source.bytes, of: source });
    else
      items.push({
        bytes: source.bytes,
        key: keyOf(source),
        add: (volume) => addFile(volume, source.bytes, () => void volume.whole.push(source)),
      });
  }
  for (const [index, { bytes }] of large.entries()) {
    for (let from = 0; from < bytes; from += largest) {
      const piece = { of: index, from, to: Math.min(bytes, from + largest) };
      items.push({
        bytes: piece.to - from,
        key: `~${index} ${String(from).padStart(16, '0')}`,
        add: (volume) => addFile(volume, piece.to - from, () => void volume.pieces.push(piece)),
      });
    }
  }
  items.sort((a, b) => b.bytes - a.bytes || (a.key < b.key ? -1 : 1));
  // Nearly all are small, and the first volumes are full by then: where one of these bytes did not fit, none will.
  const firstOpen = { bytes: Infinity, at: 0 };
  for (const { bytes, add } of items) {
    if (bytes < firstOpen.bytes) firstOpen.at = 0;
    firstOpen.bytes = bytes;
    firstOpen.at = firstFit(add, firstOpen.at);
  }
  if (volumes.length === 0) freshVolume();
  if (volumes.length > mostVolumes)
    throw tooManyVolumes({ volumes: volumes.length, limit: mostVolumes, media: medium.name });
  return named(volumes, large);
}

function countOf({ archives, whole, pieces }: OpenVolume): number {
  return archives.length + whole.length + pieces.length;
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
  // Room for a link at least.
  if (low < 8192) throw mediumTooSmall(smallness(room));
  return low;
}

function smallness({ medium, taken }: VolumeRoom): { media: string; bytes: number; needed: number } {
  return { media: medium.name, bytes: medium.bytes ?? 0, needed: taken(1) };
}

/**
 * Gives every archive its number: those of the first volume first, and whole ones in the order of their sequences, since
 * oc-mirror takes archives in the order of their names, and the last tag stays.
 */
function named(
  volumes: readonly OpenVolume[],
  large: readonly { bytes: number; of: WholeSource | PlannedBlob }[],
): BundleLayout {
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
