/**
 * ImageDigestMirrorSets and ImageTagMirrorSets by oc-mirror's rules (internal/pkg/clusterresources, generateImageMirrors):
 * one set for release, operator and other images; a whole namespace where the destination keeps the source's path,
 * else the one repository, and always that where paths are shortened (`maxNestedPaths`). Catalogs and the graph image
 * have resources of their own and are in none.
 */
import { z } from 'zod';
import type { RegistryDestination } from '../registry/destination';
import { pathAt } from '../registry/destination';
import { isGraphImage, isReleaseImage } from '../release/release-images';
import { compareTexts } from '../system/compare-texts';
import type { ImageName } from './image-name';
import { imageName, namespaceScope, repositoryScope } from './image-name';
import type { ResourceImage } from './resource-image';
import { objectsIn, resourceText } from './resource-text';

export type MirrorSetKind = 'ImageDigestMirrorSet' | 'ImageTagMirrorSet';
type Category = 'generic' | 'operator' | 'release';

/** By the set's name, then by source: where clusters find it instead. */
export type MirrorSets = ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>;
type GrowingSets = Map<string, Map<string, Set<string>>>;

export const mirrorSetFiles: Readonly<Record<MirrorSetKind, string>> = {
  ImageDigestMirrorSet: 'idms-oc-mirror.yaml',
  ImageTagMirrorSet: 'itms-oc-mirror.yaml',
};

const shapes = {
  ImageDigestMirrorSet: { prefix: 'idms', list: 'imageDigestMirrors' },
  ImageTagMirrorSet: { prefix: 'itms', list: 'imageTagMirrors' },
} as const;

export function mirrorSetsOf(
  kind: MirrorSetKind,
  images: readonly ResourceImage[],
  destination: RegistryDestination,
): MirrorSets {
  const sets: GrowingSets = new Map();
  for (const image of images) {
    if (image.catalog !== undefined || image.attachedTo !== undefined || isGraphImage(image)) continue;
    if (!belongsTo(kind, image)) continue;
    const { source, mirror } = scopesOf(image, destination);
    add(sets, { set: `${shapes[kind].prefix}-${categoryOf(image)}-0`, source, mirror });
  }
  return sets;
}

/** Everything that is in any of them: sets of earlier sequences stay right, since their images stay in the registry. */
export function mergeMirrorSets(...all: readonly MirrorSets[]): MirrorSets {
  const merged: GrowingSets = new Map();
  for (const sets of all) {
    for (const [set, sources] of sets) {
      for (const [source, mirrors] of sources) for (const mirror of mirrors) add(merged, { set, source, mirror });
    }
  }
  return merged;
}

/** The file's text, sorted; `undefined` if it would be empty. */
export function renderMirrorSets(kind: MirrorSetKind, sets: MirrorSets): string | undefined {
  if (sets.size === 0) return undefined;
  const documents = sorted(sets).map(([name, sources]) => ({
    apiVersion: 'config.openshift.io/v1',
    kind,
    metadata: { name },
    spec: {
      [shapes[kind].list]: sorted(sources).map(([source, mirrors]) => ({ mirrors: [...mirrors].sort(), source })),
    },
  }));
  return documents.map((document) => `---\n${resourceText(document)}`).join('');
}

const Entry = z.object({ mirrors: z.array(z.string()), source: z.string() });
const SetText = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({ imageDigestMirrors: z.array(Entry).optional(), imageTagMirrors: z.array(Entry).optional() }),
});

/** Reads such a file, from any maker. Documents of another shape are left out. */
export function parseMirrorSets(text: string): MirrorSets {
  const sets: GrowingSets = new Map();
  for (const object of objectsIn(text)) {
    const parsed = SetText.safeParse(object);
    if (!parsed.success) continue;
    const { metadata, spec } = parsed.data;
    for (const { source, mirrors } of [...(spec.imageDigestMirrors ?? []), ...(spec.imageTagMirrors ?? [])])
      for (const mirror of mirrors) add(sets, { set: metadata.name, source, mirror });
  }
  return sets;
}

// The release image is in both: the installer asks for it by tag, the cluster by digest.
function belongsTo(kind: MirrorSetKind, image: ResourceImage): boolean {
  const { tag, digest } = nameOf(image);
  return kind === 'ImageDigestMirrorSet' ? digest !== '' || isReleaseImage(image) : tag !== '' || digest === '';
}

const names = new WeakMap<ResourceImage, ImageName>();

/** Taken apart once: an export asks about the same thousands of images for each site. */
function nameOf(image: ResourceImage): ImageName {
  const name = names.get(image) ?? imageName(image.source);
  names.set(image, name);
  return name;
}

function categoryOf({ kind }: ResourceImage): Category {
  return kind === 'release' || kind === 'operator' ? kind : 'generic';
}

function scopesOf(image: ResourceImage, destination: RegistryDestination): { source: string; mirror: string } {
  const from = nameOf(image);
  const to = { domain: destination.host, path: pathAt(destination, image.repository) };
  const isKept = destination.maxNestedPaths === undefined && to.path.endsWith(from.path);
  const scope = isKept ? namespaceScope : repositoryScope;
  return { source: scope(from), mirror: scope(to) };
}

function add(sets: GrowingSets, { set, source, mirror }: { set: string; source: string; mirror: string }): void {
  const sources = sets.get(set) ?? new Map<string, Set<string>>();
  sets.set(set, sources);
  const mirrors = sources.get(source) ?? new Set<string>();
  sources.set(source, mirrors.add(mirror));
}

function sorted<T>(map: ReadonlyMap<string, T>): [string, T][] {
  return [...map].sort(([a], [b]) => compareTexts(a, b));
}
