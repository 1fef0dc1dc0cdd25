import type { ChosenEngine } from '../engine/choose-engine';
import { chooseEngine } from '../engine/choose-engine';
import type { MirrorRequest } from '../engine/engine';
import type { ImageSetDocument } from '../imageset/document';
import { checkSealed } from '../mirror/check-sealed';
import { engineFolder } from '../mirror/data-directory';
import { ensureSpaceIn } from '../mirror/ensure-space';
import type { Mirror } from '../mirror/mirror';
import { readChain } from '../mirror/mirror';
import { checkAsksForSomethingElse, checkPlaceInChain } from '../mirror/place-in-chain';
import { readConfig, readIntent } from '../mirror/records';
import { sealStage } from '../mirror/seal-transaction/seal-transaction';
import type { Base, SealedSequence } from '../mirror/sealed-chain';
import { baseOf, readSealedSequences } from '../mirror/sealed-chain';
import { engineOptions, registrySettings } from '../mirror/settings';
import type { SequenceFolder } from '../sequence/folder';
import type { SequenceIntent } from '../sequence/intent';
import { renderExplanation } from '../system/errors';
import type { MirrorSequenceOptions } from './mirror-sequence';

/** All that is known before an engine starts. */
export interface Prepared {
  readonly intent: SequenceIntent;
  readonly document: ImageSetDocument;
  readonly before: readonly SealedSequence[];
  readonly base: Base;
  readonly engine: ChosenEngine;
  readonly request: MirrorRequest;
}

/** Loads and checks everything that a planned sequence depends on. Writes nothing. */
export async function prepare(
  mirror: Mirror,
  sequence: SequenceFolder,
  { location: { env }, refresh, progress, signal, now }: MirrorSequenceOptions,
): Promise<Prepared> {
  const chain = await readChain(mirror);
  await checkPlaceInChain(mirror, chain, sequence);
  const intent = await readIntent(mirror, sequence.folder);
  const document = await readConfig(mirror, sequence.folder);
  const before = await readSealedSequences(mirror, chain, sequence.number - 1);
  // Whatever Nx has run or taken from its cache before.
  for (const { entry } of before) await checkSealed(mirror, chain, entry);
  checkAsksForSomethingElse({ mirror, sequence, document, intent, refresh, before });
  const base = baseOf(sequence.number, intent.base, before);
  const engine = await chooseEngine(mirror.settings.engine ?? 'auto', {
    options: engineOptions(mirror.settings),
    document,
    env,
  });
  for (const warning of engine.warnings) progress.note(renderExplanation(warning));
  if (base.lost.length > 0) {
    progress.note(
      `The archives of ${base.lost.map((number) => `seq${number}`).join(', ')} are lost (custody.yaml): what only they held is fetched again`,
    );
  }
  const request: MirrorRequest = {
    document,
    base: base.blobs,
    stage: sealStage(mirror.data, sequence.folder).engine,
    engineFolder: engineFolder(mirror.data, engine.engine.folder),
    registries: registrySettings(mirror.settings, mirror.root),
    options: engineOptions(mirror.settings),
    progress,
    signal,
    ensureSpace: ensureSpaceIn(mirror.data.root),
    env,
    now,
  };
  return { intent, document, before, base, engine, request };
}
