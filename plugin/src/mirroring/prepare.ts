import type { ChosenEngine } from '../engine/choose-engine';
import { chooseEngine } from '../engine/choose-engine';
import type { MirrorRequest } from '../engine/engine';
import type { ImageSetDocument } from '../imageset/document';
import { configSha256 } from '../mirror/check-sealed';
import { engineFolder } from '../mirror/data-directory';
import { ensureSpaceIn } from '../mirror/ensure-space';
import type { Mirror } from '../mirror/mirror';
import { readChain } from '../mirror/mirror';
import { checkPlaceInChain } from '../mirror/place-in-chain';
import { readConfig, readIntent } from '../mirror/records';
import { sealStage } from '../mirror/seal-transaction/seal-transaction';
import type { Base, ProvenSequence } from '../mirror/sealed-chain';
import { baseOf, openSealedChain } from '../mirror/sealed-chain';
import { engineOptions, registrySettings } from '../mirror/settings';
import type { SequenceFolder } from '../sequence/folder';
import type { SequenceIntent } from '../sequence/intent';
import { renderExplanation } from '../system/errors';
import { sameConfigAsBefore } from './errors';
import type { MirrorSequenceOptions } from './outcome';

/** All that is known before an engine starts. */
export interface Preparation {
  readonly intent: SequenceIntent;
  readonly document: ImageSetDocument;
  readonly before: readonly ProvenSequence[];
  readonly base: Base;
  readonly engine: ChosenEngine;
  readonly request: MirrorRequest;
}

/** Loads and checks everything that a planned sequence depends on. Writes nothing. */
export async function prepare(
  mirror: Mirror,
  sequence: SequenceFolder,
  { location: { env }, refresh, progress, signal, now }: MirrorSequenceOptions,
): Promise<Preparation> {
  const chain = await readChain(mirror);
  await checkPlaceInChain(mirror, chain, sequence);
  const intent = await readIntent(mirror, sequence.folder);
  const document = await readConfig(mirror, sequence.folder);
  const { sequences: before } = await openSealedChain(mirror, {
    chain,
    upTo: sequence.number - 1,
    // Whatever Nx has run or taken from its cache before.
    trust: 'proven and signed',
  });
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
    allowMissing: intent.allowMissing ?? [],
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

/** @throws SEQ0206 when the sequence asks for what its predecessor asked for, and nobody said that this is meant */
function checkAsksForSomethingElse({
  mirror,
  sequence,
  document,
  intent,
  refresh,
  before,
}: {
  mirror: Mirror;
  sequence: SequenceFolder;
  document: ImageSetDocument;
  intent: SequenceIntent;
  refresh: boolean;
  before: readonly ProvenSequence[];
}): void {
  const predecessor = before.at(-1);
  if (predecessor === undefined || refresh || intent.refresh === true || intent.base === 'none') return;
  // It asks for what that one had to do without.
  if (predecessor.metadata.provenance.missing !== undefined) return;
  if (configSha256(document.config) !== predecessor.metadata.provenance.config_sha256) return;
  throw sameConfigAsBefore({
    mirror: mirror.name,
    number: sequence.number,
    folder: sequence.folder,
    before: predecessor.entry.folder,
    file: document.file,
  });
}
