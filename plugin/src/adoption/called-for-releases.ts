import semver from 'semver';
import { z } from 'zod';
import type { WorkingDir } from '../archive/working-dir';
import type { ReleaseChannel } from '../imageset/schema';
import { componentsIn, imageReferencesCharacterLimit } from '../release/image-references';
import { isSeqmirrorError } from '../system/errors';
import { valueOfJson } from '../system/json-text';
import type { CalledFor, CallingFrom } from './called-for';

const releases = 'openshift/release-images';
const components = 'openshift/release';
const graph: CalledFor = {
  kind: 'release',
  source: 'openshift/graph-image:latest',
  repository: 'openshift/graph-image',
  tag: 'latest',
};

/** The releases whose lists of images oc-mirror kept, as far as the configuration asks for them now. */
export async function releasesCalledFor({ config, workingDir, tags }: CallingFrom) {
  const { platform } = config.mirror;
  if (platform === undefined) return { images: [], unknown: [], notes: [] };
  const images: CalledFor[] = platform.graph === true ? [graph] : [];
  const notes: string[] = [];
  const kept = workingDir.paths.flatMap((path) => {
    const tag = /^hold-release\/ocp-release\/([^/]+)\/release-manifests\/image-references$/.exec(path)?.[1];
    return tag === undefined ? [] : [{ tag, path }];
  });
  const wanted = wantedTags(
    kept.map(({ tag }) => tag),
    platform.channels ?? [],
  );
  const payloads = await payloadNames(workingDir);
  for (const { tag, path } of kept.filter((release) => wanted.has(release.tag))) {
    const digest = tags.get(`${releases}:${tag}`);
    const name = (digest === undefined ? undefined : payloads.get(digest)) ?? usualPayload;
    images.push({ kind: 'release', source: `${name}:${tag}`, repository: releases, tag });
    try {
      const content = (await workingDir.text(path, { limit: imageReferencesCharacterLimit })) ?? '';
      for (const component of componentsIn(content, { file: `working-dir/${path}` })) {
        images.push({
          kind: 'release',
          source: component.from,
          repository: components,
          tag: `${tag}-${component.name}`,
        });
      }
    } catch (error) {
      if (!isSeqmirrorError(error)) throw error;
      notes.push(`${error.what}: which images release ${tag} has is taken from the archives' tags`);
    }
  }
  const unknown = kept.length === 0 || notes.length > 0 ? (['release'] as const) : [];
  return { images, unknown: [...unknown], notes };
}

const usualPayload = 'quay.io/openshift-release-dev/ocp-release';

/**
 * A destination that was mirrored into for months keeps the lists of releases that are no longer asked for. Of a channel
 * without bounds the newest is asked for, else what lies within them.
 */
function wantedTags(tags: readonly string[], channels: readonly ReleaseChannel[]): Set<string> {
  if (channels.length === 0) return new Set(tags);
  const wanted = new Set<string>();
  for (const { name, minVersion, maxVersion, full } of channels) {
    const minor = /-(\d+\.\d+)$/.exec(name)?.[1];
    const known = tags.filter((tag) => semver.valid(versionOf(tag)) !== null);
    const [low, high] = [semver.valid(minVersion ?? null), semver.valid(maxVersion ?? null)];
    const within = known.filter(
      (tag) =>
        (low === null || semver.gte(versionOf(tag), low)) &&
        (high === null || semver.lte(versionOf(tag), high)) &&
        (low !== null || high !== null || minor === undefined || versionOf(tag).startsWith(`${minor}.`)),
    );
    const newest = semver.rsort(within.map(versionOf)).at(0);
    const onlyNewest = low === null && high === null && full !== true;
    for (const tag of within) if (!onlyNewest || versionOf(tag) === newest) wanted.add(tag);
  }
  // A channel of another kind than these rules know: everything that was kept is taken for wanted.
  return wanted.size === 0 ? new Set(tags) : wanted;
}

/** `4.19.2-x86_64` → `4.19.2`; `4.20.0-rc.1-multi` → `4.20.0-rc.1`. */
function versionOf(tag: string): string {
  return tag.replace(/-(?:x86_64|aarch64|ppc64le|s390x|multi)$/, '');
}

const GraphData = z.object({ nodes: z.array(z.object({ payload: z.string().max(1000) })).max(100_000) });
const graphByteLimit = 64 * 1024 ** 2;

/** Under which name the update graph has a release, by its digest. */
async function payloadNames(workingDir: WorkingDir): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (const path of workingDir.paths.filter((each) =>
    /^hold-release\/cincinnati-graph-data\/[^/]+\.json$/.test(each),
  )) {
    const text = await workingDir.text(path, { limit: graphByteLimit });
    for (const { payload } of GraphData.safeParse(valueOfJson(text ?? '')).data?.nodes ?? []) {
      const [name = '', digest = ''] = payload.split('@');
      names.set(digest, name);
    }
  }
  return names;
}
