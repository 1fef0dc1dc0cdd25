/** The lab in its own process, so that its time and memory are not counted for anybody who is measured. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { documentedImages } from '../../testing/images/documented';
import type { ImageSpec } from '../../testing/images/image';
import { repositoryRoot } from './product';
import type { Workbench } from './workbench';

export interface LabProcess {
  readonly url: string;
  readonly env: Readonly<Record<string, string>>;
  readonly registriesConf: string;
  /** What it has, as a configuration: a release with its components, operators, and an image. */
  readonly config: string;
}

/** Starts it with what the documented run asks for, all its layers together about `bytes`, and makes each once. */
export async function startLabProcess(bench: Workbench, bytes: number): Promise<LabProcess> {
  const scale = bytes / layerBytes([...documentedImages(1)]);
  const program = ['-r', '@swc-node/register', join('testing', 'lab', 'main.ts'), '--json', '--scale', String(scale)];
  const child = spawn(process.execPath, program, {
    cwd: repositoryRoot,
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const exited = once(child, 'exit');
  bench.atEnd(async () => {
    child.kill('SIGTERM');
    await exited;
  });
  const lines = createInterface({ input: child.stdout });
  const [line] = (await Promise.race([
    once(lines, 'line'),
    exited.then(() => Promise.reject(new Error('the lab did not start'))),
  ])) as [string];
  const { url, env } = JSON.parse(line) as Pick<LabProcess, 'url' | 'env'>;
  // Its layers are hashed when they are first read, which must not count for anybody.
  for (const { reference } of documentedImages(1)) await firstUse(url, reference);
  const config = await readFile(join(repositoryRoot, 'workspace/mirror/imagesets/add-ubi9.yaml'), 'utf8');
  return { url, env, registriesConf: env['CONTAINERS_REGISTRIES_CONF'] ?? '', config };
}

async function firstUse(url: string, reference: string): Promise<void> {
  const cut = reference.lastIndexOf(':');
  const path = `${reference.slice(0, cut)}/manifests/${reference.slice(cut + 1)}`;
  const response = await fetch(`${url}/v2/${path}`, { method: 'HEAD' });
  if (!response.ok) throw new Error(`the lab answers ${response.status} for ${reference}`);
}

/** Bytes of all layers, each counted once: layers with the same name, size and architecture are the same. */
function layerBytes(images: readonly ImageSpec[]): number {
  const layers = new Map<string, number>();
  for (const { layers: own, architectures } of images) {
    for (const architecture of [architectures].flat()) {
      for (const layer of own)
        if ('bytes' in layer) layers.set(`${layer.name} ${layer.bytes} ${architecture}`, layer.bytes);
    }
  }
  return [...layers.values()].reduce((sum, bytes) => sum + bytes, 0);
}
