import semver from 'semver';
import { nameOfCatalog } from '../catalog/filter-id';
import type { MirroredCatalog } from '../catalog/mirrored-catalog';
import { destinationOfImage } from '../imageset/destination';
import type { ImageSetDocument } from '../imageset/document';
import type { Addition, Pin } from '../imageset/edit';
import { pinDocument } from '../imageset/edit';
import type { MirroredImage } from '../oci/image';
import { isReleaseImage, versionOfTag } from '../release/release-images';

/** The content that a configuration led to. */
export interface MirroredContent {
  readonly images: readonly MirroredImage[];
  readonly catalogs: readonly MirroredCatalog[];
  /** Further resolved values: versions of charts. */
  readonly pins?: readonly Pin[] | undefined;
}

/** The configuration with every tag resolved to what was mirrored; comments and order stay as they are. */
export function pinnedConfigOf(document: ImageSetDocument, content: MirroredContent): string {
  return pinDocument(document, pinsOf(document, content), additionsOf(document, content));
}

/** The packages that were added: the filter of a catalog, by which oc-mirror finds it, is what its entry says. */
function additionsOf({ config }: Pick<ImageSetDocument, 'config'>, { catalogs }: MirroredContent): Addition[] {
  return (config.mirror.operators ?? []).flatMap((operator, index) => {
    const { dependencies = [] } = catalogs.find(({ entry }) => entry === operator) ?? {};
    if (dependencies.length === 0) return [];
    return [{ path: ['mirror', 'operators', index, 'packages'], items: dependencies.map(({ entry }) => entry) }];
  });
}

/**
 * What to pin. Catalogs by digest, their tag kept as `targetTag`, as oc-mirror 4.22 pins them itself; additional images
 * by tag and digest, which mirrors under the tag; releases by digest, or by the versions that a channel led to.
 */
export function pinsOf(
  { config }: Pick<ImageSetDocument, 'config'>,
  { images, catalogs, pins = [] }: MirroredContent,
): Pin[] {
  const { operators = [], additionalImages = [] } = config.mirror;
  return [
    ...pins,
    ...releasePins(config.mirror.platform, images),
    ...operators.flatMap((operator, index) => {
      const found = catalogs.find(({ entry }) => entry === operator);
      if (found === undefined || operator.catalog.startsWith('oci:') || operator.catalog.includes('@')) return [];
      const path = ['mirror', 'operators', index];
      const pinned = `${nameOfCatalog(operator.catalog)}@${found.original.digest}`;
      return [
        { path: [...path, 'catalog'], value: pinned },
        ...(operator.targetTag === undefined ? [{ path: [...path, 'targetTag'], value: found.original.tag }] : []),
      ];
    }),
    ...additionalImages.flatMap((additional, index) => {
      const { repository, tag } = destinationOfImage(additional);
      const image = images.find((it) => it.kind === 'additional' && it.repository === repository && it.tag === tag);
      if (image === undefined || additional.name.startsWith('oci:') || additional.name.includes('@')) return [];
      return [{ path: ['mirror', 'additionalImages', index, 'name'], value: `${additional.name}@${image.digest}` }];
    }),
  ];
}

function releasePins(
  platform: ImageSetDocument['config']['mirror']['platform'],
  images: readonly MirroredImage[],
): Pin[] {
  const releases = images.filter(isReleaseImage);
  if (platform?.release !== undefined) {
    const [release] = releases;
    if (release === undefined || platform.release.includes('@')) return [];
    const name = platform.release.replace(/:[^:/]+$/, '');
    return [{ path: ['mirror', 'platform', 'release'], value: `${name}@${release.digest}` }];
  }
  // With several channels, releases between them are mirrored too, and it is not known which came from which.
  const [channel, ...others] = platform?.channels ?? [];
  const versions = semver.sort(
    releases.map(({ tag }) => versionOfTag(tag)).filter((version) => semver.valid(version) !== null),
  );
  const [lowest, highest] = [versions.at(0), versions.at(-1)];
  if (channel === undefined || others.length > 0 || lowest === undefined || highest === undefined) return [];
  const path = ['mirror', 'platform', 'channels', 0];
  return [
    ...(channel.minVersion === undefined ? [{ path: [...path, 'minVersion'], value: lowest }] : []),
    ...(channel.maxVersion === undefined ? [{ path: [...path, 'maxVersion'], value: highest }] : []),
  ];
}
