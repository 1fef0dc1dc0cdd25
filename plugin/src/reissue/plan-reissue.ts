/**
 * Decides how each archive that is lost or damaged is made again. What keeps it as it was comes first: a whole file of
 * another copy, then its frame with its blobs, then a layout that comes out as the sealed one. Only what none of these
 * brings back is repackaged, all together, under the names that are free.
 */
import { join } from 'node:path';
import type { ArchiveIndex } from '../archive/archive-index';
import type { HashPool } from '../archive/hashing/hashing';
import { linksOf } from '../archive/links';
import { archiveFileName } from '../archive/names';
import { neededFiles } from '../archive/needed-files';
import type { PlannedArchive, PlannedFile } from '../archive/plan';
import { blobsIn, planArchives } from '../archive/plan';
import { neededOfCatalogs } from '../catalog/needed-files';
import { archiveSizeBytes } from '../imageset/defaults';
import type { Stage } from '../mirror/seal-transaction/seal-transaction';
import { soundIndex } from '../mirror/sound-index';
import type { Digest } from '../oci/digest';
import { neededOfReleases } from '../release/needed-files';
import { holdWorkingDir } from '../sequence/working-dir';
import { sumOfBytes } from '../system/byte-size';
import type { Finding } from '../system/errors';
import { filesLacking } from './errors';
import { fileSources } from './file-sources';
import type { ArchiveSource } from './find-blobs';
import { findBlobs } from './find-blobs';
import { findFrames } from './frames';
import type { BlobNeed } from './image-needs';
import { blobNeedsOf } from './image-needs';
import type { OwnArchive, RecordedArchive } from './own-archives';
import { ownFolders } from './own-archives';
import type { ArchiveRecipe, ReissuePlan } from './reissue-plan';
import { sharesOf, wantedBlobs } from './reissue-plan';
import type { DamageSurvey } from './survey';
import type { BlobCandidate, BlobOrigin } from './wanted-blobs';

export interface PreparedReissue {
  readonly plan: ReissuePlan;
  readonly candidates: ReadonlyMap<Digest, readonly BlobCandidate[]>;
  readonly needs: ReadonlyMap<Digest, BlobNeed>;
}

interface PlanRun {
  readonly at: Stage;
  readonly pool: HashPool;
  readonly signal: AbortSignal;
}

