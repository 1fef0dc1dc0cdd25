/**
 * What oc-mirror's disk-to-mirror reads besides the registry, for archives that are composed: taken from other archives
 * of the chain, or from the folder in which the engine works. None of it has a digest of its own, so each is believed
 * only as far as the images of the sequence confirm it: of its own releases, and of catalogs whose `digest` is theirs.
 */
import type { Digest } from '../oci/digest';
import { hexOf } from '../oci/digest';
import { graphUpTo } from '../release/release-graph';
import type { TaggedImage } from './links';
import type { DiskToMirrorConfig } from './needed-by-disk-to-mirror';
import { neededByDiskToMirror } from './needed-by-disk-to-mirror';
import type { WorkingDirFile } from './working-dir';
import type { PlannedFile } from './write-whole';

/** A place that has such files. */
export interface FileSource {
  /** For people. */
  readonly where: string;
  /** `working-dir/…` */
  readonly files: readonly WorkingDirFile[];
}

/** What these rules know an image by. A MirroredImage is one. */
export interface KindOfImage extends TaggedImage {
  readonly kind: string;
  readonly attachedTo?: Digest | undefined;
}

export interface WorkingDirFiles {
  readonly files: readonly PlannedFile[];
  /** What is needed and nowhere, in words. */
  readonly lacking: readonly string[];
}

// Update graphs and digests, the only ones that are looked into, are smaller.
const limit = 64 * 1024 ** 2;

const releaseFiles = /^working-dir\/(?:hold-release\/ocp-release\/([^/]+)\/|signatures\/(.+)-sha256-[0-9a-f]{64}$)/;
const graphFiles = /^working-dir\/hold-release\/cincinnati-graph-data\//;
const catalogFiles = /^(working-dir\/operator-catalogs\/[^/]+\/[0-9a-f]{64}\/filtered-catalogs\/([0-9a-f]{32}))\//;

/**
 * Chooses among the sources, in their order, what a sequence with these images and this configuration needs.
 *
 * @param has names that archives which stay have already
 */
export async function workingDirFiles(
  sources: readonly FileSource[],
  { config, images, has }: { config: DiskToMirrorConfig; images: readonly KindOfImage[]; has: ReadonlySet<string> },
): Promise<WorkingDirFiles> {
  const releases = new Set(images.filter(isPayload).map(({ tag }) => tag));
  const catalogs = new Map(images.filter(isRebuiltCatalog).map(({ tag, digest }) => [tag, digest]));
  const files = new Map<string, PlannedFile>();
  const catalogFrom = new Map<string, string>();
  for (const { where, files: found } of sources) {
    const proven = await provenCatalogs(found, catalogs);
    for (const file of found) {
      const { name } = file;
      if (files.has(name) || has.has(name) || !neededByDiskToMirror(name, config)) continue;
      const release = releaseFiles.exec(name);
      const catalog = catalogFiles.exec(name);
      if (release !== null) {
        if (releases.has(release[1] ?? release[2] ?? '')) files.set(name, file);
      } else if (graphFiles.test(name)) {
        const graph = graphUpTo((await file.read({ limit }))?.toString('utf8') ?? '', versionsOf(releases));
        if (graph !== undefined) files.set(name, fileOf(name, Buffer.from(graph)));
      } else if (catalog !== null) {
        // All of a catalog from one place: with a file too few, disk-to-mirror uploads less and does not say so.
        const [, folder = ''] = catalog;
        if (proven.has(folder) && (catalogFrom.get(folder) ?? where) === where) {
          catalogFrom.set(folder, where);
          files.set(name, file);
        }
      } else if (!name.startsWith('working-dir/containers/')) files.set(name, file);
    }
  }
  const names = new Set([...files.keys(), ...has]);
  return {
    files: [...files.values()],
    lacking: lackingIn(names, { config, releases, catalogs: new Set(catalogs.keys()) }),
  };
}

/** The payload itself, not its signature; its components lie in another repository (oc-mirror internal/pkg/release). */
function isPayload({ kind, repository, attachedTo }: KindOfImage): boolean {
  return kind === 'release' && repository.endsWith('openshift/release-images') && attachedTo === undefined;
}

/** A catalog that oc-mirror made of packages has the filter's hash for a tag. */
function isRebuiltCatalog({ kind, tag }: KindOfImage): boolean {
  return kind === 'operator' && /^[0-9a-f]{32}$/.test(tag);
}

/** `4.19.2-x86_64` is the tag of version 4.19.2. */
function versionsOf(tags: ReadonlySet<string>): string[] {
  return [...tags].map((tag) => tag.replace(/-(?:x86_64|aarch64|s390x|ppc64le|multi)$/, ''));
}

/** Folders of catalogs whose `digest` is that of the image. */
async function provenCatalogs(
  found: readonly WorkingDirFile[],
  catalogs: ReadonlyMap<string, Digest>,
): Promise<Set<string>> {
  const proven = new Set<string>();
  for (const { name, read } of found) {
    const [, folder = '', id = ''] = catalogFiles.exec(name) ?? [];
    const digest = catalogs.get(id);
    if (digest === undefined || name !== `${folder}/digest`) continue;
    if ((await read({ limit }))?.toString('latin1') === hexOf(digest)) proven.add(folder);
  }
  return proven;
}

function fileOf(name: string, content: Buffer): PlannedFile {
  return {
    name,
    bytes: content.length,
    pieces: async function* () {
      yield content;
    },
  };
}

function lackingIn(
  names: ReadonlySet<string>,
  {
    config,
    releases,
    catalogs,
  }: { config: DiskToMirrorConfig; releases: ReadonlySet<string>; catalogs: ReadonlySet<string> },
): string[] {
  const { platform, operators = [], helm } = config.config.mirror;
  const any = (pattern: RegExp): boolean => [...names].some((name) => pattern.test(name));
  const lacking: string[] = [];
  const texts = [...names];
  for (const tag of releases) {
    if (!names.has(`working-dir/hold-release/ocp-release/${tag}/release-manifests/image-references`))
      lacking.push(`the list of images of release ${tag} (image-references)`);
    if (!texts.some((name) => name.startsWith(`working-dir/signatures/${tag}-sha256-`)))
      lacking.push(`the signature of release ${tag}`);
  }
  if (releases.size > 0 && (platform?.channels ?? []).length > 0 && !any(graphFiles))
    lacking.push('the update graph of its channels (cincinnati-graph-data)');
  for (const id of catalogs) {
    if (!texts.some((name) => name.endsWith(`/filtered-catalogs/${id}/digest`)))
      lacking.push(`the filtered catalog ${id} of ${operators.map(({ catalog }) => catalog).join(', ')}`);
  }
  if ((helm?.repositories ?? []).length > 0 && !any(/^working-dir\/helm\/charts\//)) lacking.push('the helm charts');
  return lacking;
}
