/** Proves archives: structure, every blob's bytes, and what their manifests say. */
import type { BlobRecord } from '../oci/blob';
import type { Digest } from '../oci/digest';
import { hexOf } from '../oci/digest';
import { mapConcurrently } from '../system/concurrency';
import type { Finding } from '../system/errors';
import { isSeqmirrorError } from '../system/errors';
import type { ArchiveIndex, BlobPlace, LinkEntry } from './archive-index';
import { readArchiveIndex } from './archive-index';
import { blobDamaged, linksDisagree } from './errors';
import { frameRangesOf } from './frame/frame';
import type { HashPool, HashRun } from './hashing/hashing';
import { startHashPool } from './hashing/hashing';
import { compareLinks } from './link-entry';
import { readManifests } from './manifests';
import type { ReadBackArchive } from './read-back';
import { isUnchanged } from './read-back';

export interface VerifiedArchive {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  /** Hash of everything that isn't a blob's body (frame.ts), 64 hexadecimal digits. */
  readonly frameSha256: string;
  /** Hash of the whole file, as in SHA256SUMS. Only if `blobs and files` were to be hashed. */
  readonly sha256?: string | undefined;
  readonly index: ArchiveIndex;
}

export interface HashedArchive extends VerifiedArchive {
  readonly sha256: string;
}

/** A blob whose bytes do not match its digest, with the digest that they have. */
export interface DamagedBlob extends BlobPlace {
  /** The archive's name. */
  readonly archive: string;
  readonly digest: Digest;
  readonly actual: Digest;
}

export interface VerifiedArchives<Archive extends VerifiedArchive = VerifiedArchive> {
  /** The whole archives, in the order in which they were given. */
  readonly archives: readonly Archive[];
  /** Every sound blob, once, sorted by digest; manifests with media type and refs. */
  readonly blobs: readonly BlobRecord[];
  /** Every link once, sorted by repository, then by kind. */
  readonly links: readonly LinkEntry[];
  /** All that is wrong. Without errors the archives hold what they say; it is not checked whether that is enough. */
  readonly findings: readonly Finding[];
  readonly damaged: readonly DamagedBlob[];
}

export interface VerifyOptions extends HashRun {
  /** Threads to use; without it, it starts and ends its own. */
  readonly pool?: HashPool | undefined;
  /** Archives that were hashed while they were filled, by their paths; not hashed again unless they changed since. */
  readonly readBack?: ReadonlyMap<string, ReadBackArchive> | undefined;
  /**
   * Sums of whole files that were hashed before, by the hashes of their frames. Frame and blobs together are the file,
   * so that a file with such a frame and sound blobs has that sum, and is not hashed as a whole.
   */
  readonly knownSums?: ReadonlyMap<string, string> | undefined;
  /** `blobs and files` also hashes each file as a whole: twice the work, for a sum that sha256sum can check. */
  readonly hash: 'blobs' | 'blobs and files';
}

/**
 * Verifies the archives of one sequence, given in the order of their numbers, in a few megabytes of memory besides the
 * entries' names. Hashes every byte once, as a part of a blob or of the frame, and small manifests are read a second
 * time. `progress` gets all of the archives' bytes in the end, however often they are hashed.
 *
 * @throws SEQ0702 when a file cannot be read. Everything wrong with its content is a finding.
 */
export async function verifyArchives(
  paths: readonly string[],
  options: VerifyOptions & { readonly hash: 'blobs and files' },
): Promise<VerifiedArchives<HashedArchive>>;
export async function verifyArchives(paths: readonly string[], options: VerifyOptions): Promise<VerifiedArchives>;
export async function verifyArchives(paths: readonly string[], options: VerifyOptions): Promise<VerifiedArchives> {
  const { signal } = options;
  const outcomes = await hashArchives(paths, options);
  const found = outcomes.flatMap((outcome) => ('broken' in outcome ? [] : [outcome]));
  const indexes = found.map(({ archive }) => archive.index);
  const damaged = found.flatMap((each) => each.damaged);
  const unsound = new Set(damaged.map(({ digest }) => digest));
  const blobs = new Map<Digest, BlobRecord>();
  for (const index of indexes) {
    for (const [digest, { bytes }] of index.blobs) if (!unsound.has(digest)) blobs.set(digest, { digest, bytes });
  }
  const read = await readManifests(indexes, { except: unsound, signal });
  for (const [digest, record] of read.manifests) if (blobs.has(digest)) blobs.set(digest, record);
  const links = mergeLinks(indexes);
  const own = outcomes.flatMap((outcome) =>
    'broken' in outcome ? [outcome.broken] : [...outcome.archive.index.findings, ...outcome.damaged.map(blobDamaged)],
  );
  return {
    archives: found.map(({ archive }) => archive),
    blobs: [...blobs.values()].sort((a, b) => (a.digest < b.digest ? -1 : 1)),
    links: links.links,
    findings: [...own, ...read.findings, ...links.findings, ...filesThatDisagree(indexes)],
    damaged,
  };
}

// One archive is indexed while another is hashed.
const archivesAtATime = 2;
// Digests are compared by the thousand and forgotten.
const blobsAtATime = 1000;

interface HashOutcome {
  readonly archive: VerifiedArchive;
  readonly damaged: readonly DamagedBlob[];
}

/** The threads that it started end here: later work does not need them, and each takes 10 MB. */
async function hashArchives(
  paths: readonly string[],
  options: VerifyOptions,
): Promise<(HashOutcome | { broken: Finding })[]> {
  const pool = options.pool ?? startHashPool();
  try {
    return await mapConcurrently(paths, { limit: archivesAtATime, signal: options.signal }, (path) =>
      orBroken(() => hashArchive(pool, path, options)),
    );
  } finally {
    if (options.pool === undefined) await pool.close();
  }
}

