import type { ChosenEngine } from '../engine/choose-engine';
import { chooseEngine } from '../engine/choose-engine';
import type { MirrorRequest } from '../engine/engine';
import type { ImageSetDocument } from '../imageset/document';
import { configSha256 } from '../mirror/check-sealed';
import { engineRequest } from '../mirror/engine-request';
import type { Chain, Mirror, MirrorLocation } from '../mirror/mirror';
import { readChain } from '../mirror/mirror';
import { checkPlaceInChain } from '../mirror/place-in-chain';
import { readConfig, readIntent } from '../mirror/records';
import type { Run } from '../mirror/run';
import { sealStage } from '../mirror/seal-transaction/seal-transaction';
import type { Base, ProvenSequence } from '../mirror/sealed-chain';
import { baseOf, openSealedChain } from '../mirror/sealed-chain';
import { engineOptions } from '../mirror/settings';
import type { SequenceFolder } from '../sequence/folder';
import type { SequenceIntent } from '../sequence/intent';
import { renderExplanation } from '../system/errors';
import { listedNames } from '../system/listed-names';
import { recordSchema } from '../yaml/schema-version';
import { sameConfigAsBefore } from './errors';

/** Everything that is known before an engine starts. */
export interface Preparation {
  readonly intent: SequenceIntent;
  readonly document: ImageSetDocument;
  readonly before: readonly ProvenSequence[];
  readonly base: Base;
  readonly engine: ChosenEngine;
  readonly request: MirrorRequest;
}

export interface PreparationRun extends Run {
  readonly location: MirrorLocation;
}

/** Loads and checks everything that a planned sequence depends on. Writes nothing. */
export async function prepare(
  mirror: Mirror,
  sequence: SequenceFolder,
  { refresh, ...run }: PreparationRun & { readonly refresh: boolean },
): Promise<Preparation> {
  const chain = await readChain(mirror);
  await checkPlaceInChain(mirror, chain, sequence);
  const intent = await readIntent(mirror, sequence.folder);
  const document = await readConfig(mirror, sequence.folder);
  const before = await sealedBefore(mirror, chain, sequence.number);
  if (!refresh && repeatsPredecessor(mirror, { document, intent, before })) {
    const { number, folder } = sequence;
    const predecessor = before.at(-1)?.entry.folder ?? '';
    throw sameConfigAsBefore({ mirror: mirror.name, number, folder, before: predecessor, file: document.file });
  }
  return preparation(mirror, { ...sequence, intent, document, before }, run);
}

/** Does the same for the configuration of the newest sealed sequence, as if it were asked for again behind it. */
export async function prepareOnceMore(
  mirror: Mirror,
  { number, folder }: { readonly number: number; readonly folder: string },
  run: PreparationRun,
): Promise<Preparation> {
  const before = await sealedBefore(mirror, await readChain(mirror), number + 1);
  const { description, resolveDependencies } = await readIntent(mirror, folder);
  const intent: SequenceIntent = {
    schema: recordSchema,
    description,
    base: 'previous',
    refresh: true,
    resolveDependencies,
  };
  const document = await readConfig(mirror, folder);
  return preparation(mirror, { number: number + 1, folder, intent, document, before }, run);
}

/** Whether a sequence asks for the same as its predecessor, although its intent does not say that this is intended. */
export function repeatsPredecessor(
  mirror: Pick<Mirror, 'settings'>,
  { document, intent, before }: Pick<Preparation, 'document' | 'intent' | 'before'>,
): boolean {
  const predecessor = before.at(-1);
  if (predecessor === undefined || intent.refresh === true || intent.base === 'none') return false;
  // It asks for images that its predecessor had to do without.
  const { missing, operators = [], config_sha256: configBefore } = predecessor.metadata.provenance;
  if (missing !== undefined) return false;
  const didResolve = operators.some(({ dependencies }) => dependencies !== undefined);
  if (operators.length > 0 && didResolve !== resolvesDependencies(mirror, intent)) return false;
  return configSha256(document.config) === configBefore;
}

/** Whether what selected operators need is mirrored too. */
function resolvesDependencies(
  { settings }: Pick<Mirror, 'settings'>,
  { resolveDependencies }: Pick<SequenceIntent, 'resolveDependencies'>,
): boolean {
  return resolveDependencies ?? settings.embedded?.resolveDependencies ?? false;
}

async function sealedBefore(mirror: Mirror, chain: Chain, number: number): Promise<readonly ProvenSequence[]> {
  // Checked whatever Nx has run or taken from its cache before.
  const { sequences } = await openSealedChain(mirror, { chain, upTo: number - 1, trust: 'proven and signed' });
  return sequences;
}

async function preparation(
  mirror: Mirror,
  {
    number,
    folder,
    ...asked
  }: Pick<SequenceFolder, 'number' | 'folder'> & Pick<Preparation, 'intent' | 'document' | 'before'>,
  run: PreparationRun,
): Promise<Preparation> {
  const { intent, document, before } = asked;
  const { location, progress } = run;
  const base = baseOf(number, intent.base, before);
  const options = engineOptions(mirror.settings);
  const resolveDependencies = resolvesDependencies(mirror, intent);
  const engine = await chooseEngine(mirror.settings.engine ?? 'auto', {
    options,
    document,
    resolveDependencies,
    env: location.env,
  });
  for (const warning of engine.warnings) progress.note(renderExplanation(warning));
  for (const state of ['lost', 'retired'] as const) {
    const names = base.gone.flatMap((each) => (each.state === state ? [`seq${each.number}`] : []));
    if (names.length === 0) continue;
    progress.note(
      `The archives of ${listedNames(names)} are ${state === 'lost' ? 'lost' : 'retired without a copy'} (custody.yaml), so their blobs are fetched again`,
    );
  }
  const stage = sealStage(mirror.data, folder).engine;
  const { allowMissing = [] } = intent;
  const linksInBase: MirrorRequest['linksInBase'] = (image) => base.linkHolder(image) !== undefined;
  const wanted = { document, base: base.blobs, linksInBase, allowMissing, resolveDependencies, stage };
  const request = await engineRequest(mirror, engine.engine, wanted, run);
  return { ...asked, base, engine, request };
}
