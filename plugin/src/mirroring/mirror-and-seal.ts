import { mkdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { HashedArchive, VerifiedArchives } from '../archive/verify';
import { verifyArchives } from '../archive/verify';
import type { StagedArchives } from '../engine/engine';
import { engineLabel } from '../engine/engine-version';
import { buildRecords, sumOfBytes } from '../mirror/build-records';
import { configSha256 } from '../mirror/check-sealed';
import { broughtLess } from '../mirror/errors';
import type { Mirror } from '../mirror/mirror';
import { applyTransaction, archivesIn, sealStage } from '../mirror/seal-transaction/seal-transaction';
import { ensureCanSign, requireChainSignature } from '../mirror/signing/signing';
import type { SequenceFolder } from '../sequence/folder';
import { imageTotal } from '../sequence/images';
import type { RecordedProvenance } from '../sequence/metadata';
import { shortSeal } from '../sequence/seal';
import { formatBytes } from '../system/byte-size';
import { counted } from '../system/counted';
import { freeBytes } from '../system/disk';
import { renderExplanation } from '../system/errors';
import { seqmirrorVersion } from '../system/package-version';
import type { Completeness } from './completeness';
import { completenessOf } from './completeness';
import type { MirrorSequenceOptions, SealedOutcome } from './mirror-sequence';
import type { Prepared } from './prepare';
import { prepare } from './prepare';

/** Fills the stage, proves what is in it, seals and promotes it. To be called with the mirror's lock held. */
export async function mirrorAndSeal(
  mirror: Mirror,
  sequence: SequenceFolder,
  options: MirrorSequenceOptions,
): Promise<SealedOutcome> {
  const { progress, now } = options;
  progress.step('check');
  await requireChainSignature(mirror);
  const prepared = await prepare(mirror, sequence, options);
  await ensureCanSign(mirror);
  const { engine, version } = prepared.engine;
  await mkdir(prepared.request.stage, { recursive: true });
  await giveBackArchives(mirror, sequence);
  await mkdir(prepared.request.engineFolder, { recursive: true });
  progress.done(
    `config, chain, lock; ${formatBytes(await freeBytes(mirror.data.root))} free; engine ${engineLabel(version)} (${version.found})`,
  );

  progress.step('mirror');
  const staged = await engine.mirrorToDisk(prepared.request, version);
  progress.done(`${counted(imageTotal(staged.images), 'image')}, ${counted(staged.archives.length, 'archive')}`);

  progress.step('verify');
  const { verified, completeness } = await verify(mirror, sequence, { prepared, staged, options });
  const inBase =
    completeness.closure.blobs.size -
    verified.blobs.filter(({ digest }) => completeness.closure.blobs.has(digest)).length;
  progress.done(`every blob hashed, every reference found (${verified.blobs.length} here, ${inBase} in the base)`);

  progress.step('seal');
  const records = buildRecords({
    ...prepared,
    number: sequence.number,
    config: prepared.document.config,
    pinnedConfig: staged.pinnedConfig,
    images: staged.images,
    closure: completeness.closure,
    blobs: verified.blobs,
    archives: verified.archives.map(({ name, bytes, sha256, frameSha256 }) => ({
      name,
      bytes,
      sha256,
      frame_sha256: frameSha256,
    })),
    provenance: provenanceOf(prepared, staged),
    now: now(),
  });
  const archivesAre = await applyTransaction(
    mirror,
    {
      origin: 'mirrored',
      folder: sequence.folder,
      ...records,
      archivesFrom: prepared.request.stage,
      frames: verified.archives,
    },
    options,
  );
  progress.done(`${shortSeal(records.metadata.seal)}; ${formatBytes(sumOfBytes(verified.archives))} in the store`);
  return {
    kind: 'sealed',
    mirror,
    folder: sequence.folder,
    metadata: records.metadata,
    newBlobs: verified.blobs.length,
    archivesAre,
  };
}

function provenanceOf({ engine: { version }, document }: Prepared, { provenance }: StagedArchives): RecordedProvenance {
  return {
    seqmirror: seqmirrorVersion(),
    engine: version.engine,
    engine_version: version.version,
    engine_sha256: version.sha256,
    config_sha256: configSha256(document.config),
    tls_verified: provenance.tlsVerified,
    substitutions: [...provenance.substitutions],
  };
}

/** A run of 0.1.0 that was killed just before its commit had taken archives from the engine, which may know them still. */
async function giveBackArchives(mirror: Mirror, { folder }: SequenceFolder): Promise<void> {
  const { archives, engine } = sealStage(mirror.data, folder);
  for (const name of await archivesIn(archives)) await rename(join(archives, name), join(engine, name));
}

async function sizesOf(paths: readonly string[]): Promise<number> {
  const sizes = await Promise.all(paths.map(async (path) => ({ bytes: (await stat(path)).size })));
  return sumOfBytes(sizes);
}

/** @throws SEQ0471 unless every blob is sound and every image whole */
async function verify(
  mirror: Mirror,
  sequence: SequenceFolder,
  { prepared, staged, options }: { prepared: Prepared; staged: StagedArchives; options: MirrorSequenceOptions },
): Promise<{ verified: VerifiedArchives<HashedArchive>; completeness: Completeness }> {
  const { progress, signal } = options;
  progress.total(await sizesOf(staged.archives));
  const verified = await verifyArchives(staged.archives, {
    hash: 'blobs and files',
    signal,
    progress: progress.advance,
  });
  const completeness = completenessOf({ images: staged.images, archived: verified, base: prepared.base.blobs });
  const damaged = verified.findings.filter(({ severity }) => severity === 'error').map(renderExplanation);
  const findings = [...damaged, ...completeness.lacking];
  if (findings.length > 0) {
    throw broughtLess({ folder: sequence.folder, findings, mirror: mirror.name, number: sequence.number });
  }
  return { verified, completeness };
}
