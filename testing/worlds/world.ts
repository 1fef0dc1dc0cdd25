/** A workspace with a mirror in a temporary folder, and an upstream on loopback behind its registries' real names. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { MirrorLocation } from '../../plugin/src/mirror/mirror';
import { mirrorSequence } from '../../plugin/src/mirroring/mirror-sequence';
import type { MirrorOutcome, MirrorSequenceOptions, SealedOutcome } from '../../plugin/src/mirroring/outcome';
import { silentProgress } from '../../plugin/src/system/progress';
import { anImage } from '../images/image';
import { imageSetOf } from '../images/image-set';
import type { Lab } from '../lab/lab';
import { startLab } from '../lab/lab';
import { authorityFile } from '../lab/registry/server';
import { onceARun } from '../run/once-a-run';
import { copyFolder, filesBelow, newFolder } from './folders';

export const ubi = 'registry.redhat.io/ubi9/ubi:9.5';
export const app = 'quay.io/platform/app:1.0';
export const tools = 'quay.io/platform/tools:2';

/** Three images that share a base layer; ubi is signed and of two architectures. */
export function startUpstream(): Promise<Lab> {
  const base = { name: 'ubi9-base', bytes: 300_000 };
  return startLab({
    images: [
      anImage(ubi, { layers: [base], architectures: ['amd64', 'arm64'], signed: true }),
      anImage(app, { layers: [base, { name: 'app', bytes: 90_000 }], architectures: 'amd64', format: 'docker' }),
      anImage(tools, { layers: [base, { name: 'tools', bytes: 50_000 }], architectures: ['amd64', 's390x'] }),
    ],
  });
}

export interface World {
  /** The workspace. */
  readonly root: string;
  /** The mirror's data directory, which lies outside it. */
  readonly data: string;
  readonly location: MirrorLocation;
  /** Paths are from the workspace; `data/…` is beside it. */
  write(path: string, text: string): Promise<void>;
  read(path: string): Promise<string>;
  /** A planned sequence with these additional images. */
  sequence(folder: string, images: readonly string[]): Promise<void>;
  mirror(folder: string, options?: Partial<MirrorSequenceOptions>): Promise<MirrorOutcome>;
  /** Mirrors and expects that it had to. */
  seal(folder: string): Promise<SealedOutcome>;
  /** Every file of the workspace and the data directory with its text, except what lies in engines' own folders. */
  files(): Promise<Map<string, string>>;
  /** Another world with the same files. */
  copy(): Promise<World>;
  remove(): Promise<void>;
}

const workspace = 'workspace';

export async function aWorld(upstream: Lab, { settings = '' }: { settings?: string | undefined } = {}): Promise<World> {
  const world = worldIn(newFolder('world'), upstream);
  await world.write('mirror/seqmirror.yaml', settingsOf(settings));
  return world;
}

/**
 * A world of its own whose sequences, named by their folders, are sealed with these images, one after the other:
 * `aSealedMirror(upstream, { 'seq1-baseline': [ubi], 'seq2-add-app': [ubi, app] })`. Sealed once a run, and copied.
 *
 * @param upstream `startUpstream`'s, as it was started
 */
export async function aSealedMirror(
  upstream: Lab,
  sequences: Readonly<Record<string, readonly string[]>>,
  { settings = '' }: { settings?: string | undefined } = {},
): Promise<World> {
  const content = createHash('sha256')
    .update(JSON.stringify([sequences, settings]))
    .digest('hex');
  const sealed = await onceARun(`sealed-${content.slice(0, 12)}`, async (making) => {
    const world = worldIn(making, upstream);
    await world.write('mirror/seqmirror.yaml', settingsOf(settings));
    for (const [folder, images] of Object.entries(sequences)) {
      await world.sequence(folder, images);
      await world.seal(folder);
    }
  });
  return worldIn(copyOf(sealed), upstream);
}

function settingsOf(settings: string): string {
  return `schema: seqmirror/v1\nid: test\nengine: embedded\n${settings}`;
}

function copyOf(root: string): string {
  const other = newFolder('world');
  copyFolder(root, other);
  return other;
}

/** @param outer holds the workspace, and beside it the data directory and a home */
function worldIn(outer: string, upstream: Lab): World {
  const root = join(outer, workspace);
  const env = {
    PATH: process.env['PATH'],
    HOME: join(outer, 'home'),
    SEQMIRROR_DATA_DIR: join(outer, 'data'),
    // Reading the machine's hundreds of authorities takes 50 ms in each run, and none of them matters here.
    SSL_CERT_FILE: authorityFile,
    ...upstream.env(),
  };
  const location: MirrorLocation = { workspaceRoot: root, mirrorRoot: 'mirror', name: 'mirror', env };
  const at = (path: string): string => join(path.startsWith('data/') ? outer : root, path);
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(at(path)), { recursive: true });
    await writeFile(at(path), text);
  };
  let minutes = 0;
  const mirror: World['mirror'] = (folder, options = {}) =>
    mirrorSequence({
      location,
      folder,
      dryRun: false,
      refresh: false,
      cachedByNx: false,
      progress: silentProgress,
      signal: new AbortController().signal,
      now: () => new Date(Date.UTC(2026, 10, 23, 6, minutes++)),
      ...options,
    });
  return {
    root,
    data: join(outer, 'data', 'test'),
    location,
    write,
    read: (path) => readFile(at(path), 'utf8'),
    sequence: (folder, images) => write(`mirror/content/${folder}/imageset-config.yaml`, imageSetOf(images)),
    mirror,
    seal: async (folder) => {
      const outcome = await mirror(folder);
      if (outcome.kind !== 'sealed') throw new Error(`${folder} was ${outcome.kind}`);
      return outcome;
    },
    files: async () => {
      const files = [...filesBelow(outer)].filter(([path]) => !path.includes('/engines/'));
      return new Map(
        files.map(([path, text]): [string, string] => [pathIn(path), text]).sort(([a], [b]) => (a < b ? -1 : 1)),
      );
    },
    copy: async () => worldIn(copyOf(outer), upstream),
    remove: () => rm(outer, { recursive: true, force: true }),
  };
}

/** As `write` takes it. */
function pathIn(path: string): string {
  return path.startsWith(`${workspace}/`) ? path.slice(workspace.length + 1) : path;
}
