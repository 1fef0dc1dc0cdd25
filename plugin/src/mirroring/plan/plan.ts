/**
 * What the next sequence would bring, before any layer of it is fetched. Called by the executor of `plan` and by a dry
 * run of `mirror`; stands on the engine's own plan, the records of the chain and the past runs on this machine. Writes
 * nothing.
 */
import type { UpstreamState } from '../../mirror/changes/changes';
import { changesByKind, movesSince, pinnedCatalogs, recordedHeads, totalOf } from '../../mirror/changes/changes';
import { spaceIn } from '../../mirror/ensure-space';
import { findSequence } from '../../mirror/find-sequence';
import type { Mirror, MirrorLocation } from '../../mirror/mirror';
import { openMirror, readChain } from '../../mirror/mirror';
import { readPinnedConfig, readRecordedConfig } from '../../mirror/records';
import type { Run } from '../../mirror/run';
import { runTimesOf } from '../../mirror/run-times';
import type { ProvenSequence } from '../../mirror/sealed-chain';
import { imagesAtEnd } from '../../mirror/sealed-chain';
import { headOf, sealedEntry } from '../../sequence/chain-lock';
import { blobSetOf } from '../../sequence/closure';
import type { SequenceFolder } from '../../sequence/folder';
import { imageTotal } from '../../sequence/images';
import { sumOfBytes } from '../../system/byte-size';
import { counted } from '../../system/counted';
import type { Medium } from '../../volumes/volumes';
import { mediumOf, volumesFor } from '../../volumes/volumes';
import { alreadySealed, nothingPlanned } from '../errors';
import type { Preparation, PreparationRun } from '../prepare';
import { prepare, prepareOnceMore, repeatsPredecessor } from '../prepare';
import { besideArchives } from './beside-archives';
import { expectedTime } from './expected-time';
import type { PlanOutcome, SequencePlan } from './sequence-plan';

export type { PlanOutcome, SequencePlan } from './sequence-plan';

/** The options of `planMirroring`. */
export interface PlanOptions extends Run {
  readonly location: MirrorLocation;
  /** The sequence's folder: `seq2-add-logging`. Default: the next planned one, else the newest sealed one again. */
  readonly folder?: string | undefined;
  /** The medium that it is carried on: `bd25`. */
  readonly media?: string | undefined;
  /** Path of seqmirror-upload.js, if it lies on every volume too. */
  readonly uploader?: string | undefined;
}

/**
 * Plans a sequence, or asks again for what the newest sealed one asked for: then it says what moved upstream since.
 *
 * @throws SEQ0240 when there is nothing to plan; the errors of mirroring before it fetches; SEQ05xx when registries
 *   refuse
 *
 * @example
 * ```ts
 * const outcome = await planMirroring({ ...run, location, media: 'bd25' });
 * if (outcome.kind === 'planned') console.log(outcome.plan.folder);
 * ```
 */
export async function planMirroring({ location, folder, media, uploader, ...run }: PlanOptions): Promise<PlanOutcome> {
  const medium = media === undefined ? undefined : mediumOf(media);
  const mirror = await openMirror(location);
  const chain = await readChain(mirror);
  const isSealed = ({ number, folder: its }: SequenceFolder) => sealedEntry(chain.lock, number)?.folder === its;
  const sequence =
    folder === undefined ? chain.folders.find((each) => !isSealed(each)) : findSequence(mirror, chain, folder);
  const options = { ...run, location, medium, uploader };
  if (sequence === undefined) {
    const head = headOf(chain.lock);
    if (head === undefined) throw nothingPlanned({ mirror: mirror.name });
    const startedMs = performance.now();
    run.progress.step('plan');
    const prepared = await prepareOnceMore(mirror, head, options);
    return planned(mirror, { ...head, isSealed: true }, { ...options, prepared, startedMs });
  }
  if (isSealed(sequence)) throw alreadySealed({ mirror: mirror.name, folder: sequence.folder });
  // Even if it asks for nothing else, something may have moved.
  return planSequence(mirror, sequence, { ...options, refresh: true });
}

interface PlanRun extends PreparationRun, Pick<PlanOptions, 'uploader'> {
  readonly medium?: Medium | undefined;
}

/**
 * Makes the same checks as the real run. Behind a sequence that isn't sealed it cannot plan: what is new depends on
 * that one.
 */
export async function planSequence(
  mirror: Mirror,
  sequence: SequenceFolder,
  options: PlanRun & { readonly refresh: boolean },
): Promise<PlanOutcome> {
  const chain = await readChain(mirror);
  const unsealed = chain.folders.find(
    ({ number }) => number < sequence.number && sealedEntry(chain.lock, number) === undefined,
  );
  if (unsealed !== undefined) return { kind: 'waiting', folder: sequence.folder, waitsFor: unsealed.folder };
  const startedMs = performance.now();
  options.progress.step('plan');
  const prepared = await prepare(mirror, sequence, options);
  return planned(mirror, { ...sequence, isSealed: false }, { ...options, prepared, startedMs });
}

async function planned(
  mirror: Mirror,
  { number, folder, isSealed }: Pick<SequencePlan, 'number' | 'folder' | 'isSealed'>,
  {
    prepared,
    startedMs,
    progress,
    medium,
    uploader,
  }: PlanRun & { readonly prepared: Preparation; readonly startedMs: number },
): Promise<PlanOutcome> {
  const { engine, before, base, intent, request } = prepared;
  const {
    images,
    blobs,
    catalogs,
    operators = [],
    archives,
    ...found
  } = await engine.engine.plan(request, engine.version);
  const isRepetition = !isSealed && repeatsPredecessor(mirror, prepared);
  const lookUpMs = performance.now() - startedMs;
  const bytes = sumOfBytes(archives);
  const previous = before.at(-1);
  const imagesBefore = imagesAtEnd(before);
  const kinds = changesByKind(
    { images: imagesBefore, blobs: blobSetOf(...before.map(({ inventory }) => inventory.blobs)) },
    { images, blobs },
    base.blobs,
  );
  progress.done(`${counted(imageTotal(images), 'image')} looked up`);
  return {
    kind: 'planned',
    plan: {
      mirror: mirror.name,
      folder,
      number,
      isSealed,
      isRepetition,
      since: previous && { ...previous.entry, timestamp: previous.metadata.timestamp },
      base: intent.base,
      engine: engine.version,
      changes: { kinds, total: totalOf(kinds) },
      moves: previous && movesSince(await upstreamAt(mirror, previous, imagesBefore), { images, catalogs, operators }),
      archives,
      bytes,
      isExact: found.isExact,
      volumes: medium && {
        media: medium.name,
        count: volumesFor(
          archives,
          medium,
          await besideArchives(mirror, prepared, { images, blobs, folder, uploader }),
        ),
      },
      time: expectedTime(await runTimesOf(mirror), { engine: engine.engine.name, bytes, lookUpMs }),
      space: await spaceIn(mirror.data.root, found.space),
      unanswered: found.unanswered,
      notes: [
        ...found.notes,
        ...(isRepetition ? [`the configuration is the same as in ${previous?.entry.folder}`] : []),
      ],
    },
  };
}

async function upstreamAt(
  mirror: Mirror,
  { entry: { folder }, metadata: { provenance } }: ProvenSequence,
  images: UpstreamState['images'],
): Promise<UpstreamState> {
  const { config } = await readRecordedConfig(mirror, folder);
  const { config: pinned } = await readPinnedConfig(mirror, folder);
  return { images, catalogs: pinnedCatalogs(config, pinned), operators: recordedHeads(provenance.operators) };
}
