/** A workspace with a chain that the real oc-mirror, or the embedded engine, mirrored from the synthetic upstream. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { MirrorLocation, Validation, ValidateOptions } from '../../plugin/src/api';
import { mirrorSequence, silentProgress, validate } from '../../plugin/src/api';
import type { EngineName } from '../../plugin/src/engine/engine';
import { programPath } from '../lab/requirements';
import type { World } from './oc-mirror';
import { imageSetText, startWorld } from './oc-mirror';

export interface SealedWorld {
  readonly upstream: World;
  readonly location: MirrorLocation;
  /** A path below the sequences' folder. */
  content(...names: string[]): string;
  /** Data directory of the mirror. */
  readonly data: string;
  seal(folder: string, config: string): Promise<void>;
  validate(options?: Partial<ValidateOptions>): Promise<Validation>;
  close(): Promise<void>;
}

export const run = {
  progress: silentProgress,
  signal: new AbortController().signal,
  now: () => new Date(),
};

/** A world without sequences. */
export async function startSealedWorld({
  layerBytes,
  engine = 'oc-mirror',
}: {
  layerBytes: number;
  engine?: EngineName;
}): Promise<SealedWorld> {
  const upstream = await startWorld({ layerBytes });
  const workspaceRoot = join(upstream.folder, 'workspace');
  const content = (...names: string[]) => join(workspaceRoot, 'mirror', 'content', ...names);
  const write = async (path: string, text: string) => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  };
  await write(
    join(workspaceRoot, 'mirror', 'seqmirror.yaml'),
    [
      'schema: seqmirror/v1',
      'id: e2e',
      `engine: ${engine}`,
      `ocMirror: { binary: ${JSON.stringify(programPath('oc-mirror'))} }`,
      `registries: { registriesConf: ${JSON.stringify(upstream.lab.registriesConf)} }`,
      '',
    ].join('\n'),
  );
  const env = { ...upstream.env, SEQMIRROR_DATA_DIR: join(upstream.folder, 'data') };
  const location: MirrorLocation = { workspaceRoot, mirrorRoot: 'mirror', name: 'mirror', env };
  return {
    upstream,
    location,
    content,
    data: join(upstream.folder, 'data', 'e2e'),
    seal: async (folder, config) => {
      await write(content(folder, 'imageset-config.yaml'), config);
      await mirrorSequence({ ...run, location, folder, dryRun: false, refresh: false, cachedByNx: false });
    },
    validate: (options = {}) => validate({ ...run, location, depth: 'deep', ...options }),
    close: () => upstream.close(),
  };
}

/** Three sequences: a release; an operator beside it; another operator and an image. */
export async function sealThree(world: SealedWorld): Promise<readonly [string, string, string]> {
  const folders = ['seq1-baseline', 'seq2-add-web-terminal', 'seq3-add-logging'] as const;
  await world.seal(folders[0], imageSetText({}));
  await world.seal(folders[1], imageSetText({ packages: ['web-terminal'] }));
  const config = imageSetText({
    packages: ['web-terminal', 'cluster-logging'],
    images: ['registry.redhat.io/ubi9/ubi:9.5'],
  });
  await world.seal(folders[2], config);
  return folders;
}
