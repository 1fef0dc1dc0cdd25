/** Reads the content of a folder of archives without records; it does not judge it. */
import { basename, join } from 'node:path';
import type { ArchiveIndex } from '../archive/archive-index';
import { readArchiveIndex } from '../archive/archive-index';
import { isArchiveName } from '../archive/names';
import type { HashedArchive, VerifiedArchives } from '../archive/verify';
import { verifyArchives } from '../archive/verify';
import { workingDirIn } from '../archive/working-dir';
import { parseImageSet } from '../imageset/document';
import type { Digest } from '../oci/digest';
import { hexOf } from '../oci/digest';
import type { MirroredImage } from '../oci/image';
import { blobSetOf } from '../sequence/closure';
import { recordLimits } from '../sequence/record-limits';
import { parseSha256Sums } from '../sequence/sha256-sums';
import { collectError } from '../system/collect-error';
import type { Finding } from '../system/errors';
import { namesIn } from '../system/files';
import { below, readableRoot } from '../system/path-below';
import { readTextIfThere } from '../system/text-file';
import type { ReadArchives } from './foreign-archives';
import { imagesByTag, requestedAndMissing } from './plain-images';
import type { ShippedHistory } from './shipped-history';
import { shippedHistory } from './shipped-history';

const sumsFile = 'SHA256SUMS';
const configFile = 'imageset-config.yaml';

export interface PlainSet {
  /** Indexes of the archives that could be read. */
  readonly indexes: readonly ArchiveIndex[];
  /** What is wrong with single archives. */
  readonly findings: readonly Finding[];
}

/** SHA256SUMS beside archives, and the hashes of these. */
export interface PlainSums {
  /** What is wrong with the file. */
  readonly findings: readonly Finding[];
  /** Archives that it lists and that could be hashed, with 64 hexadecimal digits. */
  readonly archives: readonly { readonly name: string; readonly expected: string; readonly actual: string }[];
}

/** A set in which every blob was hashed. */
export interface HashedPlainSet extends PlainSet, Pick<VerifiedArchives, 'links' | 'damaged'> {
  /** Sound blobs. */
  readonly blobs: ReturnType<typeof blobSetOf>;
  readonly sums: PlainSums | undefined;
  readonly images: readonly MirroredImage[];
  /** What oc-mirror left out because it had shipped it before. */
  readonly history: ShippedHistory | undefined;
  /** Images that the configuration beside them names one by one, but that no tag leads to. */
  readonly missing: readonly string[];
}

/** Reads headers only. */
export async function readPlainSet(folder: string, { signal }: Pick<ReadArchives, 'signal'>): Promise<PlainSet> {
  const findings: Finding[] = [];
  const indexes: ArchiveIndex[] = [];
  for (const path of await archivesIn(folder)) {
    const { value: index, finding } = await collectError(() => readArchiveIndex(path, { signal }));
    if (index !== undefined) indexes.push(index);
    findings.push(...(index?.findings ?? (finding === undefined ? [] : [finding])));
  }
  return { findings, indexes };
}

/** Compares the whole files of a set with SHA256SUMS; `undefined` if there is no such file. */
export async function readPlainSums(
  folder: string,
  { indexes }: PlainSet,
  { pool, signal }: Pick<ReadArchives, 'pool' | 'signal'>,
): Promise<PlainSums | undefined> {
  const text = await sumsText(folder);
  if (text === undefined) return undefined;
  return sumsOf(folder, text, async (name) => {
    const index = indexes.find((each) => each.name === name);
    return index && hexOf(await pool.digestOf(index.path, [{ offset: 0, bytes: index.bytes }], { signal }));
  });
}

/** Reads every byte. */
export async function hashPlainSet(folder: string, { pool, signal, progress }: ReadArchives): Promise<HashedPlainSet> {
  const text = await sumsText(folder);
  const hash = text === undefined ? 'blobs' : 'blobs and files';
  const verified = await verifyArchives(await archivesIn(folder), { pool, hash, signal, progress: progress.advance });
  const { links, damaged, findings } = verified;
  const indexes = verified.archives.map(({ index }) => index);
  const blobs = blobSetOf(verified.blobs);
  const sumOf = async (name: string) =>
    (verified.archives.find((archive) => archive.name === name) as HashedArchive | undefined)?.sha256;
  return {
    ...{ indexes, findings, blobs, links, damaged },
    sums: text === undefined ? undefined : await sumsOf(folder, text, sumOf),
    images: imagesByTag(links, { blobs, damaged: new Set<Digest>(damaged.map(({ digest }) => digest)) }),
    history: await shippedHistory(workingDirIn(indexes, { signal }), folder),
    missing: await requestedIn(folder, verified),
  };
}

async function archivesIn(folder: string): Promise<string[]> {
  return (await namesIn(folder))
    .filter(isArchiveName)
    .sort()
    .map((name) => join(folder, name));
}

function sumsText(folder: string): Promise<string | undefined> {
  return readTextIfThere(below(readableRoot(folder), sumsFile), { limit: recordLimits.sums });
}

async function sumsOf(
  folder: string,
  text: string,
  actualOf: (name: string) => Promise<string | undefined>,
): Promise<PlainSums> {
  const { value: sums = [], finding } = await collectError(() => parseSha256Sums(text, join(folder, sumsFile)));
  const archives = [];
  for (const name of (await archivesIn(folder)).map((path) => basename(path))) {
    const expected = sums.find((sum) => sum.name === name)?.sha256;
    const actual = await actualOf(name);
    if (expected !== undefined && actual !== undefined) archives.push({ name, expected, actual });
  }
  return { findings: finding === undefined ? [] : [finding], archives };
}

async function requestedIn(folder: string, { links }: Pick<VerifiedArchives, 'links'>): Promise<string[]> {
  const text = await readTextIfThere(below(readableRoot(folder), configFile));
  if (text === undefined) return [];
  // If oc-mirror would refuse the configuration, that is not an error of the archives.
  const { document } = parseImageSet(text, configFile);
  return document === undefined ? [] : requestedAndMissing(document.config, links);
}
