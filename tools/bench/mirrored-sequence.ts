/** A mirror with one sealed sequence of what the lab has, made by the embedded engine. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { BenchSetting } from './benchmark';
import type { LabProcess } from './lab-process';
import { callProduct } from './product';

export const mirroredFolder = 'seq1-bench';

/** Settings of the mirror in this workspace; its data directory lies beside it. */
export function mirrorSettings(root: string) {
  return { schema: 'seqmirror/v1', id: 'bench', engine: 'embedded', dataDir: `${root}-data`, ci: 'allow' };
}

/** Mirrors it into `root`, the workspace; the archives' paths. */
export async function mirrorSequenceOnce(
  { product, bench }: Pick<BenchSetting, 'product' | 'bench'>,
  { root, lab: { config, env, registriesConf } }: { root: string; lab: LabProcess },
): Promise<string[]> {
  const sequence = join(root, 'mirror', 'content', mirroredFolder);
  await mkdir(sequence, { recursive: true });
  await writeFile(
    join(root, 'mirror', 'seqmirror.yaml'),
    stringify({ ...mirrorSettings(root), registries: { registriesConf } }),
  );
  await writeFile(join(sequence, 'imageset-config.yaml'), config);
  const request = { workspaceRoot: root, mirrorRoot: 'mirror', folder: mirroredFolder };
  const where = { cwd: root, env: { ...process.env, ...env }, signal: bench.signal };
  const { result } = await callProduct<{ archives: string[] }>(product, 'mirrorSequence', request, where);
  return result.archives.map((name) => join(sequence, name));
}
