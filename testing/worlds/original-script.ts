/**
 * What teams have that mirrored before seqmirror: folders as the original sequential script made them (RedHatGov
 * oc-mirror-hackathon, oc-mirror-sequential.sh), and one destination that oc-mirror was run into again and again.
 */
import { chmod, mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ocMirrorEnvironment } from '../../plugin/src/engine/oc-mirror/environment';
import { freeLoopbackPort } from '../../plugin/src/engine/oc-mirror/port';
import { runProgram } from '../../plugin/src/system/process';
import type { World } from './oc-mirror';

/** Mirrors a configuration to disk as people do by hand. */
export async function mirrorInto(world: World, destination: string, config: string): Promise<void> {
  await mkdir(destination, { recursive: true });
  const port = await freeLoopbackPort();
  const result = await runProgram(
    world.options.ocMirrorBinary as string,
    [
      '--v2',
      `--config=${config}`,
      `--cache-dir=${join(world.folder, 'shared-cache')}`,
      `--port=${port}`,
      '--retry-times=1',
      '--parallel-images=8',
      '--src-tls-verify=false',
      'file://.',
    ],
    {
      cwd: destination,
      env: ocMirrorEnvironment(world.env, { port, registriesConf: world.lab.registriesConf }),
      outputLimit: 16 * 1024 * 1024,
    },
  );
  if (result.exitCode !== 0) throw new Error(`oc-mirror ended with ${result.exitCode}: ${result.stdout.slice(-3000)}`);
}

export interface OriginalSequence {
  /** `…/content` */
  readonly content: string;
  readonly number: number;
  readonly description: string;
  readonly imageSet: string;
}

/** One run of the script: a new folder, a copy of the configuration, archives, metadata and an upload script. */
export async function runOriginalScript(world: World, sequence: OriginalSequence): Promise<string> {
  const { content, number, description, imageSet } = sequence;
  const folder = join(content, `seq${number}-${description}`);
  await mkdir(folder, { recursive: true });
  const config = join(folder, 'imageset-config.yaml');
  await writeFile(config, imageSet);
  await mirrorInto(world, folder, config);
  await writeFile(join(folder, 'seq-metadata.yaml'), await originalMetadata(world, sequence, folder));
  await writeFile(join(folder, 'seq-upload.sh'), '#!/bin/bash\n\n# Auto-generated upload script for sequence\n');
  await chmod(join(folder, 'seq-upload.sh'), 0o755);
  return folder;
}

/** The script's here-documents, quoting included: a version with quotes in it makes YAML that no parser takes. */
async function originalMetadata(
  world: World,
  { content, number, description }: OriginalSequence,
  folder: string,
): Promise<string> {
  const type = number === 1 ? 'baseline' : 'differential';
  const version = await runProgram(world.options.ocMirrorBinary as string, ['version'], { env: process.env });
  const archives = (await readdir(folder)).filter((name) => /^mirror_.*\.tar$/.test(name)).sort();
  const sizes = await Promise.all(archives.map((name) => usage(join(folder, name))));
  const earlier = (await readdir(content)).filter((name) => Number(/^seq(\d+)/.exec(name)?.[1]) < number).sort();
  const transfer =
    number === 1
      ? ['  complete: true', '  dependencies: []', `  transfer_size: "${await usage(folder)}"`]
      : [
          '  complete: false',
          '  dependencies:',
          ...earlier.map((name) => `    - "${name}"`),
          `  differential_size: "${await usage(folder)}"`,
          `  cumulative_size: "${await usage(content)}"`,
        ];
  return [
    '# oc-mirror Sequential Metadata',
    `sequence_number: ${number}`,
    `description: "${description}"`,
    `timestamp: "${new Date().toISOString().slice(0, 19)}Z"`,
    `content_type: "${type}"`,
    `oc_mirror_version: "${version.stdout.split('\n')[0] ?? 'unknown'}"`,
    'config_file: "imageset-config.yaml"',
    'config_source: "imageset-config.yaml"',
    '',
    '# Archive information',
    'archives:',
    ...archives.flatMap((name, index) => [`  - name: "${basename(name)}"`, `    size: "${sizes[index]}"`]),
    '',
    '# Operational Information',
    'air_gapped_transfer:',
    ...transfer,
    '',
  ].join('\n');
}

/** `du -sh`, as the script measures. */
async function usage(path: string): Promise<string> {
  const { stdout } = await runProgram('/usr/bin/du', ['-sh', path], { env: {} });
  return stdout.split('\t')[0] as string;
}

/** Removes the archives from a destination, as people do who carry them before they run oc-mirror there again. */
export async function moveArchives(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of await readdir(from)) {
    if (/^mirror_\d{6}\.tar$/.test(name)) await rename(join(from, name), join(to, name));
  }
}
