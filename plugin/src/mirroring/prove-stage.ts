/** Proves that what an engine has staged is whole before anything is sealed. */
import { stat } from 'node:fs/promises';
import type { HashedArchive, VerifiedArchives } from '../archive/verify';
import { verifyArchives } from '../archive/verify';
import type { StagedArchives } from '../engine/engine';
import type { Mirror } from '../mirror/mirror';
import type { SequenceFolder } from '../sequence/folder';
import { sumOfBytes } from '../system/byte-size';
import { renderExplanation } from '../system/errors';
import type { Completeness } from './completeness';
import { completenessOf } from './completeness';
import { broughtLess } from './errors';
import type { MirrorSequenceOptions } from './outcome';
import type { Preparation } from './prepare';

export interface ProvenStage {
  readonly verified: VerifiedArchives<HashedArchive>;
  readonly completeness: Completeness;
}

/**
 * Archives that the engine read back while it filled them are hashed again only if somebody changed them since.
 *
 * @throws SEQ0471 unless every blob is sound and every image whole
 */
export async function proveStage(
  mirror: Mirror,
  sequence: SequenceFolder,
  {
    prepared,
    staged,
    progress,
    signal,
  }: Pick<MirrorSequenceOptions, 'progress' | 'signal'> & { prepared: Preparation; staged: StagedArchives },
): Promise<ProvenStage> {
  progress.total(await sizesOf(staged.archives));
  const verified = await verifyArchives(staged.archives, {
    hash: 'blobs and files',
    readBack: staged.readBack,
    signal,
    progress: progress.advance,
  });
  const { linksInBase } = prepared.request;
  const completeness = completenessOf({
    images: staged.images,
    archived: verified,
    base: prepared.base.blobs,
    linksInBase: staged.linksLeftOut ? linksInBase : () => false,
  });
  const damaged = verified.findings.filter(({ severity }) => severity === 'error').map(renderExplanation);
  const findings = [...damaged, ...completeness.lacking];
  if (findings.length > 0) {
    throw broughtLess({ folder: sequence.folder, findings, mirror: mirror.name, number: sequence.number });
  }
  return { verified, completeness };
}

async function sizesOf(paths: readonly string[]): Promise<number> {
  const sizes = await Promise.all(paths.map(async (path) => ({ bytes: (await stat(path)).size })));
  return sumOfBytes(sizes);
}
