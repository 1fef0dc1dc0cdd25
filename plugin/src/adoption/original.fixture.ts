/** Folders full of archives that were made without seqmirror, and an empty mirror to adopt them into. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { FixtureChain, FixtureSequence } from '../../../testing/worlds/chain';
import { writeArchives } from '../archive/archive.fixture';
import { layerLinkName, revisionLinkName, tagLinkName } from '../archive/names';
import type { PlannedLink } from '../archive/plan';
import type { MirrorLocation } from '../mirror/mirror';
import type { Run } from '../mirror/run';
import type { Digest } from '../oci/digest';
import type { MirroredImage } from '../oci/image';
import { blobSetOf, closureOf } from '../sequence/closure';
import { entriesIn } from '../system/files';
import { silentProgress } from '../system/progress';
import type { AdoptionOutcome } from './apply-adoption';
import { applyAdoption } from './apply-adoption';
import type { AdoptionPlan, PlanAdoptionOptions } from './plan-adoption';
import { planAdoption } from './plan-adoption';

export interface AdoptionWorld {
  /** The workspace. */
  readonly root: string;
  /** The mirror's content folder. */
  readonly content: string;
  /** Where old folders are. */
  readonly old: string;
  readonly location: MirrorLocation;
  plan(options?: Partial<PlanAdoptionOptions>): Promise<AdoptionPlan>;
  adopt(options?: Partial<PlanAdoptionOptions>): Promise<AdoptionOutcome>;
  /** Every file below a folder of the workspace with its bytes, by path; those of the data directory begin with `data/`. */
  files(below?: string): Promise<Map<string, string>>;
  remove(): Promise<void>;
}

export const run: Run = {
  progress: silentProgress,
  signal: new AbortController().signal,
  now: () => new Date(Date.UTC(2026, 10, 23, 6, 8, 52)),
};

export async function anAdoptionWorld(): Promise<AdoptionWorld> {
  const outer = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'seqmirror-adoption-'));
  const root = join(outer, 'workspace');
  const old = join(root, 'old', 'content');
  const content = join(root, 'mirror', 'content');
  await mkdir(old, { recursive: true });
  await mkdir(dirname(content), { recursive: true });
  await writeFile(join(root, 'mirror', 'seqmirror.yaml'), 'schema: seqmirror/v1\nid: test\n');
  const location: MirrorLocation = {
    workspaceRoot: root,
    mirrorRoot: 'mirror',
    name: 'mirror',
    env: { HOME: join(outer, 'home'), SEQMIRROR_DATA_DIR: join(outer, 'data') },
  };
  const plan: AdoptionWorld['plan'] = (options = {}) =>
    planAdoption({ ...run, location, source: old, taking: 'link', ...options });
  return {
    root,
    content,
    old,
    location,
    plan,
    adopt: async (options) => applyAdoption(await plan(options), run),
    files: async (below) => {
      if (below !== undefined) return filesBelow(join(root, below));
      return new Map([...(await filesBelow(root)), ...(await filesBelow(join(outer, 'data'), 'data/'))]);
    },
    remove: () => rm(outer, { recursive: true, force: true }),
  };
}

export interface OriginalOptions {
  /** `complete`: a new folder for each run, as the original script; `differential`: only what is new. */
  readonly archives: 'complete' | 'differential';
  /** The original script's seq-metadata.yaml. */
  readonly metadata?: boolean | undefined;
}

/** The archives of a chain as if they had been made without seqmirror: no records but the configuration. */
export async function writeOriginals(
  folder: string,
  { sequences, contents }: FixtureChain,
  { archives, metadata = false }: OriginalOptions,
): Promise<string[]> {
  const folders: string[] = [];
  const everything = blobSetOf(...sequences.map(({ inventory }) => inventory.blobs));
  for (const sequence of sequences) {
    const path = join(folder, sequence.folder);
    await mkdir(path, { recursive: true });
    const closure = closureOf(
      sequence.images.map(({ digest }) => digest),
      everything,
    );
    const own =
      archives === 'complete' ? [...closure.blobs.keys()] : sequence.inventory.blobs.map(({ digest }) => digest);
    // The shared cache's tags are in every archive, those of later and other configurations too. Signatures stay with
    // their images, which these chains take away from them now and then.
    const links = sequences.flatMap(({ images }) =>
      images.filter(({ attachedTo }) => attachedTo === undefined).flatMap((image) => linksOf(image, everything)),
    );
    await writeArchives(path, {
      blobs: new Map(own.map((digest) => [digest, contents.get(digest) as Buffer])),
      links: lastOfEach([...links, ...sequence.images.flatMap((image) => linksOf(image, everything))]),
    });
    await writeFile(join(path, 'imageset-config.yaml'), sequence.files['imageset-config.yaml'] as string);
    if (metadata) await writeFile(join(path, 'seq-metadata.yaml'), originalMetadata(sequence, sequences));
    folders.push(path);
  }
  return folders;
}

function linksOf(
  { repository, tag, digest }: MirroredImage,
  blobs: ReadonlyMap<
    Digest,
    { readonly mediaType?: string | undefined; readonly refs?: readonly Digest[] | undefined }
  >,
): PlannedLink[] {
  const links: PlannedLink[] = [{ name: tagLinkName(repository, tag), digest }];
  const visit = (at: Digest): void => {
    const record = blobs.get(at);
    const isManifest = record?.mediaType !== undefined;
    links.push({ name: isManifest ? revisionLinkName(repository, at) : layerLinkName(repository, at), digest: at });
    record?.refs?.forEach(visit);
  };
  visit(digest);
  return links;
}

function lastOfEach(links: readonly PlannedLink[]): PlannedLink[] {
  return [...new Map(links.map((link) => [link.name, link])).values()];
}

/** As the script writes it, the version with quotes within quotes included. */
export function originalMetadata(
  { number, folder }: Pick<FixtureSequence, 'number' | 'folder'>,
  sequences: readonly Pick<FixtureSequence, 'number' | 'folder'>[],
): string {
  const earlier = sequences.filter((other) => other.number < number);
  return [
    '# oc-mirror Sequential Metadata',
    `sequence_number: ${number}`,
    `description: "${folder.replace(/^seq\d+-/, '')}"`,
    'timestamp: "2025-08-18T01:27:03Z"',
    `content_type: "${number === 1 ? 'baseline' : 'differential'}"`,
    'oc_mirror_version: "Client Version: version.Info{Major:"", Minor:"", GitVersion:"4.19.0-202507292137.p0.g1", Platform:"linux/amd64"}"',
    'config_file: "imageset-config.yaml"',
    'config_source: "imageset-config.yaml"',
    '',
    '# Archive information',
    'archives:',
    '  - name: "mirror_000001.tar"',
    '    size: "22G"',
    '',
    '# Operational Information',
    'air_gapped_transfer:',
    ...(number === 1
      ? ['  complete: true', '  dependencies: []', '  transfer_size: "22G"']
      : [
          '  complete: false',
          '  dependencies:',
          ...earlier.map((other) => `    - "${other.folder}"`),
          '  differential_size: "30G"',
          '  cumulative_size: "52G"',
        ]),
    '',
  ].join('\n');
}

async function filesBelow(root: string, prefix = ''): Promise<Map<string, string>> {
  const entries = await entriesIn(root, { recursive: true });
  const paths = entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(
    paths.map(
      async (path) =>
        [`${prefix}${path.slice(root.length + 1)}`, await readFile(path, 'latin1').catch(String)] as const,
    ),
  );
  return new Map(texts.sort(([a], [b]) => (a < b ? -1 : 1)));
}