async function hashArchive(pool: HashPool, path: string, options: VerifyOptions): Promise<HashOutcome> {
  const { hash, readBack, knownSums, signal, progress } = options;
  const index = await readArchiveIndex(path, { signal });
  const before = await knownBefore(index, readBack?.get(path), { ...options, pool });
  if (before !== undefined) {
    progress?.(index.bytes);
    return { archive: before, damaged: [] };
  }
  const hashed = async (): Promise<string> =>
    hexOf(await pool.digestOf(path, [{ offset: 0, bytes: index.bytes }], { signal }));
  // The frame is short, and the whole file keeps one thread busy from start to end: the ranges that one thread reads are
  // then in memory for the others.
  const frame = pool.digestOf(path, frameRangesOf(index), { signal, progress }).then(hexOf);
  const known = knownSums === undefined ? undefined : frame.then((sha256) => knownSums.get(sha256));
  const knownOrHashed = async (): Promise<string> => (known === undefined ? undefined : await known) ?? hashed();
  const [frameSha256, sum, damaged] = await Promise.all([
    frame,
    hash === 'blobs' ? undefined : knownOrHashed(),
    damagedBlobs(pool, index, { signal, progress }),
  ]);
  const { name, bytes } = index;
  const isOther = sum !== undefined && sum === (await known) && damaged.length > 0;
  return { archive: { name, path, bytes, frameSha256, sha256: isOther ? await hashed() : sum, index }, damaged };
}

/** An archive of which only the frame has to be hashed: all else is known of the file as it lies there. */
async function knownBefore(
  index: ArchiveIndex,
  readBack: ReadBackArchive | undefined,
  { pool, hash, knownSums, signal }: Pick<VerifyOptions, 'hash' | 'knownSums' | 'signal'> & { pool: HashPool },
): Promise<VerifiedArchive | undefined> {
  if (readBack === undefined) return undefined;
  const { path, name, bytes, blobs } = index;
  const isSame = [...blobs].every(([digest, { offset, bytes: length }]) => {
    const proven = readBack.blobs.get(digest);
    return proven?.offset === offset && proven.bytes === length;
  });
  if (!isSame) return undefined;
  const frameSha256 = hexOf(await pool.digestOf(path, frameRangesOf(index), { signal }));
  const sha256 = readBack.sha256 ?? knownSums?.get(frameSha256);
  if (hash === 'blobs and files' && sha256 === undefined) return undefined;
  // After the index and the frame were read: if somebody writes from now on, the sums say so, as they always would.
  if (!(await isUnchanged(path, readBack))) return undefined;
  return { name, path, bytes, frameSha256, sha256, index };
}

async function damagedBlobs(
  pool: HashPool,
  { path, name: archive, blobs }: ArchiveIndex,
  run: HashRun,
): Promise<DamagedBlob[]> {
  const all = [...blobs];
  const starts = Array.from({ length: Math.ceil(all.length / blobsAtATime) }, (_, number) => number * blobsAtATime);
  const found = await mapConcurrently(starts, { limit: 4, signal: run.signal }, async (start) => {
    const some = all.slice(start, start + blobsAtATime);
    const digests = await pool.digestsOf(
      path,
      some.map(([, place]) => place),
      run,
    );
    return some.flatMap(([digest, place], number) => {
      const actual = digests[number] as Digest;
      return actual === digest ? [] : [{ archive, digest, actual, ...place }];
    });
  });
  return found.flat();
}

/** A broken archive is a finding: the others are still checked. */
async function orBroken<T>(work: () => Promise<T>): Promise<T | { broken: Finding }> {
  try {
    return await work();
  } catch (error) {
    if (!isSeqmirrorError(error) || error.code !== 'SEQ0304') throw error;
    const { code, what, why, next } = error;
    return {
      broken: {
        severity: 'error',
        code,
        what,
        why,
        next,
      },
    };
  }
}

function mergeLinks(indexes: readonly ArchiveIndex[]): { links: LinkEntry[]; findings: Finding[] } {
  const links: LinkEntry[] = [];
  const findings: Finding[] = [];
  let archives: Map<LinkEntry, string> | undefined;
  // Links with the same name keep the order of their archives.
  for (const link of indexes.flatMap((index) => index.links).sort(compareLinks)) {
    const known = links.at(-1);
    if (known === undefined || compareLinks(known, link) !== 0) links.push(link);
    else if (known.target !== link.target) {
      archives ??= new Map(indexes.flatMap((index) => index.links.map((each) => [each, index.name] as const)));
      const [first = '', second = ''] = [archives.get(known), archives.get(link)];
      findings.push(linksDisagree({ name: link.name, first, second }));
      // Unpacking in order ends with the last one.
      links[links.length - 1] = link;
    }
  }
  return { links, findings };
}

/**
 * Files with one name and several sizes. Unpacking the archives in order ends with the last one; oc-mirror before 4.20
 * leaves the rest of a longer one behind it.
 */
function filesThatDisagree(indexes: readonly ArchiveIndex[]): Finding[] {
  const findings: Finding[] = [];
  const seen = new Map<string, { archive: string; bytes: number }>();
  for (const { name: archive, workingDir, other } of indexes) {
    for (const { name, bytes } of [...workingDir, ...other]) {
      const known = seen.get(name);
      if (known === undefined) seen.set(name, { archive, bytes });
      else if (known.bytes !== bytes) findings.push(linksDisagree({ name, first: known.archive, second: archive }));
    }
  }
  return findings;
}
