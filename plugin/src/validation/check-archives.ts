/** Checks the archives of one sequence, as deeply as asked, against its records. */
import { basename } from 'node:path';
import type { ArchiveIndex } from '../archive/archive-index';
import { readArchiveIndex } from '../archive/archive-index';
import { blobDamaged } from '../archive/errors';
import type { FrameDifference } from '../archive/frame/frame';
import { firstFrameDifference } from '../archive/frame/frame';
import type { HashPool } from '../archive/hashing/hashing';
import type { VerifiedArchives } from '../archive/verify';
import { verifyArchives } from '../archive/verify';
import type { LocatedArchive, LocatedArchives } from '../mirror/locate-archives';
import type { BlobRecord } from '../oci/blob';
import type { Digest } from '../oci/digest';
import { hexOf } from '../oci/digest';
import { collectError } from '../system/collect-error';
import type { Finding } from '../system/errors';
import { archiveChanged, archiveMissing, archiveSizeDiffers, archiveUnexpected, frameChanged } from './errors';
import type { Depth } from './validation';

export interface CheckedArchives {
  readonly findings: readonly Finding[];
  /** Indexes of the archives that could be read. */
  readonly indexes: readonly ArchiveIndex[];
  /** Only at depth `deep`. */
  readonly content: VerifiedArchives | undefined;
}

export interface CheckRun {
  readonly pool: HashPool;
  readonly signal: AbortSignal;
  readonly progress: (bytes: number) => void;
}

interface Subject {
  readonly folder: string;
  readonly located: LocatedArchives;
  /** The hashes of every archive in the chain, whole or of its frame, with its name. */
  readonly known: KnownArchives;
  /** Files that may contain the frame of an archive. */
  readonly framesOf: (archive: string) => readonly string[];
  /** How to repair what is wrong. */
  readonly next: string;
}

/** `mirror_000001.tar of seq1-baseline` by the sha256 of its file or of its frame. */
export type KnownArchives = ReadonlyMap<string, string>;

export async function checkArchives(subject: Subject, depth: Depth, run: CheckRun): Promise<CheckedArchives> {
  const findings = placeFindings(subject);
  const present = subject.located.archives.filter(({ file }) => file !== undefined);
  const checked =
    depth === 'deep' ? await hashBlobs(present, subject, run) : await readHeaders(present, subject, depth, run);
  return { ...checked, findings: [...findings, ...checked.findings] };
}

function placeFindings({ folder, located, next }: Subject): Finding[] {
  const { archives, unexpected } = located;
  return [
    ...unexpected.map((path) => archiveUnexpected({ folder, file: basename(path) })),
    ...archives.flatMap(({ name, file, recorded: { bytes } }) => {
      if (file === undefined) return [archiveMissing({ folder, archive: name, bytes, details: [], next })];
      if (file.bytes === bytes) return [];
      return [archiveSizeDiffers({ folder, archive: name, expected: bytes, actual: file.bytes, next })];
    }),
  ];
}

async function readHeaders(
  archives: readonly LocatedArchive[],
  subject: Subject,
  depth: 'quick' | 'full',
  { pool, signal, progress }: CheckRun,
): Promise<CheckedArchives> {
  const findings: Finding[] = [];
  const indexes: ArchiveIndex[] = [];
  for (const { name, file, recorded } of archives) {
    if (file === undefined) continue;
    const { value: index, finding } = await collectError(() => readArchiveIndex(file.path, { signal }));
    if (index !== undefined) indexes.push(index);
    findings.push(...(index?.findings ?? [{ ...(finding as Finding), next: subject.next }]));
    if (depth !== 'full') continue;
    const digest = await pool.digestOf(file.path, [{ offset: 0, bytes: file.bytes }], { signal, progress });
    if (hexOf(digest) === recorded.sha256) continue;
    findings.push(
      archiveChanged({
        ...{ folder: subject.folder, archive: name, expected: recorded.sha256, actual: hexOf(digest) },
        hint:
          hintFor(hexOf(digest), subject.known) ??
          'Use --depth=deep to find out which blob and which image are affected',
        next: subject.next,
      }),
    );
  }
  return { findings, indexes, content: undefined };
}

async function hashBlobs(
  archives: readonly LocatedArchive[],
  subject: Subject,
  { pool, signal, progress }: CheckRun,
): Promise<CheckedArchives> {
  const { folder, known, next } = subject;
  const paths = archives.flatMap(({ file }) => file?.path ?? []);
  // Without a recorded frame, only the whole file's hash covers everything that is not a blob.
  const hash = archives.every(({ recorded }) => recorded.frame_sha256 !== undefined) ? 'blobs' : 'blobs and files';
  const verified = await verifyArchives(paths, { pool, hash, signal, progress });
  const findings = verified.findings
    .filter(({ code }) => code !== 'SEQ0301')
    .map((finding) => (finding.code === 'SEQ0305' ? finding : { ...finding, next }));
  for (const { digest, archive, actual, offset, bytes } of verified.damaged) {
    findings.push({ ...blobDamaged({ archive: `${archive} of ${folder}`, digest, actual, offset, bytes }), next });
  }
  for (const { name, frameSha256, ...archive } of verified.archives) {
    const { sha256 }: { readonly sha256?: string | undefined } = archive;
    const recorded = archives.find((located) => located.name === name)?.recorded;
    if (recorded === undefined) continue;
    if (recorded.frame_sha256 !== undefined && recorded.frame_sha256 !== frameSha256) {
      const hint = hintFor(frameSha256, known);
      // In another archive everything differs.
      const difference =
        hint === undefined ? await differenceIn(archive.index, subject.framesOf(name), { signal }) : undefined;
      findings.push(frameChanged({ folder, archive: name, hint, difference, next }));
    } else if (recorded.frame_sha256 === undefined && sha256 !== undefined && sha256 !== recorded.sha256) {
      const damaged = verified.damaged.some(({ archive }) => archive === name);
      if (damaged) continue;
      const facts = { folder, archive: name, expected: recorded.sha256, actual: sha256 };
      findings.push(archiveChanged({ ...facts, hint: hintFor(sha256, known), next }));
    }
  }
  return { findings, indexes: verified.archives.map(({ index }) => index), content: verified };
}

/** Where it differs from its kept frame; `undefined` without a usable frame. */
async function differenceIn(
  index: ArchiveIndex,
  frames: readonly string[],
  run: { signal: AbortSignal },
): Promise<FrameDifference | undefined> {
  for (const frame of frames) {
    const { value } = await collectError(() => firstFrameDifference(index, frame, run));
    if (value !== undefined) return value;
  }
  return undefined;
}

function hintFor(hash: string, known: KnownArchives): string | undefined {
  const other = known.get(hash);
  return other === undefined ? undefined : `It has the content of ${other}: perhaps files were exchanged or renamed`;
}

/** Sound blobs by digest. */
export function soundBlobs(content: CheckedArchives['content']): Map<Digest, BlobRecord> {
  return new Map((content?.blobs ?? []).map((blob) => [blob.digest, blob]));
}
