/** Uploads one sealed sequence into a registry that can be reached from here. */
import { join } from 'node:path';
import { verifiedLines } from '../bundle-format/receipt/receipt';
import type { ApplyStep } from '../cluster-resources/apply-order';
import { applyOrder } from '../cluster-resources/apply-order';
import type { EngineChoice } from '../engine/choose-engine';
import { engineNamed } from '../engine/choose-engine';
import type { DiskToMirror, UploadResult } from '../engine/engine';
import type { FewerImages, SequenceImages } from '../mirror/chain-images';
import { chainContent, fewerImages, imagesBySequence } from '../mirror/chain-images';
import { engineFolder } from '../mirror/data-directory';
import { requireSealed } from '../mirror/find-sequence';
import { locateArchives } from '../mirror/locate-archives';
import type { AbsentSequence } from '../mirror/way-back';
import type { Mirror } from '../mirror/mirror';
import { forPeople, openMirror, readChain, sequencePath, inTree } from '../mirror/mirror';
import { readConfig, recordNames } from '../mirror/records';
import type { SequenceRun } from '../mirror/run';
import type { ProvenSequence } from '../mirror/sealed-chain';
import { openSealedChain } from '../mirror/sealed-chain';
import { engineOptions, registrySettings } from '../mirror/settings';
import { withMirrorLock } from '../mirror/with-mirror-lock';
import { openArchiveBlobs } from '../push/archive-blobs';
import type { UploadPlan } from '../push/disk-to-mirror';
import { planFromArchives } from '../push/disk-to-mirror';
import type { RegistryDestination } from '../registry/destination';
import { formatDestination, parseDestination } from '../registry/destination';
import { createPushClient } from '../registry/push';
import { formatBytes } from '../system/byte-size';
import { counted } from '../system/counted';
import { sha256Of } from '../system/sha256';
import { readTextIfThere } from '../system/text-file';
import { cumulativeResources, resourcesPath, writeResources } from '../mirror/cumulative-resources';
import { archivesLacking, notSealedForUpload, notThorough, wouldRollBack } from './errors';
import { requireAnswers } from './registry-answers';
import { findRollBack } from './roll-back';

/** The options of `uploadSequence`. */
export interface UploadOptions extends SequenceRun {
  /** `host[:port][/namespace]` */
  readonly registry: string;
  /**
   * How many parts the path of a repository may have there, as oc-mirror's `--max-nested-paths`; without it, any
   * number.
   */
  readonly maxNestedPaths?: number | undefined;
  readonly engine: EngineChoice;
  /** Upload although tags of a later sequence would be set back. */
  readonly force: boolean;
  /** Ask the registry for every blob, of images that it has too, and upload what it has lost. */
  readonly thorough?: boolean | undefined;
}

interface UploadFacts {
  readonly mirror: string;
  readonly number: number;
  readonly folder: string;
  readonly destination: string;
  /** As it was given, or from site.yaml. */
  readonly maxNestedPaths: number | undefined;
  readonly engine: string;
  /** Archives of earlier sequences that are not here; the registry had their content already. */
  readonly missing: readonly string[];
  /** Recorded images that are not among those of the upload. */
  readonly fewer: FewerImages;
}

/** What `uploadSequence` uploaded, or would upload. */
export type UploadOutcome =
  | (UploadFacts &
      Omit<UploadResult, 'clusterResources' | 'there'> & {
        readonly kind: 'uploaded';
        readonly resources: { readonly folder: string; readonly steps: readonly ApplyStep[] };
      })
  | (UploadFacts & UploadPlan & { readonly kind: 'planned' });

/**
 * Uploads a sequence's images into a registry, asks it what each tag stands for, and writes what clusters need to find
 * them. Can be stopped at any moment and run again.
 *
 * @throws SEQ0643 when it can't be uploaded, SEQ0657 when its engine cannot be thorough, SEQ0640 when tags would be set back, SEQ0641 and SEQ05xx while uploading,
 *   SEQ0648 when a tag does not stand for its image afterwards
 *
 * @example
 * ```ts
 * const registry = 'registry.example:8443/mirror';
 * await uploadSequence({ ...run, location, folder: 'seq2-add-logging', registry, engine: 'auto', force: false, dryRun: true });
 * ```
 */
