import semver from 'semver';
import type { WorkingDir } from '../archive/working-dir';
import type { ReleaseChannel } from '../imageset/schema';
import { componentsIn, imageReferencesCharacterLimit } from '../release/image-references';
import { graphByteLimit, payloadsIn } from '../release/release-graph';
import { componentRepository, graphRepository, releaseRepository, versionOfTag } from '../release/release-images';
import { isGraphPath, releasesListedIn } from '../release/working-dir';
import { isSeqmirrorError } from '../system/errors';
import type { ExpectedImage, ContentWitness } from './expected-image';

const graph: ExpectedImage = {
  kind: 'release',
  source: `${graphRepository}:latest`,
  repository: graphRepository,
  tag: 'latest',
};

/** The releases whose lists of images oc-mirror kept, as far as the configuration asks for them now. */
export async function expectedReleases({ config, workingDir, tags }: ContentWitness) {
  const { platform } = config.mirror;
  if (platform === undefined) return { images: [], unknown: [], notes: [] };
  const images: ExpectedImage[] = platform.graph === true ? [graph] : [];
  const notes: string[] = [];
  const kept = releasesListedIn(workingDir.paths);
  const wanted = wantedTags(
    kept.map(({ tag }) => tag),
    platform.channels ?? [],
  );
  const payloads = await payloadNames(workingDir);
  for (const { tag, path } of kept.filter((release) => wanted.has(release.tag))) {
    const digest = tags.get(`${releaseRepository}:${tag}`);
    const name = (digest === undefined ? undefined : payloads.get(digest)) ?? usualPayload;
    images.push({ kind: 'release', source: `${name}:${tag}`, repository: releaseRepository, tag });
    try {
      const content = (await workingDir.text(path, { limit: imageReferencesCharacterLimit })) ?? '';
      for (const component of componentsIn(content, { file: `working-dir/${path}` })) {
        images.push({
          kind: 'release',
          source: component.from,
          repository: componentRepository,
          tag: `${tag}-${component.name}`,
        });
      }
    } catch (error) {
      if (!isSeqmirrorError(error)) throw error;
      notes.push(`${error.what}: seqmirror finds the images of release ${tag} by the tags in the archives`);
    }
  }
  const unknown = kept.length === 0 || notes.length > 0 ? (['release'] as const) : [];
  return { images, unknown: [...unknown], notes };
}

const usualPayload = 'quay.io/openshift-release-dev/ocp-release';

/**
 * A destination that was mirrored into for months keeps the lists of releases that are no longer asked for. A channel
 * without bounds asks for the newest release, else for those within the bounds.
 */
function wantedTags(tags: readonly string[], channels: readonly ReleaseChannel[]): Set<string> {
  if (channels.length === 0) return new Set(tags);
  const wanted = new Set<string>();
  for (const { name, minVersion, maxVersion, full } of channels) {
    const minor = /-(\d+\.\d+)$/.exec(name)?.[1];
    const known = tags.filter((tag) => semver.valid(versionOfTag(tag)) !== null);
    const [low, high] = [semver.valid(minVersion ?? null), semver.valid(maxVersion ?? null)];
    const within = known.filter(
      (tag) =>
        (low === null || semver.gte(versionOfTag(tag), low)) &&
        (high === null || semver.lte(versionOfTag(tag), high)) &&
        (low !== null || high !== null || minor === undefined || versionOfTag(tag).startsWith(`${minor}.`)),
    );
    const newest = semver.rsort(within.map(versionOfTag)).at(0);
    const onlyNewest = low === null && high === null && full !== true;
    for (const tag of within) if (!onlyNewest || versionOfTag(tag) === newest) wanted.add(tag);
  }
  // A channel of another kind than these rules know: everything that was kept counts as wanted.
  return wanted.size === 0 ? new Set(tags) : wanted;
}

/** The update graph's name of a release, by its digest. */
async function payloadNames(workingDir: WorkingDir): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (const path of workingDir.paths.filter(isGraphPath)) {
    const text = await workingDir.text(path, { limit: graphByteLimit });
    for (const [digest, name] of payloadsIn(text ?? '')) names.set(digest, name);
  }
  return names;
}
