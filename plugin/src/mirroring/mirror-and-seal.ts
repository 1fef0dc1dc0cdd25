import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { HashedArchive, VerifiedArchives } from '../archive/verify';
import { verifyArchives } from '../archive/verify';
import type { StagedArchives } from '../engine/engine';
import { engineLabel } from '../engine/engine-version';
import type { SequenceRecords } from '../mirror/build-records';
import { buildRecords, sumOfBytes } from '../mirror/build-records';
import { configSha256 } from '../mirror/check-sealed';
import { stageFolder } from '../mirror/data-directory';
import { broughtLess } from '../mirror/errors';
import { stageFrames, stagedFramesFolder } from '../mirror/frames';
import type { Mirror } from '../mirror/mirror';
import type { Commit } from '../mirror/seal-transaction/commit';
import { archivesFolder, recordsFolder, withinData, writeCommit } from '../mirror/seal-transaction/commit';
import { promote } from '../mirror/seal-transaction/promote';
import { ensureCanSign, requireChainSignature } from '../mirror/signing/signing';
import type { SequenceFolder } from '../sequence/folder';
import { imageTotal } from '../sequence/images';
import type { RecordedProvenance } from '../sequence/metadata';
import { shortSeal } from '../sequence/seal';
import { syncFile, syncFolder, writeFileAtomically } from '../system/atomic-file';
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
  await giveBackArchives(mirror, sequence, prepared.request.stage);
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
  const commit = await stageCommit(mirror, sequence, { records, staged, verified, signal: options.signal });
  const archivesAre = await promote(mirror, commit);
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

/** A run killed just before it committed had taken archives from the engine, which may still know them for finished. */
async function giveBackArchives(mirror: Mirror, { folder }: SequenceFolder, engineStage: string): Promise<void> {
  const archives = archivesFolder(stageFolder(mirror.data, folder));
  for (const name of await readdir(archives).catch(() => [] as string[])) {
    await rename(join(archives, name), join(engineStage, name));
  }
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

/** Puts everything that promotion needs into the stage, on disk for good, and commits to it. */
async function stageCommit(
  mirror: Mirror,
  { folder, number }: SequenceFolder,
  {
    records,
    staged,
    verified,
    signal,
  }: { records: SequenceRecords; staged: StagedArchives; verified: VerifiedArchives; signal: AbortSignal },
): Promise<Commit> {
  const { metadata, texts } = records;
  const stage = stageFolder(mirror.data, folder);
  await stageFrames(stage, verified.archives, { signal });
  const archives = archivesFolder(stage);
  await rm(archives, { recursive: true, force: true });
  await mkdir(archives, { recursive: true });
  for (const archive of staged.archives) {
    await syncFile(archive);
    await rename(archive, join(archives, basename(archive)));
  }
  await syncFolder(archives);
  await rm(recordsFolder(stage), { recursive: true, force: true });
  for (const [name, text] of texts) await writeFileAtomically(join(recordsFolder(stage), name), text);
  const commit: Commit = {
    schema: 'seqmirror/v1',
    entry: { number, folder, seal: metadata.seal },
    previous: metadata.previous,
    configSha256: metadata.provenance.config_sha256,
    archivesFrom: withinData(mirror.data, archives),
    archives: staged.archives.map((archive) => basename(archive)),
    framesFrom: withinData(mirror.data, stagedFramesFolder(stage)),
    records: [...texts.keys()],
  };
  await writeCommit(mirror.data, commit);
  return commit;
}
