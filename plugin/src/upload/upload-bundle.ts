/** Uploads a bundle where it arrived: straight from its archives, writing only to the registry. */
import { join } from 'node:path';
import type { BundleFolder, CarriedChain, CheckedBundle } from '../bundle-format/bundle-folder';
import { openBundleFolder, readBundleChain, requireKnownBlobs } from '../bundle-format/bundle-folder';
import { requireNotExpired } from '../bundle-format/current-statement';
import { lineFormOf, verifiedLines } from '../bundle-format/receipt/receipt';
import type { ApplyStep } from '../cluster-resources/apply-order';
import { applyOrder } from '../cluster-resources/apply-order';
import type { FewerImages } from '../mirror/chain-images';
import { chainContent, fewerImages, placeOf } from '../mirror/chain-images';
import type { Run } from '../mirror/run';
import { openArchiveBlobs } from '../push/archive-blobs';
import type { ArchivesUpload, UploadPlan, UploadedFromArchives } from '../push/disk-to-mirror';
import { planFromArchives, uploadFromArchives } from '../push/disk-to-mirror';
import type { Survey } from '../push/survey';
import type { RegistryDestination } from '../registry/destination';
import { formatDestination, parseDestination } from '../registry/destination';
import type { RegistrySettings } from '../registry/settings';
import { uploadFileLimit } from '../sequence/record-limits';
import { writeFileAtomically } from '../system/atomic-file';
import { formatBytes } from '../system/byte-size';
import { makeFolder, removeFile } from '../system/change-folder';
import { counted } from '../system/counted';
import { systemErrorCode } from '../system/errors';
import { below, privateRoot, readableRoot } from '../system/path-below';
import { fileTrouble } from '../system/system-errors';
import { readTextIfThere } from '../system/text-file';
import { cumulativeResources, resourcesPath, writeResources } from '../mirror/cumulative-resources';
import { registryHasOthers } from './errors';
import { requireAnswers } from './registry-answers';

export interface BundleUploadOptions extends Pick<Run, 'progress' | 'signal' | 'now'> {
  /** The folder with bundle.env. An absolute path. */
  readonly bundle: string;
  /** The bundle that was checked before; it must be this one. */
  readonly checked?: CheckedBundle | undefined;
  /** `host[:port][/namespace]` */
  readonly registry: string;
  /** How many parts the path of a repository may have there; without it, any number. */
  readonly maxNestedPaths?: number | undefined;
  /** Gets `working-dir/cluster-resources/` and `verified`. An absolute path. A dry run writes nothing there. */
  readonly output: string;
  readonly registries: RegistrySettings;
  /** How many blobs at the same time, at most. */
  readonly parallel: number;
  readonly retries: number;
  /** Whether tags that stand for images of no sequence in the bundle may be set to older ones. */
  readonly rollBack: boolean;
  /** Ask for every blob, of images that the registry has too. */
  readonly thorough: boolean;
  readonly dryRun: boolean;
  readonly env: Readonly<NodeJS.ProcessEnv>;
}

interface UploadedBundle {
  readonly bundle: string;
  readonly mirror: string;
  readonly number: number;
  readonly folder: string;
  readonly seal: string;
  readonly destination: string;
  /** Recorded images that are not among those of the upload. */
  readonly fewer: FewerImages;
}

export type BundleUploadOutcome =
  | (UploadedBundle & UploadPlan & { readonly kind: 'planned' })
  | (UploadedBundle &
      Omit<UploadedFromArchives, 'clusterResources' | 'there'> & {
        readonly kind: 'uploaded';
        /** Images, without signatures, that the registry confirmed afterwards. */
        readonly verified: number;
        readonly resources: { readonly folder: string; readonly steps: readonly ApplyStep[] };
      });

/** The lines of the bundle's images.txt that the registry confirmed. The receipt is made from them. */
export const verifiedFile = 'verified';

/**
 * Uploads the head of a bundle into a registry, and asks it for every image afterwards. Can be stopped at any moment
 * and run again: what is there already is not sent again.
 *
 * @throws SEQ0644 to SEQ0647 when the bundle is not sound, SEQ0653 when another one was checked, SEQ0652 and SEQ0655
 *   when its sender's statement cannot be read or it has expired, SEQ0640 when tags would be set back, SEQ0641, SEQ0648
 *   and SEQ05xx while uploading
 */
