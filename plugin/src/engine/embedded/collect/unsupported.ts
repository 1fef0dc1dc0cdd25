/** What of a configuration only oc-mirror can mirror, found before anything is downloaded. */
import type { ImageSetDocument } from '../../../imageset/document';
import type { AdditionalImage, PlatformContent } from '../../../imageset/schema';
import type { Finding, Position } from '../../../system/errors';
import { isSeqmirrorError } from '../../../system/errors';
import { entryNeedsOcMirror, nameMisleadsOcMirror } from '../errors';
import { targetOf } from './additional-images';

/** Every operator, helm and samples entry, what of releases is made by oc-mirror alone, and what of additional images is not a plain image of a registry. */
export function unsupportedIn(document: ImageSetDocument): Finding[] {
  const { platform, operators = [], helm, samples = [] } = document.config.mirror;
  const at = (...path: PropertyKey[]): Position => ({
    file: document.file,
    ...document.positionOf(['mirror', ...path]),
  });
  return [
    ...unsupportedOfPlatform(platform, at),
    ...operators.map(({ catalog }, index) =>
      entryNeedsOcMirror({
        at: at('operators', index),
        entry: `the operator catalog ${catalog}`,
        why: 'Catalogs have to be filtered and built again, which oc-mirror does',
      }),
    ),
    ...(helm?.repositories ?? []).map(({ name }, index) =>
      entryNeedsOcMirror({
        at: at('helm', 'repositories', index),
        entry: `the helm repository ${name}`,
        why: chartsAreRendered,
      }),
    ),
    ...(helm?.local ?? []).map(({ path }, index) =>
      entryNeedsOcMirror({ at: at('helm', 'local', index), entry: `the helm chart ${path}`, why: chartsAreRendered }),
    ),
    ...samples.map(({ name }, index) =>
      entryNeedsOcMirror({
        at: at('samples', index),
        entry: `the sample ${name}`,
        why: 'No engine mirrors samples; oc-mirror reads the entry and does nothing',
      }),
    ),
    ...unsupportedImagesIn(document, at),
  ];
}

function unsupportedOfPlatform(platform: PlatformContent = {}, at: (...path: PropertyKey[]) => Position): Finding[] {
  const entry = (key: 'graph' | 'platforms', why: string): Finding =>
    entryNeedsOcMirror({ at: at('platform', key), entry: `mirror.platform.${key}`, why });
  return [
    ...(platform.graph === true ? [entry('graph', 'The image with the update graph is built by oc-mirror')] : []),
    ...((platform.platforms ?? []).length > 0
      ? [entry('platforms', 'The embedded engine always takes images with all of their architectures')]
      : []),
  ];
}

const chartsAreRendered = 'The images of a chart are found by rendering it, which oc-mirror does';

function unsupportedImagesIn(document: ImageSetDocument, at: (...path: PropertyKey[]) => Position): Finding[] {
  return (document.config.mirror.additionalImages ?? []).flatMap((image, index) => {
    if (/^(?!docker:)[a-z-]+:\/\//.test(image.name)) {
      const why = 'It lies on disk, and only images of registries are fetched';
      return entryNeedsOcMirror({ at: at('additionalImages', index, 'name'), entry: image.name, why });
    }
    if ((image.platforms ?? []).length > 0) {
      const why =
        'It is asked for with `platforms`; the embedded engine always takes an image with all of its architectures';
      return entryNeedsOcMirror({ at: at('additionalImages', index, 'platforms'), entry: image.name, why });
    }
    return misleads(image) ? nameMisleadsOcMirror({ at: at('additionalImages', index), name: image.name }) : [];
  });
}

function misleads(image: AdditionalImage): boolean {
  try {
    const { repository, tag } = targetOf(image);
    return `${repository}:${tag}`.includes('working-dir');
  } catch (error) {
    // A name that can't be read is told of where it is read.
    if (isSeqmirrorError(error)) return false;
    throw error;
  }
}
