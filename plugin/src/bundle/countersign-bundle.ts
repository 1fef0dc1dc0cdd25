/**
 * Signs a bundle for a second person, on the medium that it was written to. First it compares the bundle with what this
 * side has: every file matches SHA256SUMS, the programs on it are ours, its head is in our chain. `validate --path`
 * proves the content of the archives.
 */
import { join } from 'node:path';
import type { HashPool } from '../archive/hashing/hashing';
import { startHashPool } from '../archive/hashing/hashing';
import { parseBundleStatement, statementFile } from '../bundle-format/bundle-statement';
import { checkBundleVolume, isBundleVolume } from '../bundle-format/bundle-volume';
import { notABundle } from '../bundle-format/errors';
import { uploadScriptFile, uploadScriptSha256 } from '../bundle-format/upload-script/upload-script';
import type { Mirror, MirrorLocation } from '../mirror/mirror';
import { forPeople, openMirror } from '../mirror/mirror';
import type { Run } from '../mirror/run';
import { openSealedChain } from '../mirror/sealed-chain';
import type { Signer } from '../mirror/signer';
import type { CountersignOutcome } from '../mirror/signing/signing';
import { asOfFirst, secondSigner, signSecond } from '../mirror/signing/signing';
import type { Digest } from '../oci/digest';
import { digestFromHex } from '../oci/digest';
import { sealedEntry } from '../sequence/chain-lock';
import type { ChainLock } from '../sequence/chain-lock';
import { canonicalJson } from '../system/canonical-json';
import { SeqmirrorError } from '../system/errors';
import { bytesOfFile, namesIn } from '../system/files';
import { below, readableRoot } from '../system/path-below';
import { readText } from '../system/text-file';
import { uploaderFile } from './enclosed-uploader';
import { notOursToSign } from './errors';

export interface CountersignBundleOptions extends Run {
  readonly location: MirrorLocation;
  /** The second person's key, if it is not the one that seqmirror.yaml names. An absolute path. */
  readonly key?: string | undefined;
  /** A volume, or the folder that holds all of them. An absolute path. */
  readonly path: string;
  /** The seqmirror-upload.js of this seqmirror, an absolute path; without it, the one in the bundle is not compared. */
  readonly uploader: string | undefined;
}

/**
 * Adds the second signature to each volume of a bundle in this folder.
 *
 * @throws SEQ0625 when no second signature can be made here, SEQ0626 when the first signature does not count or both
 *   are by one person, SEQ0644 when there is no bundle, SEQ0654 for one that is not of this chain or has other
 *   programs, and
 *   errors for its files
 *
 * @example
 * ```ts
 * await countersignBundle({ ...run, location, path: '/media/disk', uploader: await enclosedUploader() });
 * ```
 */
export async function countersignBundle({
  location,
  key,
  path,
  uploader,
  ...run
}: CountersignBundleOptions): Promise<CountersignOutcome> {
  const mirror = await openMirror(location);
  const signer = secondSigner(mirror, { key, env: location.env });
  const { lock } = await openSealedChain(mirror, { trust: 'proven and signed' });
  const pool = startHashPool();
  try {
    const programs = new Map([[uploadScriptFile, digestFromHex(await uploadScriptSha256())]]);
    if (uploader !== undefined) programs.set(uploaderFile, await digestOfFile(uploader, { pool, ...run }));
    const volumes: Countersigned[] = [];
    // All volumes are checked before one is signed.
    const looked: (() => Promise<Countersigned>)[] = [];
    for (const root of await volumesIn(path))
      looked.push(await lookAt(root, { mirror, signer, lock, programs, pool, ...run }));
    for (const sign of looked) volumes.push(await sign());
    const [{ by, head } = { by: '', head: '' }] = volumes;
    return { files: volumes.map(({ file }) => file), by, head, isNew: volumes.some(({ isNew }) => isNew) };
  } finally {
    await pool.close();
  }
}

interface Countersigned {
  readonly file: string;
  readonly by: string;
  readonly head: string;
  readonly isNew: boolean;
}

async function volumesIn(path: string): Promise<string[]> {
  const names = await namesIn(path);
  if (isBundleVolume(names)) return [path];
  const volumes: string[] = [];
  for (const name of names.sort()) if (isBundleVolume(await namesIn(join(path, name)))) volumes.push(join(path, name));
  if (volumes.length > 0) return volumes;
  throw notABundle({
    folder: path,
    problem: 'bundle.env or SHA256SUMS is missing in the folder and in its subfolders',
  });
}

interface LookingOptions extends Run {
  readonly mirror: Mirror;
  readonly signer: Signer;
  readonly lock: ChainLock;
  /** By their names on the medium. */
  readonly programs: ReadonlyMap<string, Digest>;
  readonly pool: HashPool;
}

/** @returns a function that signs it, if nothing is wrong */
async function lookAt(
  root: string,
  { mirror, signer, lock, programs, pool, ...run }: LookingOptions,
): Promise<() => Promise<Countersigned>> {
  const file = below(readableRoot(root), statementFile);
  const shown = forPeople(mirror, file.path);
  // The text is read before any check, so that exactly this text is signed.
  const content = await readText(file);
  run.progress.step('verify');
  run.progress.detail(forPeople(mirror, root));
  const { findings, statement } = await checkBundleVolume(root, {
    ...{ depth: 'full', pool, mirror: asOfFirst(mirror) },
    ...run,
  });
  const [wrong] = findings.filter(({ severity }) => severity === 'error');
  if (wrong !== undefined) throw new SeqmirrorError(wrong);
  const refuse = (problem: string, next: string) => notOursToSign({ file: shown, problem, next });
  const ask = 'Do not sign the bundle. Ask the first person how it was made';
  if (statement === undefined || canonicalJson(statement) !== canonicalJson(parseBundleStatement(content, shown)))
    throw refuse('the file changed while seqmirror checked it', ask);
  const { number, seal } = statement.head;
  const entry = sealedEntry(lock, number);
  if (entry?.seal !== seal)
    throw refuse(`the seal of its head, seq${number}, is not in chain.lock of this repository`, ask);
  for (const [name, own] of programs) {
    const path = join(root, name);
    if ((await bytesOfFile(path)) === undefined || (await digestOfFile(path, { pool, ...run })) === own) continue;
    const next =
      'If the first person used another version of seqmirror, bundle and sign again with the same version. Otherwise, do not sign the bundle';
    throw refuse(`${name} in the bundle is not the one of this version of seqmirror`, next);
  }
  run.progress.done('every file matches SHA256SUMS');
  return async () => {
    const signed = await signSecond(mirror, { file, content, purpose: 'seqmirror-bundle', signer });
    return { file: shown, head: entry.folder, ...signed };
  };
}

async function digestOfFile(path: string, { pool, signal }: Pick<LookingOptions, 'pool' | 'signal'>): Promise<Digest> {
  return pool.digestOf(path, [{ offset: 0, bytes: (await bytesOfFile(path)) ?? 0 }], { signal });
}
