/** A volume of a transfer bundle: files that SHA256SUMS covers, and archives that may leave out what its sites have. */
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { HashPool } from '../archive/hashing/hashing';
import type { Mirror } from '../mirror/mirror';
import { recordNames } from '../mirror/records';
import { openSealedChain } from '../mirror/sealed-chain';
import type { Digest } from '../oci/digest';
import { recordLimits } from '../sequence/record-limits';
import { parseSha256Sums } from '../sequence/sha256-sums';
import { collectError } from '../system/collect-error';
import { mapConcurrently } from '../system/concurrency';
import type { Finding } from '../system/errors';
import { bytesOfFile } from '../system/files';
import { below, readableRoot } from '../system/path-below';
import { printable } from '../system/printable';
import type { Progress } from '../system/progress';
import { readText } from '../system/text-file';
import { bundleEnvFile, readBundleEnv } from './bundle-env';
import type { BundleSignature, SignatureOptions } from './bundle-signature';
import { checkBundleSignature } from './bundle-signature';
import type { BundleStatement } from './bundle-statement';
import { statementFile, statementSignatures } from './bundle-statement';
import { carriedFilesWrong } from './errors';

/** Files that SHA256SUMS cannot list. */
const uncovered = new Set([recordNames.sums, `${recordNames.sums}.sig`, statementFile, ...statementSignatures]);

export function isBundleVolume(names: readonly string[]): boolean {
  return names.includes(bundleEnvFile) && names.includes(recordNames.sums);
}

interface VolumeCheck extends SignatureOptions {
  /** `quick` hashes nothing. */
  readonly depth: 'quick' | 'full' | 'deep';
  readonly pool: HashPool;
  readonly signal: AbortSignal;
  readonly progress?: Pick<Progress, 'total' | 'advance' | 'note'> | undefined;
  /** The mirror whose signers count; `undefined` if the folder is validated outside a mirror. */
  readonly mirror: Mirror | undefined;
}

/** A volume beside its SHA256SUMS. */
export interface CheckedVolume {
  readonly findings: readonly Finding[];
  /** Number of files that SHA256SUMS lists and that are there. */
  readonly files: number;
  /** The bytes of these files. */
  readonly bytes: number;
  /** Who signed it, if the signature counts. */
  readonly by?: string | undefined;
  readonly statement?: BundleStatement | undefined;
}

/**
 * What is wrong with a volume as it was carried: its signature, and the files in SHA256SUMS, which are hashed unless
 * `depth` is `quick`.
 */
export async function checkBundleVolume(
  root: string,
  { depth, pool, signal, progress, mirror, ...options }: VolumeCheck,
): Promise<CheckedVolume> {
  const file = join(root, recordNames.sums);
  const signed: BundleSignature =
    mirror === undefined ? { findings: [] } : await checkBundleSignature(root, mirror, options);
  if (signed.by !== undefined) progress?.note(`the bundle is signed by ${printable(signed.by)}`);
  const { value: sums = [], finding } = await collectError(async () =>
    parseSha256Sums(await readText(below(readableRoot(root), file), { limit: recordLimits.sums }), file),
  );
  const sizes = await Promise.all(sums.map(({ name }) => bytesOfFile(join(root, name))));
  const bytes = sizes.reduce<number>((sum, size = 0) => sum + size, 0);
  progress?.total(bytes);
  const wrong = await mapConcurrently(sums, { limit: 4, signal }, async ({ name, sha256 }) => {
    const path = join(root, name);
    const size = await bytesOfFile(path);
    if (size === undefined) return `${name} is missing`;
    if (depth === 'quick') return undefined;
    const actual = await pool.digestOf(path, [{ offset: 0, bytes: size }], { signal });
    progress?.advance(size);
    return actual === `sha256:${sha256}` ? undefined : `${name} has another hash: ${actual}`;
  });
  const listed = new Set(sums.map(({ name }) => name));
  const unlisted = (await filesBelow(root)).filter((name) => !listed.has(name) && !uncovered.has(name));
  const details = [
    ...wrong.filter((each) => each !== undefined),
    ...unlisted.map((name) => `${name} is not in SHA256SUMS`),
  ];
  const findings = [
    ...signed.findings,
    ...(finding === undefined ? [] : [finding]),
    ...(details.length === 0 ? [] : [carriedFilesWrong({ file, details })]),
  ];
  return {
    findings,
    by: signed.by,
    statement: signed.statement,
    files: sizes.filter((size) => size !== undefined).length,
    bytes,
  };
}

/** What a volume may leave out, since its sites have it. */
export interface LeftOut {
  /** `seq1`; if a site needs one of several, the first. */
  readonly needs: readonly string[];
  readonly digests: ReadonlySet<Digest>;
  /** What is wrong with a bundle.env that does not say what the bundle needs. */
  readonly findings: readonly Finding[];
}

/** What a volume may leave out: the blobs of the sequences that it needs, by its own records. */
export async function leftOutOf(root: string): Promise<LeftOut> {
  const { value: env, finding } = await collectError(() => readBundleEnv(root));
  const numbers = (env?.needs ?? []).map(({ number }) => number);
  const place = { name: 'bundle', content: resolve(root, 'chain'), workspaceRoot: root, root };
  const { value: chain } = await collectError(() =>
    openSealedChain(place, { upTo: Math.max(0, ...numbers), trust: 'as recorded' }),
  );
  return {
    needs: numbers.map((number) => `seq${number}`),
    digests: new Set(chain?.sequences.flatMap(({ inventory }) => inventory.blobs.map(({ digest }) => digest))),
    findings: finding === undefined ? [] : [finding],
  };
}

async function filesBelow(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
}
