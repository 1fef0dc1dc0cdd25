/**
 * Checks one recorded sequence: its archives against its records. verdict.ts later adds what the other sequences hold.
 */
import type { ArchiveIndex } from '../archive/archive-index';
import type { WorkingDirFile } from '../archive/working-dir';
import { frameFiles } from '../mirror/frames';
import type { LocatedArchives } from '../mirror/locate-archives';
import { locateArchives } from '../mirror/locate-archives';
import { copiesInWords } from '../mirror/way-back';
import type { BlobRecord } from '../oci/blob';
import type { Digest } from '../oci/digest';
import type { MirroredImage } from '../oci/image';
import { sumOfBytes } from '../system/byte-size';
import type { Finding } from '../system/errors';
import type { CheckedArchives, CheckRun, KnownArchives } from './check-archives';
import { checkArchives, soundBlobs } from './check-archives';
import { compareBlobs, linkFindings } from './compare-content';
import { archiveMissing, archivesNotHere, imagesAllowedMissing, retiredInPart } from './errors';
import type { LinkPlace } from './images-of-base';
import { catalogsIn } from './operators';
import type { SampledBlobs } from './sample';
import { hashSample } from './sample';
import { scanForSecrets } from './scan-for-secrets';
import type { SequenceRecord } from './sequence-record';
import type { Travels } from './travels';
import { travelsIn } from './travels';
import type { BrokenImage, Depth } from './validation';

export interface CheckedSequence {
  readonly recorded: SequenceRecord;
  /** Whether its archives are here and were checked. `retired`: not all of them are here, on purpose. */
  readonly presence: LocatedArchives['presence'] | 'retired';
  readonly findings: readonly Finding[];
  /** Damaged blobs, with their archives. */
  readonly damaged: ReadonlyMap<Digest, string>;
  /** Images whose links are missing or wrong. */
  readonly broken: readonly BrokenImage[];
  /** Only at depth `deep`: blobs that were hashed and are sound. */
  readonly sound: ReadonlyMap<Digest, BlobRecord> | undefined;
  /** Set if only these of its blobs were read, for a sample. */
  readonly sampled?: SampledBlobs | undefined;
  readonly archives: number;
  readonly blobs: number;
  readonly bytes: number;
  readonly travels: Travels | undefined;
  readonly catalogs: readonly WorkingDirFile[];
}

interface SequenceCheck extends CheckRun {
  readonly depth: Depth;
  readonly known: KnownArchives;
  /** Records of all blobs of the chain. */
  readonly records: ReadonlyMap<Digest, BlobRecord>;
  /** Where the links of a sequence's images have to lie. */
  readonly linkPlaces: (sequence: SequenceRecord) => (image: MirroredImage) => LinkPlace;
  /** How a sequence's archives are reissued. */
  readonly remedy: (sequence: SequenceRecord) => string;
  /** How many bytes of a sequence to read; `undefined`: all. */
  readonly partOf: (sequence: SequenceRecord) => number | undefined;
  readonly random: () => number;
  /** Whether archives may be somewhere else: in a workspace they may, on a disk that was carried they may not. */
  readonly absence: 'allowed' | 'refused';
}

export async function checkSequence(recorded: SequenceRecord, checking: SequenceCheck): Promise<CheckedSequence> {
  const checked = await checkContent(recorded, checking);
  const { metadata, entry } = recorded;
  const images = metadata?.provenance.missing ?? [];
  if (images.length === 0) return checked;
  return { ...checked, findings: [...checked.findings, imagesAllowedMissing({ folder: entry.folder, images })] };
}

