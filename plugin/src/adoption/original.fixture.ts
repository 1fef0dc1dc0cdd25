/** Folders full of archives that were made without seqmirror, and an empty mirror to adopt them into. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FixtureChain, FixtureSequence } from '../../../testing/worlds/chain';
import { copyFolder, filesBelow, newFolder } from '../../../testing/worlds/folders';
import { writeArchives } from '../archive/archive.fixture';
import { linksOf } from '../archive/links';
import type { MirrorLocation } from '../mirror/mirror';
import type { Run } from '../mirror/run';
import { blobSetOf, closureOf } from '../sequence/closure';
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
  /** Another world with the same files. */
  copy(): AdoptionWorld;
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
  const world = worldIn(newFolder('adoption'));
  await mkdir(world.old, { recursive: true });
  await mkdir(dirname(world.content), { recursive: true });
  await writeFile(join(world.root, 'mirror', 'seqmirror.yaml'), 'schema: seqmirror/v1\nid: test\n');
  return world;
}

/** @param outer holds the workspace, and beside it the data directory and a home */
function worldIn(outer: string): AdoptionWorld {
  const root = join(outer, 'workspace');
  const old = join(root, 'old', 'content');
  const content = join(root, 'mirror', 'content');
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
    copy: () => {
      const other = newFolder('adoption');
      copyFolder(outer, other);
      return worldIn(other);
    },
    files: async (below) => {
      if (below !== undefined) return filesBelow(join(root, below), String);
      const data = [...filesBelow(join(outer, 'data'), String)];
      return new Map([...filesBelow(root, String), ...data.map(([path, text]) => [`data/${path}`, text] as const)]);
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

/**
 * Writes the archives of a chain as if they had been made without seqmirror: without records except the configuration.
 */
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
    // Every archive has the tags of the shared cache, including those of later and other configurations. Signatures
    // stay with their images, which these chains sometimes remove.
    const others = sequences.flatMap(({ images }) => images.filter(({ attachedTo }) => attachedTo === undefined));
    await writeArchives(path, {
      blobs: new Map(own.map((digest) => [digest, contents.get(digest) as Buffer])),
      links: linksOf([...others, ...sequence.images], everything),
    });
    await writeFile(join(path, 'imageset-config.yaml'), sequence.files['imageset-config.yaml'] as string);
    if (metadata) await writeFile(join(path, 'seq-metadata.yaml'), originalMetadata(sequence, sequences));
    folders.push(path);
  }
  return folders;
}

/** As the script writes it, including the version with quotes inside quotes. */
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
