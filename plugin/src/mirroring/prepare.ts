import { join } from 'node:path';
import type { MirrorRequest } from '../engine/engine';
import type { ImageSetDocument } from '../imageset/document';
import type { SequenceFolder } from '../sequence/folder';
import type { SequenceIntent } from '../sequence/intent';
import { renderExplanation } from '../system/errors';
import type { ChosenEngine } from './choose-engine';
import { chooseEngine } from './choose-engine';
import { engineFolder, stageFolder } from './data-directory';
import { checkAsksForSomethingElse, checkPlaceInChain } from './may-mirror';
import type { Mirror } from './mirror';
import { readChain } from './mirror';
import type { MirrorSequenceOptions } from './mirror-sequence';
import { ensureSpaceIn } from './preflight';
import { readConfig, readIntent } from './records';
import type { Base, SealedSequence } from './sealed-chain';
import { baseOf, readSealedSequences } from './sealed-chain';
import { engineOptions, registrySettings } from './settings';

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
  checkAsksForSomethingElse({ mirror, sequence, document, intent, refresh, before });
  const base = baseOf(sequence.number, intent.base, before);
  const engine = await chooseEngine(mirror.settings, { document, env });
  for (const warning of engine.warnings) progress.note(renderExplanation(warning));
  if (base.lost.length > 0) {
    progress.note(
      `The archives of ${base.lost.map((number) => `seq${number}`).join(', ')} are lost (custody.yaml): what only they held is fetched again`,
    );
  }
  const request: MirrorRequest = {
    document,
    base: base.blobs,
    stage: join(stageFolder(mirror.data, sequence.folder), 'engine'),
    engineFolder: engineFolder(mirror.data, engine.engine.name),
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