/** Plans what to do, and where everything that it needs may be. Only reads. */
export async function planReissue(survey: DamageSurvey, run: PlanRun): Promise<PreparedReissue> {
  const { mirror, own, metadata } = survey;
  const lost = own.filter(({ files }) => !files.some(({ sound }) => sound !== undefined));
  const kept = own.flatMap(({ files }) => files.find(({ sound }) => sound !== undefined)?.sound ?? []);
  const copied = await copiesOf(lost, survey, run);
  const rest = lost.filter(({ recorded }) => !copied.some(({ recipe }) => recipe.name === recorded.name));
  const framed = await findFrames(survey, rest, run);
  const unframed = rest.filter(({ recorded }) => !framed.some(({ recipe }) => recipe.name === recorded.name));
  const there = {
    blobs: new Set(
      [...kept, ...copied]
        .flatMap(({ index }) => [...index.blobs.keys()])
        .concat(framed.flatMap(({ blobs }) => [...blobs.keys()])),
    ),
    names: new Set(
      [...kept, ...copied].flatMap(({ index }) => [...index.links, ...index.workingDir].map(({ name }) => name)),
    ),
  };
  const composed = await compose(
    survey,
    unframed.map(({ recorded }) => recorded),
    there,
  );

  const recipes = [...copied, ...framed].map(({ recipe }): ArchiveRecipe => recipe).concat(composed.recipes);
  const wanted = wantedBlobs(recipes);
  const candidates = await findBlobs(mirror, wanted, {
    archives: archiveSources(survey),
    fetched: run.at.blobs,
    signal: run.signal,
  });
  const needs = blobNeedsOf(new Set(wanted.keys()), { images: survey.allImages, blobs: survey.blobs });
  const sourceOf = (digest: Digest): BlobOrigin | undefined => {
    const [candidate] = candidates.get(digest) ?? [];
    const [repository] = needs.get(digest)?.repositories ?? [];
    if (candidate !== undefined || repository === undefined) return candidate;
    return { kind: 'registry', where: `${repository.host}/${repository.repository}` };
  };
  const plan: ReissuePlan = {
    folder: survey.entry.folder,
    sound: kept.map(({ name }) => name),
    damaged: lost.map(({ recorded, files }) => ({
      name: recorded.name,
      why:
        files.map(({ why }) => why).find((why) => why !== undefined) ??
        'it is missing in the store and in the folder of the sequence',
    })),
    recipes: recipes.sort((a, b) => (a.name < b.name ? -1 : 1)),
    ...sharesOf(wanted.values(), sourceOf),
    warnings: composed.warnings,
    bytes: sumOfBytes(recipes),
  };
  return { plan, candidates, needs };

  function archiveSources({ neighbours, copies, entry }: DamageSurvey): ArchiveSource[] {
    const ownFiles = own.flatMap(({ files }) => files);
    return [
      ...ownFiles.map(({ path, damaged }) => ({
        path,
        damaged,
        kind: 'copy' as const,
        where: `${entry.folder} on this machine`,
      })),
      ...copies.files.map(({ path, where }) => ({ path, kind: 'copy' as const, where })),
      ...neighbours.flatMap((neighbour) =>
        ownFolders(mirror, neighbour.folder, neighbour.metadata).flatMap((folder) =>
          neighbour.metadata.archives.map(({ name }) => ({
            path: join(folder, name),
            kind: 'chain' as const,
            where: neighbour.folder,
          })),
        ),
      ),
    ];
  }

  async function compose(
    { inventory, linked, blobs, document }: DamageSurvey,
    free: readonly RecordedArchive[],
    { blobs: has, names: hasNames }: { blobs: ReadonlySet<Digest>; names: ReadonlySet<string> },
  ): Promise<{ recipes: ArchiveRecipe[]; warnings: Finding[] }> {
    if (free.length === 0) return { recipes: [], warnings: [] };
    const size = { archiveSizeBytes: archiveSizeBytes(document.config), whenLarger: 'make room' } as const;
    const links = linksOf(linked, blobs);
    const asSealed = planArchives({ blobs: inventory.blobs, links, ...size }).archives;
    if (isPackagingOf(metadata.archives, asSealed)) {
      const names = new Set(free.map(({ name }) => name));
      return { recipes: asSealed.filter(({ name }) => names.has(name)).map(recipeOf(true)), warnings: [] };
    }
    const { files, lacking } = await filesFor(hasNames);
    const { archives } = planArchives({
      blobs: inventory.blobs.filter(({ digest }) => !has.has(digest)),
      links: links.filter(({ name }) => !hasNames.has(name)),
      files,
      ...size,
    });
    const names = freeNames(metadata.archives, free, archives.length);
    const recipes = archives.map((archive, index) => recipeOf(false)({ ...archive, name: names[index] as string }));
    const warnings = lacking.length === 0 ? [] : [filesLacking({ folder: survey.entry.folder, lacking })];
    return { recipes, warnings };
  }

  async function filesFor(
    has: ReadonlySet<string>,
  ): Promise<{ files: readonly PlannedFile[]; lacking: readonly string[] }> {
    if (!holdWorkingDir([metadata], survey.images)) return { files: [], lacking: [] };
    const sources = await fileSources(survey, run);
    const parts = [neededOfReleases(survey.images), neededOfCatalogs(survey.images)];
    return neededFiles(sources, { config: survey.document, parts, has });
  }
}

/**
 * Whole files in other copies that seem to be the sealed archives, whatever their names: all but their blobs is. The
 * blobs are proven in the copies that are made of them.
 */
async function copiesOf(
  lost: readonly OwnArchive[],
  { copies }: DamageSurvey,
  { pool, signal }: PlanRun,
): Promise<{ recipe: ArchiveRecipe; index: ArchiveIndex }[]> {
  const found: { recipe: ArchiveRecipe; index: ArchiveIndex }[] = [];
  for (const { recorded } of lost) {
    const { name, bytes } = recorded;
    for (const { path, where, isDamaged } of copies.files) {
      const index = isDamaged === true ? undefined : await soundIndex(path, recorded, { pool, signal });
      if (index === undefined) continue;
      found.push({ recipe: { how: 'copied', name, bytes, path, where }, index });
      break;
    }
  }
  return found;
}

function isPackagingOf(recorded: readonly RecordedArchive[], planned: readonly PlannedArchive[]): boolean {
  const lines = (archives: readonly { name: string; bytes: number }[]): string =>
    archives
      .map(({ name, bytes }) => `${name} ${bytes}`)
      .sort()
      .join('\n');
  return lines(recorded) === lines(planned);
}

function recipeOf(asSealed: boolean): (archive: PlannedArchive) => ArchiveRecipe {
  return (archive) => ({
    how: 'composed',
    asSealed,
    name: archive.name,
    bytes: archive.bytes,
    archive,
    blobs: blobsIn(archive).map(({ digest, bytes }) => ({ digest, bytes })),
  });
}

/** The names of the missing archives, then numbers after all others. */
function freeNames(recorded: readonly RecordedArchive[], free: readonly RecordedArchive[], count: number): string[] {
  const names = free.map(({ name }) => name).sort();
  const highest = Math.max(0, ...recorded.map(({ name }) => Number(/\d{6}/.exec(name)?.[0])));
  for (let number = highest + 1; names.length < count; number += 1) names.push(archiveFileName(number));
  return names;
}
