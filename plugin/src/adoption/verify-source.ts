/** Everything about one folder that is to be adopted that does not depend on the chain it will be a part of. */
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { ArchiveIndex } from '../archive/archive-index';
import type { HashPool } from '../archive/hashing/hashing';
import { readManifests } from '../archive/manifests';
import type { VerifiedArchives } from '../archive/verify';
import { verifyArchives } from '../archive/verify';
import type { WorkingDir } from '../archive/working-dir';
import { workingDirIn } from '../archive/working-dir';
import { versionFromGit } from '../engine/engine-version';
import type { BlobRecord } from '../oci/blob';
import type { Digest } from '../oci/digest';
import { hexOf } from '../oci/digest';
import type { TagDigests } from '../oci/image';
import type { Finding } from '../system/errors';
import { isSeqmirrorError } from '../system/errors';
import { valueOfJson } from '../system/json-text';
import type { Progress } from '../system/progress';
import { tagsIn } from './adopted-images';
import type { Calling } from './called-for';
import { calledFor } from './called-for';
import { readForeignText } from './foreign-text';
import type { OriginalMetadata } from './original-metadata';
import { ocMirrorVersionIn, originalMetadataByteLimit, readOriginalMetadata } from './original-metadata';
import { readPartialIndex } from './partial-index';
import { shippedEarlier } from './shipped-earlier';
import type { SourceConfig } from './source-config';
import { sourceConfig } from './source-config';
import type { SourceFile, SourceFolder } from './source-folders';

export interface AdoptedArchive {
  readonly file: SourceFile;
  readonly sha256: string;
  /** Of whole archives. */
  readonly frameSha256?: string | undefined;
}

export interface VerifiedSource {
  readonly folder: SourceFolder;
  /** The folder's path as people know it. */
  readonly shown: string;
  readonly archives: readonly AdoptedArchive[];
  /** What is sound. */
  readonly blobs: readonly BlobRecord[];
  /** Every tag in them, other configurations' included. */
  readonly tags: TagDigests;
  /** What is not. */
  readonly findings: readonly Finding[];
  readonly config: SourceConfig;
  readonly calling: Calling;
  /** What oc-mirror left out because it had shipped it before. */
  readonly shippedEarlier: ReadonlySet<Digest>;
  readonly original: OriginalMetadata | undefined;
  readonly engineVersion: string;
  /** What a reader of the folder ought to know, a line each. */
  readonly notes: readonly string[];
}

export interface VerifySourceOptions {
  readonly pool: HashPool;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  readonly givenConfig: string | undefined;
  readonly shown: (path: string) => string;
}

/** @throws SEQ01xx, SEQ0249, SEQ0251 when there is no configuration that oc-mirror would take */
export async function verifySource(folder: SourceFolder, options: VerifySourceOptions): Promise<VerifiedSource> {
  const { pool, signal, progress, givenConfig, shown } = options;
  const original = await originalOf(folder);
  const proven = await proveArchives(folder, options);
  const config = await sourceConfig(folder, { given: givenConfig, indexes: proven.indexes, signal, shown });
  const workingDir = workingDirIn(proven.indexes, { signal });
  const tags = tagsIn(proven.links);
  const calling = await calledFor({ config: config.document.config, workingDir, tags });
  const archives: AdoptedArchive[] = [];
  for (const file of folder.archives) {
    const whole = proven.archives.find(({ name }) => name === file.name);
    const sha256 =
      whole?.sha256 ??
      hexOf(await pool.digestOf(file.path, [{ offset: 0, bytes: file.bytes }], { signal, progress: progress.advance }));
    archives.push({ file, sha256, frameSha256: whole === undefined ? undefined : whole.frameSha256 });
  }
  return {
    folder,
    shown: shown(folder.path),
    archives,
    blobs: proven.blobs,
    tags,
    findings: proven.findings,
    config,
    calling,
    shippedEarlier: await shippedEarlier(workingDir),
    original: original.metadata,
    engineVersion: await engineVersionOf(original.metadata, workingDir),
    notes: [...original.notes, ...calling.notes],
  };
}

interface Proven extends Pick<VerifiedArchives, 'blobs' | 'links' | 'findings'> {
  readonly archives: readonly { readonly name: string; readonly sha256: string; readonly frameSha256: string }[];
  readonly indexes: readonly ArchiveIndex[];
}

/** Of an archive that is cut or broken, what lies before that place is taken too, as far as it is sound. */
async function proveArchives(folder: SourceFolder, { pool, signal, progress }: VerifySourceOptions): Promise<Proven> {
  const paths = folder.archives.map(({ path }) => path);
  const verified = await verifyArchives(paths, {
    pool,
    hash: 'blobs and files',
    signal,
    progress: progress.advance,
  });
  const whole = verified.archives.map(({ index }) => index);
  const broken = folder.archives.filter(({ name }) => !whole.some((index) => index.name === name));
  if (broken.length === 0) return { ...verified, indexes: whole };
  const partial: ArchiveIndex[] = [];
  const blobs = new Map(verified.blobs.map((blob) => [blob.digest, blob]));
  for (const { path } of broken) {
    const index = await readPartialIndex(path, { signal });
    partial.push(index);
    const places = [...index.blobs];
    const digests = await pool.digestsOf(
      path,
      places.map(([, place]) => place),
      { signal },
    );
    places.forEach(([digest, { bytes }], at) => {
      if (digests[at] === digest && !blobs.has(digest)) blobs.set(digest, { digest, bytes });
    });
  }
  const indexes = [...whole, ...partial];
  const unsound = new Set(indexes.flatMap((index) => [...index.blobs.keys()]).filter((digest) => !blobs.has(digest)));
  const read = await readManifests(indexes, { except: unsound, signal });
  for (const [digest, record] of read.manifests) if (blobs.has(digest)) blobs.set(digest, record);
  const links = new Map(
    [...verified.links, ...partial.flatMap((index) => index.links)].map((link) => [link.name, link]),
  );
  return {
    archives: verified.archives,
    blobs: [...blobs.values()].sort((a, b) => (a.digest < b.digest ? -1 : 1)),
    links: [...links.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    findings: verified.findings,
    indexes,
  };
}

async function originalOf(
  folder: SourceFolder,
): Promise<{ metadata: OriginalMetadata | undefined; notes: readonly string[] }> {
  const path = join(folder.path, 'seq-metadata.yaml');
  try {
    const text = await readForeignText(path, { limit: originalMetadataByteLimit });
    if (text === undefined) return { metadata: undefined, notes: [] };
    const { metadata, trouble } = readOriginalMetadata(text);
    if (trouble === undefined) return { metadata, notes: [] };
    const outcome = metadata === undefined ? 'it was left out' : 'it was read line by line';
    return { metadata, notes: [`its ${basename(path)} is not YAML (${trouble}), so ${outcome}`] };
  } catch (error) {
    // Nothing depends on it.
    if (!isSeqmirrorError(error)) throw error;
    return { metadata: undefined, notes: [`its ${basename(path)} was left out: ${error.why ?? error.what}`] };
  }
}

const PackedVersion = z.object({ gitVersion: z.string().min(1).max(200) });

async function engineVersionOf(original: OriginalMetadata | undefined, workingDir: WorkingDir): Promise<string> {
  const packed = await workingDir.text('internal/oc-mirror-version.json', { limit: 64 * 1024 });
  const version =
    ocMirrorVersionIn(original?.oc_mirror_version) ??
    PackedVersion.safeParse(valueOfJson(packed ?? '')).data?.gitVersion;
  return version === undefined ? 'unknown' : versionFromGit(version).trim() || 'unknown';
}
