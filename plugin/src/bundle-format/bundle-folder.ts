/**
 * A bundle as it arrived: on its medium, or joined by `seq-upload.sh ingest`. Only what its seals prove is trusted.
 * SHA256SUMS says which files must be there; the script has checked it with its signature.
 */
import { join, posix } from 'node:path';
import { isArchiveName } from '../archive/names';
import type { ImageSetDocument } from '../imageset/document';
import type { SequenceImages } from '../mirror/chain-images';
import { imagesBySequence } from '../mirror/chain-images';
import type { ChainRecords } from '../mirror/mirror';
import { chainLockName, readChain } from '../mirror/mirror';
import { readConfig } from '../mirror/records';
import type { ProvenSequence } from '../mirror/sealed-chain';
import { openSealedChain } from '../mirror/sealed-chain';
import type { Digest } from '../oci/digest';
import { digestOf } from '../oci/digest';
import type { ArchiveBlobs } from '../push/archive-blobs';
import { headOf } from '../sequence/chain-lock';
import { recordLimits } from '../sequence/record-limits';
import type { Seal } from '../sequence/seal';
import { parseSha256Sums } from '../sequence/sha256-sums';
import { isSeqmirrorError } from '../system/errors';
import { isFile } from '../system/files';
import { below, readableRoot } from '../system/path-below';
import { readTextIfThere, readBytes } from '../system/text-file';
import type { BundleEnv } from './bundle-env';
import { bundleEnvFile, parseBundleEnv } from './bundle-env';
import { bundleFileName, bundleRecordLimit, parseBundleRecord } from './bundle-yaml';
import { archivesUnlikeRecords, filesNotThere, notABundle, notAsChecked, recordsApart, volumesApart } from './errors';

export interface BundleFolder {
  readonly env: BundleEnv;
  /** For example `T0007`; for a bundle without a site, the folder of the sequence. */
  readonly name: string;
  /** Paths of all archives, sorted by name. */
  readonly archives: readonly string[];
}

/** What the checker of a bundle saw of it. */
export interface CheckedBundle {
  readonly seal?: Seal | undefined;
  /** The sha256 of its SHA256SUMS. */
  readonly sums?: Digest | undefined;
}

/**
 * @param checked the bundle must still be this one. With its sums, every file except the archives is hashed; blobs in
 *   archives are hashed when they are sent
 * @throws SEQ0644 for a folder that is not a bundle, SEQ0645 if it is not whole, SEQ0653 if another bundle was checked
 */
export async function openBundleFolder(folder: string, checked: CheckedBundle = {}): Promise<BundleFolder> {
  const refuse = (problem: string) => notABundle({ folder, problem });
  const text = await readTextIfThere(below(readableRoot(folder), bundleEnvFile));
  if (text === undefined) throw refuse('the folder has no bundle.env');
  const env = parseBundleEnv(text, join(folder, bundleEnvFile));
  const { volume, volumes, splits } = env;
  const name = env.bundle ?? env.head.folder;
  if (volume !== 'all' && (volumes > 1 || splits.length > 0)) throw volumesApart({ bundle: name, volume, volumes });
  const sumsText = await readTextIfThere(below(readableRoot(folder), 'SHA256SUMS'), { limit: recordLimits.sums });
  if (sumsText === undefined) throw refuse('the folder has no SHA256SUMS');
  const listed = parseSha256Sums(sumsText, join(folder, 'SHA256SUMS')).map((sum) => sum.name);
  const absent: string[] = [];
  for (const path of listed) if (!(await isFile(join(folder, path)))) absent.push(path);
  if (absent.length > 0) throw filesNotThere({ folder, bundle: name, ...(await originsOf(folder, absent, name)) });
  if (checked.seal !== undefined && checked.seal !== env.head.seal)
    throw notAsChecked({ bundle: name, problem: `the seal of its head is ${env.head.seal}, not ${checked.seal}` });
  if (checked.sums !== undefined) await requireSums(folder, { name, sumsText, sums: checked.sums });
  const isArchive = (path: string): boolean =>
    posix.join(env.archives, posix.basename(path)) === path && isArchiveName(posix.basename(path));
  return {
    env,
    name,
    archives: listed
      .filter(isArchive)
      .sort()
      .map((path) => join(folder, path)),
  };
}