async function checkContent(recorded: SequenceRecord, checking: SequenceCheck): Promise<CheckedSequence> {
  const { metadata, mirror, entry } = recorded;
  const nothing = {
    recorded,
    damaged: new Map(),
    broken: [],
    sound: undefined,
    archives: 0,
    blobs: 0,
    bytes: 0,
    travels: undefined,
    catalogs: [],
  };
  if (metadata === undefined) return { ...nothing, presence: 'absent', findings: [] };
  const { folder } = entry;
  const next = checking.remedy(recorded);
  const located = await locateArchives(mirror, folder, metadata);
  // A record that somebody carried here must not explain why its archives are missing.
  if (recorded.custody?.state === 'retired' && checking.absence === 'allowed' && !isWhole(located)) {
    const left = located.archives.flatMap(({ name, file }) => (file === undefined ? [] : [name]));
    const findings = left.length === 0 ? [] : [retiredInPart({ folder, left, mirror: mirror.name })];
    return { ...nothing, presence: 'retired', findings };
  }
  if (located.presence === 'absent') {
    const copies = copiesInWords(recorded.custody);
    const findings =
      checking.absence === 'allowed'
        ? [archivesNotHere({ folder, copies, next })]
        : metadata.archives.map(({ name, bytes }) =>
            archiveMissing({ folder, archive: name, bytes, details: [], next }),
          );
    return { ...nothing, presence: 'absent', findings };
  }
  const framesOf = (archive: string): string[] =>
    mirror.data === undefined ? [] : frameFiles(mirror.data, folder, { ...metadata, archive });
  const subject = { folder, located, known: checking.known, framesOf, next };
  const part = checking.depth === 'quick' ? undefined : checking.partOf(recorded);
  if (part !== undefined) {
    const { findings, indexes } = await checkArchives(subject, 'quick', checking);
    const sampled = await hashSample(indexes, { ...checking, folder, next, bytes: part });
    // If the sample has no blob, there is little to read, and all of it is read below.
    if (sampled.blobs > 0 || findings.length > 0)
      return {
        ...{ ...nothing, presence: 'here', sampled },
        findings: [...findings, ...sampled.findings],
        ...countsOf(indexes),
        travels: travelsIn(indexes, undefined),
      };
  }
  const checked = await checkArchives(subject, checking.depth, checking);
  const compared = compare(recorded, checked, {
    records: checking.records,
    placeOf: checking.linkPlaces(recorded),
    next,
    located,
  });
  const { depth, signal } = checking;
  const secrets =
    depth === 'deep' ? await scanForSecrets(checked.indexes, { folder: mirror.content, name: folder, signal }) : [];
  return {
    recorded,
    presence: 'here',
    findings: [...checked.findings, ...compared.findings, ...secrets],
    damaged: new Map(checked.content?.damaged.map(({ digest, archive }) => [digest, archive])),
    broken: compared.broken,
    sound: checked.content === undefined ? undefined : soundBlobs(checked.content),
    ...countsOf(checked.indexes),
    travels: travelsIn(
      checked.indexes,
      depth === 'deep' ? new Set(recorded.images.map(({ repository }) => repository)) : undefined,
    ),
    catalogs: catalogsIn(checked.indexes),
  };
}

function isWhole({ archives }: LocatedArchives): boolean {
  return archives.every(({ file }) => file !== undefined);
}

function countsOf(indexes: readonly ArchiveIndex[]): Pick<CheckedSequence, 'archives' | 'blobs' | 'bytes'> {
  return {
    archives: indexes.length,
    blobs: indexes.reduce((sum, { blobs }) => sum + blobs.size, 0),
    bytes: sumOfBytes(indexes),
  };
}

function compare(
  { entry: { folder }, inventory, images }: SequenceRecord,
  { content, indexes }: CheckedArchives,
  {
    records,
    placeOf,
    next,
    located,
  }: Pick<SequenceCheck, 'records'> & {
    placeOf: (image: MirroredImage) => LinkPlace;
    next: string;
    located: LocatedArchives;
  },
): { findings: Finding[]; broken: readonly BrokenImage[] } {
  if (content === undefined || inventory === undefined) return { findings: [], broken: [] };
  const damaged = new Set(content.damaged.map(({ digest }) => digest));
  const damagedLinks = new Set(indexes.flatMap((index) => index.damagedLinks));
  const found = { blobs: soundBlobs(content), links: content.links, damagedLinks, damaged };
  const links = linkFindings(found, { folder, images, records, placeOf }, { next });
  // What a missing archive held is missing too, which was reported.
  const isWhole = located.archives.every(({ name }) => content.archives.some((archive) => archive.name === name));
  if (!isWhole) return { findings: [], broken: links.broken };
  const blobs = compareBlobs(found, { folder, blobs: inventory.blobs, images, records }, { next });
  return { findings: [...blobs, ...links.findings], broken: links.broken };
}