export async function uploadSequence(options: UploadOptions): Promise<UploadOutcome> {
  const { folder, progress, signal, location, registry } = options;
  const destination = parseDestination(registry, options);
  if (options.thorough === true && options.engine === 'oc-mirror') throw notThorough();
  const mirror = await openMirror(location);
  progress.step('check');
  const found = await readUpload(mirror, folder);
  const { own, all, sequences } = found;
  const { engine, version } = await engineNamed(options.engine === 'auto' ? 'embedded' : options.engine, {
    options: engineOptions(mirror.settings),
    env: location.env,
  });
  const { paths, missing } = await locate(mirror, found);
  if (missing.length > 0 && (engine.uploadNeedsAllArchives || paths.length === 0))
    throw archivesLacking({ mirror: mirror.name, folder, missing, needsAll: engine.uploadNeedsAllArchives });
  if (!options.force) await refuseRollBack(options, { mirror, destination, own, all });
  progress.done(`records, ${counted(paths.length, 'archive')}, ${formatDestination(destination)}`);

  const facts = {
    mirror: mirror.name,
    number: own.number,
    folder,
    destination: formatDestination(destination),
    maxNestedPaths: destination.maxNestedPaths,
    engine: version.version,
    missing: missing.map((each) => `${each.folder}/${each.name}`),
    fewer: fewerImages(own),
  };
  const request: DiskToMirror = {
    document: await readConfig(mirror, folder),
    pinnedConfig: await readTextIfThere(inTree(mirror, sequencePath(mirror, folder, recordNames.pinned))),
    configFolder: sequencePath(mirror, folder),
    archives: paths,
    images: own.recorded,
    chain: chainContent(sequences, all.slice(0, own.number)),
    destination,
    thorough: options.thorough,
    registries: registrySettings(mirror.settings, mirror.root),
    options: engineOptions(mirror.settings),
    folder: join(engineFolder(mirror.data, `${engine.folder}-upload`), nameOfFolder(destination)),
    progress,
    signal,
    env: location.env,
    now: options.now,
  };
  if (options.dryRun) return { kind: 'planned', ...facts, ...(await plan(request)) };

  progress.step('upload');
  const upload = () => engine.diskToMirror(request, version);
  // oc-mirror's cache serves one oc-mirror at a time; the embedded engine only reads.
  const result = await (engine.uploadIsExclusive
    ? withMirrorLock(mirror, { purpose: `upload ${folder}`, ...options }, upload)
    : upload());
  progress.done(doneInWords(result));
  progress.step('verify');
  const lines = verifiedLines(own.images);
  await requireAnswers(lines, {
    known: result.there,
    destination,
    settings: request.registries,
    retries: request.options.retries,
    env: location.env,
    signal,
  });
  progress.done(`found ${counted(lines.length, 'image')} in the registry`);
  const resources = cumulativeResources(result.clusterResources, { number: own.number, all, destination });
  const resourcesFolder = sequencePath(mirror, folder, resourcesPath);
  await writeResources(inTree(mirror, resourcesFolder), resources);
  const { unchanged, blobs } = result;
  return {
    kind: 'uploaded',
    ...facts,
    images: lines.length,
    unchanged,
    blobs,
    resources: { folder: forPeople(mirror, resourcesFolder), steps: applyOrder(resources) },
  };
}

interface FoundUpload {
  readonly own: SequenceImages;
  readonly all: readonly SequenceImages[];
  /** Up to the sequence itself, which is the last. */
  readonly sequences: readonly ProvenSequence[];
}

async function readUpload(mirror: Mirror, folder: string): Promise<FoundUpload> {
  const chain = await readChain(mirror);
  const { number } = requireSealed(mirror, chain, { folder, refusal: notSealedForUpload });
  const { sequences } = await openSealedChain(mirror, { chain, upTo: number, trust: 'proven' });
  // Later sequences only show which tags would be set back, so an edit there must not stop this upload.
  const whole = await openSealedChain(mirror, { chain, trust: 'as recorded' });
  const all = await imagesBySequence(mirror, [...sequences, ...whole.sequences.slice(number)]);
  return { own: all[number - 1] as SequenceImages, all, sequences };
}

/** The archives of the sequence and of those whose blobs it uses, in the order of the chain. */
async function locate(
  mirror: Mirror,
  { own, sequences }: FoundUpload,
): Promise<{ paths: string[]; missing: (AbsentSequence & { name: string })[] }> {
  const needs = new Set(sequences[own.number - 1]?.metadata.air_gapped_transfer.dependencies ?? []);
  const paths: string[] = [];
  const missing: (AbsentSequence & { name: string })[] = [];
  for (const { entry, metadata, custody } of sequences) {
    if (entry.number !== own.number && !needs.has(`seq${entry.number}`)) continue;
    const { archives } = await locateArchives(mirror, entry.folder, metadata);
    for (const { name, file } of archives) {
      if (file === undefined) missing.push({ number: entry.number, folder: entry.folder, custody, name });
      else paths.push(file.path);
    }
  }
  return { paths, missing };
}

async function refuseRollBack(
  { folder, signal, location: { env } }: UploadOptions,
  facts: { mirror: Mirror; destination: RegistryDestination; own: SequenceImages; all: readonly SequenceImages[] },
): Promise<void> {
  const { mirror, destination, own, all } = facts;
  const settings = registrySettings(mirror.settings, mirror.root);
  const { retries } = engineOptions(mirror.settings);
  const client = createPushClient({ destination, settings, env, signal, retries });
  try {
    const found = await findRollBack(own.number, all, { client, signal });
    if (found === undefined) return;
    const { newer, places } = found;
    throw wouldRollBack({
      folder,
      newer,
      destination: formatDestination(destination),
      places: places.slice(0, mostPlacesTold),
      count: places.length,
    });
  } finally {
    await client.close();
  }
}

const mostPlacesTold = 10;

async function plan(request: DiskToMirror): Promise<UploadPlan> {
  const { archives: paths, signal } = request;
  return planFromArchives({ ...request, archives: await openArchiveBlobs(paths, { signal }) });
}

/** A name that people recognise, and that is unique even where letters were replaced. */
function nameOfFolder(destination: RegistryDestination): string {
  const text = formatDestination(destination);
  const hash = sha256Of(text).slice(0, 8);
  return `${text.replace(/[^A-Za-z0-9.-]+/g, '_')}.${hash}`;
}

function doneInWords({ images, unchanged, blobs }: UploadResult): string {
  if (blobs === undefined) return counted(images, 'image');
  return `${counted(images, 'image')} (${unchanged} unchanged), ${formatBytes(blobs.uploaded.bytes)} uploaded`;
}
