/**
 * Mirrors with the oc-mirror program. Everything that it reports is checked: it exits with 0 although images are
 * missing, if its working-dir was damaged or the upstream moved (reference oc-mirror-v2, 0b.4).
 */
import { loadRegistriesConf } from '../../registry/registries-conf';
import { writeFileAtomically } from '../../system/atomic-file';
import { formatBytes } from '../../system/byte-size';
import { removeTree } from '../../system/change-folder';
import type { Finding } from '../../system/errors';
import { isThere } from '../../system/files';
import { inPrivateFolder } from '../../system/path-below';
import type { EngineVersion, KeptContent, MirrorEngine, MirrorPlan, MirrorRequest, StagedArchives } from '../engine';
import { pinnedConfigOf } from '../pinned-config';
import { firstPace } from './attempts';
import { blobPath, readCacheTags } from './cache';
import { provenanceOf, tlsIsVerified } from './config-hosts';
import { diskToMirror } from './disk-to-mirror';
import { dependenciesUnresolved, fewerImages, programMissing } from './errors';
import { noteFingerprints } from './fingerprints';
import { foldersIn } from './folders';
import { listImages } from './list-images';
import { mirrorUntilDone } from './mirror-to-disk';
import { ensureKnown, refusedBy } from './needs';
import { planOfListed } from './plan-of-listed';
import { noteRatesNotKept } from './rates';
import type { ImageSet } from './result';
import { imageSetOf, slimArchives } from './result';
import type { RunContext } from './run';
import { markOfScratch, markOfStage } from './run';
import type { Leftover } from './running-mark';
import { clearMark, endLeftover, nothingLeft } from './running-mark';
import { discardWorkingDir, handOverArchives, newestPinnedConfig, pruneWorkingDir } from './stage';
import { capabilitiesOf, probeOcMirror, programOf } from './version';

export const ocMirrorEngine: MirrorEngine = {
  name: 'oc-mirror',
  folder: 'oc-mirror',
  instead: 'Correct the configuration, or set another `engine` in seqmirror.yaml',
  uploadNeedsAllArchives: true,
  uploadIsExclusive: true,
  kept,
  probe: probeOcMirror,
  unsupported,
  plan,
  mirrorToDisk,
  // A rebuilt catalog would have another digest; the cache has those that were built.
  remake: async () => undefined,
  diskToMirror,
};

function kept(engineFolder: string): KeptContent {
  const { cache, workingDir } = foldersIn(engineFolder);
  return {
    blobsAre: "oc-mirror's cache",
    blobPath: (digest) => blobPath(cache, digest),
    workingDirIs: "oc-mirror's working-dir",
    workingDir,
  };
}

/**
 * oc-mirror mirrors everything, except keys that a version doesn't know yet, and adds nothing. Without the version, `plan`
 * and `mirrorToDisk` report those.
 */
function unsupported(
  { document, resolveDependencies }: Pick<MirrorRequest, 'document' | 'resolveDependencies'>,
  version?: EngineVersion,
): readonly Finding[] {
  if (version === undefined) return [];
  const { file, config } = document;
  const unresolved = (config.mirror.operators ?? []).flatMap(({ packages = [] }, index) =>
    resolveDependencies && packages.length > 0
      ? dependenciesUnresolved({ at: { file, ...document.positionOf(['mirror', 'operators', index]) } })
      : [],
  );
  return [...refusedBy(version.version, document), ...unresolved];
}

async function plan(request: MirrorRequest, { version }: EngineVersion): Promise<MirrorPlan> {
  ensureKnown(version, request.document);
  noteRatesNotKept(request);
  const context = await contextOf(request, version);
  const { folders } = context;
  await endLeftover(markOfScratch(folders, request));
  const pace = firstPace(request.options);
  try {
    const where = (await isThere(folders.runningMark)) ? 'empty' : 'copy';
    const { images: listed } = await listImages(context, { where, pace, version, document: request.document });
    return await planOfListed(listed, context);
  } finally {
    await removeTree(inPrivateFolder(folders.scratch));
  }
}