async function requireSums(
  folder: string,
  { name, sumsText, sums }: { name: string; sumsText: string; sums: Digest },
): Promise<void> {
  const actual = digestOf(sumsText);
  if (actual !== sums)
    throw notAsChecked({ bundle: name, problem: `the hash of its SHA256SUMS is ${actual}, not ${sums}` });
  for (const file of parseSha256Sums(sumsText, join(folder, 'SHA256SUMS'))) {
    if (isArchiveName(posix.basename(file.name))) continue;
    if (
      digestOf(await readBytes(below(readableRoot(folder), file.name), { limit: recordLimits.inventory })) !==
      `sha256:${file.sha256}`
    )
      throw notAsChecked({ bundle: name, problem: `${file.name} does not match SHA256SUMS` });
  }
}

export interface CarriedChain {
  readonly sequences: readonly ProvenSequence[];
  readonly all: readonly SequenceImages[];
  readonly own: SequenceImages;
  readonly document: ImageSetDocument;
}

/**
 * The records of the chain up to the head, each proven by its seal and linked to the one before it.
 *
 * @throws SEQ0646 when they do not form a chain, or their head is not the one in bundle.env
 */
export async function readBundleChain(folder: string, { env, name }: BundleFolder): Promise<CarriedChain> {
  const place: ChainRecords = { name: env.mirror, content: join(folder, 'chain'), workspaceRoot: folder, root: folder };
  const refuse = (problem: string, cause?: unknown) => recordsApart({ bundle: name, problem, cause });
  try {
    const chain = await readChain(place);
    const [finding] = chain.findings;
    if (finding !== undefined) throw refuse(`${chainLockName}: ${finding.what}`);
    const head = headOf(chain.lock);
    if (head?.seal !== env.head.seal || head.number !== env.head.number || head.folder !== env.head.folder)
      throw refuse(
        `${bundleEnvFile} names the head ${env.head.folder} (${env.head.seal}), but ${chainLockName} has another head`,
      );
    const { sequences } = await openSealedChain(place, { chain, trust: 'proven' });
    const all = await imagesBySequence(place, sequences);
    const document = await readConfig(place, head.folder);
    return { sequences, all, own: all.at(-1) as SequenceImages, document };
  } catch (error) {
    // These errors advise the sender's side, where there is a Git repository. A record that can't be read isn't wrong.
    const isOfRecords = isSeqmirrorError(error) && /^SEQ0(?:[12]|7(?!02))/.test(error.code);
    throw isOfRecords ? refuse(error.what, error) : error;
  }
}

/** @throws SEQ0647 when archives have a blob that is in no inventory, or has another length there */
export function requireKnownBlobs(
  { name }: BundleFolder,
  archives: Pick<ArchiveBlobs, 'contents'>,
  sequences: readonly ProvenSequence[],
): void {
  const known = new Map(sequences.flatMap(({ inventory }) => inventory.blobs).map((blob) => [blob.digest, blob.bytes]));
  const found: string[] = [];
  let count = 0;
  for (const { digest, bytes, archive } of archives.contents()) {
    const recorded = known.get(digest);
    if (recorded === bytes) continue;
    count += 1;
    if (count <= mostNamed)
      found.push(
        `${archive}: ${digest}, ${bytes} bytes${recorded === undefined ? '' : `; the records say ${recorded}`}`,
      );
  }
  if (count > 0) throw archivesUnlikeRecords({ bundle: name, found, count });
}

const mostNamed = 10;

/** The sequence of each file, and the label of the disc, as far as bundle.yaml names them. */
async function originsOf(folder: string, paths: readonly string[], name: string) {
  const text = await readTextIfThere(below(readableRoot(folder), bundleFileName), { limit: bundleRecordLimit });
  if (text === undefined) return { names: paths, medium: `the volumes of ${name}` };
  const { volume } = parseBundleRecord(text, join(folder, bundleFileName));
  const origins = new Map(volume.archives.map(({ path, from }) => [path, from]));
  const named = (path: string): string => {
    const from = origins.get(path);
    return from === undefined ? path : `${path} (${from})`;
  };
  return { names: paths.map(named), medium: volume.label };
}
