/** Mirrors: from a planned sequence to archives in the stage, to records, to a sealed sequence. */
import { join } from 'node:path';
import { uploadFilesOf } from '../bundle-format/upload-files';
import { engineLabel } from '../engine/engine-version';
import { inData } from '../mirror/data-directory';
import type { Mirror } from '../mirror/mirror';
import { noteRunTime } from '../mirror/run-times';
import { applyTransaction, archivesIn, sealStage } from '../mirror/seal-transaction/seal-transaction';
import { ensureCanSign } from '../mirror/signing/signing';
import { destinationImages } from '../push/destination-images';
import type { SequenceFolder } from '../sequence/folder';
import { imagesAtEnd } from '../mirror/sealed-chain';
import { imageChanges, imageTotal } from '../sequence/images';
import type { ImageRecord } from '../sequence/inventory-record';
import type { StagedArchives } from '../engine/engine';
import { shortSeal } from '../sequence/seal';
import { formatBytes, sumOfBytes } from '../system/byte-size';
import { makeFolder, move } from '../system/change-folder';
import { counted } from '../system/counted';
import { freeBytes } from '../system/disk';
import { isThere } from '../system/files';
import type { MirrorSequenceOptions, SealedOutcome } from './outcome';
import { prepare } from './prepare';
import { proveStage } from './prove-stage';
import { recordsOfStage } from './stage-records';

/** Fills the stage, proves what is in it, seals and promotes it. Call it with the mirror's lock held. */
export async function mirrorAndSeal(
  mirror: Mirror,
  sequence: SequenceFolder,
  options: MirrorSequenceOptions,
): Promise<SealedOutcome> {
  const { progress, now } = options;
  progress.step('check');
  const prepared = await prepare(mirror, sequence, options);
  await ensureCanSign(mirror);
  const { engine, version } = prepared.engine;
  const goesOn = await isThere(prepared.request.stage);
  await makeFolder(inData(mirror.data, prepared.request.stage));
  await giveBackArchives(mirror, sequence);
  await makeFolder(inData(mirror.data, prepared.request.engineFolder));
  progress.done(
    `config, chain, lock; ${formatBytes(await freeBytes(mirror.data.root))} free; ${engineLabel(version)} (${version.found})`,
  );

  const startedMs = performance.now();
  progress.step('mirror');
  const staged = await engine.mirrorToDisk(prepared.request, version);
  progress.done(`${counted(imageTotal(staged.images), 'image')}, ${counted(staged.archives.length, 'archive')}`);

  progress.step('verify');
  const proven = await proveStage(mirror, sequence, { ...options, prepared, staged });
  const { verified, completeness } = proven;
  const inBase =
    completeness.closure.blobs.size -
    verified.blobs.filter(({ digest }) => completeness.closure.blobs.has(digest)).length;
  progress.done(`every blob hashed, every reference found (${verified.blobs.length} new, ${inBase} in the base)`);

  progress.step('seal');
  const records = recordsOfStage(prepared, staged, { number: sequence.number, proven, now: now() });
  const { seal } = records.metadata;
  const images = destinationImages(staged.images, prepared.document.config);
  const archivesAre = await applyTransaction(
    mirror,
    {
      origin: 'mirrored',
      folder: sequence.folder,
      ...records,
      uploadFiles: await uploadFilesOf(mirror, { seal, images }),
      archivesFrom: prepared.request.stage,
      frames: verified.archives,
    },
    options,
  );
  const bytes = sumOfBytes(verified.archives);
  const milliseconds = Math.ceil(performance.now() - startedMs);
  // What a killed run had already fetched took no time in this one.
  if (!goesOn) await noteRunTime(mirror, { number: sequence.number, seal, engine: engine.name, bytes, milliseconds });
  progress.done(`${shortSeal(seal)}; ${formatBytes(bytes)} in the store`);
  return {
    kind: 'sealed',
    mirror,
    folder: sequence.folder,
    metadata: records.metadata,
    images: countsOf(imageChanges(imagesAtEnd(prepared.before), staged.images), staged.images),
    newBlobs: verified.blobs.length,
    archivesAre,
  };
}

function countsOf(changes: readonly ImageRecord[], images: StagedArchives['images']): SealedOutcome['images'] {
  const counted = (which: 'added' | 'removed'): number =>
    changes.filter(({ change, attachedTo }) => change === which && attachedTo === undefined).length;
  return { total: imageTotal(images), added: counted('added'), dropped: counted('removed') };
}

/**
 * A run of 0.1.0 that was killed just before its commit had taken archives from the engine, which may still know them.
 */
async function giveBackArchives({ data }: Mirror, { folder }: SequenceFolder): Promise<void> {
  const { archives, engine } = sealStage(data, folder);
  for (const name of await archivesIn(archives))
    await move(inData(data, join(archives, name)), inData(data, join(engine, name)));
}