async function mirrorToDisk(request: MirrorRequest, { version }: EngineVersion): Promise<StagedArchives> {
  const { document, signal } = request;
  ensureKnown(version, document);
  if (request.allowMissing.length > 0)
    request.progress.note(
      'allowMissing works only with the embedded engine: oc-mirror makes no archive if an image fails. Add such images to blockedImages',
    );
  const context = await contextOf(request, version);
  const { folders } = context;
  await endLeftover(markOfScratch(folders, request));
  const leftover = await endLeftover(markOfStage(folders, request));
  if (leftover.killed) await writeFileAtomically(inPrivateFolder(folders.doubtMark), '{}\n');

  const first = await mirrorOnce(context, { version, leftover });
  let made = first;
  if (first.imageSet.missing.length > 0 || first.brought !== first.listed) {
    request.progress.note('oc-mirror mirrored fewer images than it lists; mirroring again with a new working-dir');
    await discardWorkingDir(folders);
    made = await mirrorOnce(context, { version, leftover: nothingLeft });
  }
  const { imageSet, archives, brought, listed } = made;
  if (imageSet.missing.length > 0 || brought !== listed) {
    throw fewerImages({ version, brought, listed, missing: imageSet.missing });
  }
  await clearMark(folders.doubtMark);

  request.progress.detail('removing files from the archives that disk-to-mirror does not read');
  const mayMoveBlobs = request.options.slim;
  const savedBytes = await slimArchives(archives, { document, imageSet, mayMoveBlobs, signal });
  if (savedBytes > 0) request.progress.detail(`${formatBytes(savedBytes)} removed from the archives`);
  await pruneWorkingDir(folders.workingDir);
  await noteFingerprints(folders, request.keyFile);
  return {
    archives,
    images: imageSet.images,
    linksLeftOut: false,
    pinnedConfig: pinnedConfigOf(document, imageSet),
    provenance: provenanceOf(imageSet.images, context),
  };
}

interface Made {
  readonly archives: readonly string[];
  readonly imageSet: ImageSet;
  /** How many images the run copied, and how many a second look found. */
  readonly brought: number;
  readonly listed: number;
}

async function mirrorOnce(
  context: RunContext,
  { version, leftover }: { version: string; leftover: Leftover },
): Promise<Made> {
  const { request, folders } = context;
  const { outcome, pace } = await mirrorUntilDone(context, { version, leftover });
  // The tags are read before the dry run, which builds a new graph image with some versions.
  const tags = await readCacheTags(folders.cache);
  const archives = await handOverArchives(folders, request.stage);
  request.progress.detail('listing the images');
  const where = (await isThere(folders.doubtMark)) ? 'empty' : 'stage';
  // With the configuration that oc-mirror pinned, a catalog that moves just now is not listed as another.
  const text = (await newestPinnedConfig(folders.workingDir)) ?? request.document.text;
  const { images: listed } = await listImages(context, { where, pace, version, document: { text } });
  await removeTree(inPrivateFolder(folders.scratch));
  const imageSet = await imageSetOf(request.document, listed, {
    tags,
    workingDir: folders.workingDir,
    cacheFolder: folders.cache,
  });
  return { archives, imageSet, brought: outcome.output.imagesToCopy ?? 0, listed: listed.length };
}

async function contextOf(request: MirrorRequest, version: string): Promise<RunContext> {
  const program = await programOf(request.options, request.env);
  if (program === undefined) throw programMissing({ file: 'oc-mirror' });
  const conf = await loadRegistriesConf({ file: request.registries.registriesConf, env: request.env });
  return {
    program,
    conf,
    capabilities: capabilitiesOf(version),
    request,
    folders: foldersIn(request.engineFolder),
    tlsVerified: tlsIsVerified(request.document, request.registries, conf),
  };
}