export async function uploadBundle(options: BundleUploadOptions): Promise<BundleUploadOutcome> {
  const { bundle: path, output, progress, signal, now, env, registries, rollBack, retries } = options;
  const destination = parseDestination(options.registry, options);
  progress.step('check');
  const bundle = await openBundleFolder(path, options.checked);
  const doubt = await requireNotExpired(path, now());
  if (doubt !== undefined) progress.note(doubt);
  const chain = await readBundleChain(path, bundle);
  const { sequences, all, own, document } = chain;
  progress.detail(`indexing ${counted(bundle.archives.length, 'archive')}`);
  const archives = await openArchiveBlobs(bundle.archives, { signal });
  requireKnownBlobs(bundle, archives, sequences);
  progress.done(
    `${counted(sequences.length, 'sequence')}, ${counted(bundle.archives.length, 'archive')}; seals and blobs match the records`,
  );

  const upload: ArchivesUpload = {
    archives,
    document,
    configFolder: path,
    images: own.recorded,
    destination,
    thorough: options.thorough,
    registries,
    options: { parallelImages: 1, parallelLayers: options.parallel, retries },
    env,
    progress,
    signal,
    chain: chainContent(sequences, all),
    beforeWriting: rollBack ? undefined : (survey) => refuseOthers(survey, chain, destination),
  };
  const facts = {
    bundle: bundle.name,
    mirror: bundle.env.mirror,
    number: own.number,
    folder: own.folder,
    seal: bundle.env.head.seal,
    destination: formatDestination(destination),
    fewer: fewerImages(own),
  };
  progress.step(options.dryRun ? 'look' : 'upload');
  if (options.dryRun) {
    const plan = await planFromArchives(upload);
    progress.done(`${counted(plan.images, 'image')}, ${plan.unchanged} already in the registry`);
    return { kind: 'planned', ...facts, ...plan };
  }

  await prepareOutput(output);
  const { clusterResources, there, ...result } = await uploadFromArchives(upload);
  progress.done(
    `${counted(result.images, 'image')} (${result.unchanged} unchanged), ${formatBytes(result.blobs.uploaded.bytes)} uploaded`,
  );
  progress.step('verify');
  const lines = verifiedLines(own.images);
  await requireAnswers(lines, { known: there, destination, settings: registries, env, signal, retries });
  progress.done(`found ${counted(lines.length, 'image')} in the registry`);
  const resources = cumulativeResources(clusterResources, { number: own.number, all, destination });
  const resourcesFolder = join(output, resourcesPath);
  await written(output, async () => {
    await writeResources(below(privateRoot(output), resourcesPath), resources);
    await writeFileAtomically(below(privateRoot(output), verifiedFile), await answeredFor(path, bundle, own));
  });
  return {
    kind: 'uploaded',
    ...facts,
    ...result,
    verified: lines.length,
    resources: { folder: resourcesFolder, steps: applyOrder(resources) },
  };
}

/** The sender compares the receipt with lines as its version writes them: in the form of images.txt. */
async function answeredFor(
  path: string,
  { env }: BundleFolder,
  { images }: Pick<CarriedChain['own'], 'images'>,
): Promise<string> {
  const list = env.images === undefined ? undefined : below(readableRoot(path), env.images);
  const text = list === undefined ? undefined : await readTextIfThere(list, { limit: uploadFileLimit });
  return verifiedLines(images, lineFormOf(text ?? ''))
    .map((line) => `${line}\n`)
    .join('');
}

/** What an earlier run left says nothing about this one. */
async function prepareOutput(output: string): Promise<void> {
  await written(output, async () => {
    await makeFolder(below(privateRoot(output)));
    await removeFile(below(privateRoot(output), verifiedFile));
  });
}

async function written(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const reason = systemErrorCode(error);
    throw reason === undefined ? error : fileTrouble({ path, verb: 'written', reason, cause: error });
  }
}

/**
 * A bundle has no records of sequences after its head. So a tag that stands for an image of none of its sequences may
 * belong to a later one, and is not moved unless asked.
 */
function refuseOthers({ tags }: Survey, { all, own }: CarriedChain, destination: RegistryDestination): void {
  const known = new Set<string>(
    all.flatMap(({ images }) => images.map((image) => `${placeOf(image)} ${image.digest}`)),
  );
  const others = tags.filter(({ there, ...tag }) => there !== undefined && !known.has(`${placeOf(tag)} ${there}`));
  if (others.length === 0) return;
  throw registryHasOthers({
    folder: own.folder,
    destination: formatDestination(destination),
    places: others.slice(0, mostPlacesTold).map((tag) => `${placeOf(tag)} is ${tag.there}`),
    count: others.length,
  });
}

const mostPlacesTold = 10;
