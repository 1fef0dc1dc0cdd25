/** Which entries of a configuration only oc-mirror can mirror, found before anything is downloaded. */
import { isAbsolute } from 'node:path';
import { imagePathUnreadable } from '../../../helm/errors';
import type { HelmSearch } from '../../../helm/find-helm';
import { findHelm } from '../../../helm/find-helm';
import { parseJsonPath } from '../../../helm/json-path/json-path';
import type { ImageSetDocument } from '../../../imageset/document';
import { isOciLayout, ociPathOf } from '../../../imageset/references';
import type { AdditionalImage, OperatorCatalog, PlatformContent } from '../../../imageset/schema';
import type { Finding, Position } from '../../../system/errors';
import { isSeqmirrorError } from '../../../system/errors';
import { entryNeedsHelm, entryNeedsOcMirror, nameMisleadsOcMirror } from '../errors';
import { misleadsOcMirror, targetOf } from './additional-images';

/**
 * Every samples entry, charts if there is no helm to render them, parts of releases and operators that only oc-mirror
 * makes, and images that are not plain images in a registry.
 *
 * @throws SEQ0460 and SEQ0705 for a helm that the settings name, if there are charts
 */
export async function unsupportedIn(document: ImageSetDocument, search: HelmSearch): Promise<Finding[]> {
  const { platform, operators = [], samples = [] } = document.config.mirror;
  const at: Place = (...path) => ({
    file: document.file,
    ...document.positionOf(['mirror', ...path]),
  });
  return [
    ...unsupportedOfPlatform(platform, at),
    ...operators.flatMap((operator, index) => unsupportedCatalog(operator, at('operators', index))),
    ...(await unsupportedChartsIn(document, { search, at })),
    ...samples.map(({ name }, index) =>
      entryNeedsOcMirror({
        at: at('samples', index),
        entry: `the sample ${name}`,
        why: 'No engine mirrors samples. oc-mirror reads the entry, but mirrors nothing for it',
        next: 'Remove the sample. To mirror its images, list the images under additionalImages',
      }),
    ),
    ...unsupportedImagesIn(document, at),
  ];
}

type Place = (...path: PropertyKey[]) => Position;

function unsupportedOfPlatform(platform: PlatformContent = {}, at: Place): Finding[] {
  if ((platform.platforms ?? []).length === 0) return [];
  const why = 'The embedded engine always mirrors all architectures of an image';
  return [entryNeedsOcMirror({ at: at('platform', 'platforms'), entry: 'mirror.platform.platforms', why })];
}

async function unsupportedChartsIn(
  { config }: ImageSetDocument,
  { search, at }: { readonly search: HelmSearch; readonly at: Place },
): Promise<Finding[]> {
  const { repositories = [], local = [] } = config.mirror.helm ?? {};
  const entries = [
    ...repositories.map(({ name }, index) => ({ entry: `the helm repository ${name}`, path: ['repositories', index] })),
    ...local.map(({ path }, index) => ({ entry: `the helm chart ${path}`, path: ['local', index] })),
  ];
  if (entries.length > 0 && (await findHelm(search)) === undefined)
    return entries.map(({ entry, path }) => entryNeedsHelm({ at: at('helm', ...path), entry }));
  const charts = [
    ...repositories.flatMap(({ charts = [] }, index) =>
      charts.map((chart, position) => ({ chart, path: ['repositories', index, 'charts', position] })),
    ),
    ...local.map((chart, index) => ({ chart, path: ['local', index] })),
  ];
  return charts.flatMap(({ chart: { name, platforms = [], imagePaths = [], ...more }, path }) => {
    const label = name ?? ('path' in more ? more.path : undefined) ?? '';
    const refused = imagePaths.flatMap((imagePath, index) => {
      const { problem } = parseJsonPath(imagePath);
      const place = at('helm', ...path, 'imagePaths', index);
      return problem === undefined ? [] : imagePathUnreadable({ at: place, path: imagePath, problem });
    });
    if (platforms.length === 0) return refused;
    const entry = `the helm chart ${label}`;
    return [
      ...refused,
      entryNeedsOcMirror({ at: at('helm', ...path, 'platforms'), entry, why: platformsAreNotChosen }),
    ];
  });
}

function unsupportedCatalog({ catalog, platforms = [] }: OperatorCatalog, at: Position): Finding[] {
  const entry = `the operator catalog ${catalog}`;
  if (isOciLayout(catalog) && !isAbsolute(ociPathOf(catalog))) {
    const why = 'The path is relative, so it would depend on the folder in which seqmirror is started';
    const next = 'Write the absolute path of the folder, or use oc-mirror for this catalog';
    return [entryNeedsOcMirror({ at, entry, why, next })];
  }
  if (platforms.length === 0) return [];
  return [entryNeedsOcMirror({ at, entry, why: platformsAreNotChosen })];
}

const platformsAreNotChosen =
  'The entry has `platforms`, but the embedded engine always mirrors all architectures of an image';

function unsupportedImagesIn(document: ImageSetDocument, at: Place): Finding[] {
  return (document.config.mirror.additionalImages ?? []).flatMap((image, index) => {
    if (/^(?!docker:)[a-z-]+:\/\//.test(image.name)) {
      const why = 'The image is on disk, but the embedded engine mirrors only images from registries';
      return entryNeedsOcMirror({ at: at('additionalImages', index, 'name'), entry: image.name, why });
    }
    if ((image.platforms ?? []).length > 0) {
      const place = at('additionalImages', index, 'platforms');
      return entryNeedsOcMirror({ at: place, entry: image.name, why: platformsAreNotChosen });
    }
    return misleads(image) ? nameMisleadsOcMirror({ at: at('additionalImages', index), name: image.name }) : [];
  });
}

function misleads(image: AdditionalImage): boolean {
  try {
    return misleadsOcMirror(targetOf(image));
  } catch (error) {
    // A name that can't be read is reported where it is read.
    if (isSeqmirrorError(error)) return false;
    throw error;
  }
}
