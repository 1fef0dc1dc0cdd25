/** The e2e suites' workspace of somebody, with a sealed mirror and one project that does nothing. */
import { join } from 'node:path';
import { createWorkspace } from '../../e2e/harness/workspace';
import { measureProcess } from './measured-process';
import type { ProcessUse } from './measured-process';
import type { SealedMirror } from './sealed-mirror';
import { writeSealedMirror } from './sealed-mirror';
import type { Workbench } from './workbench';

export interface NxWorkspace {
  nx(args: readonly string[]): Promise<ProcessUse>;
}

/** The task that costs nothing but Nx's own start, once it is cached. */
export const trivialTask = 'trivial:nothing';

/** The package and the mirror's files are there in any case; `plugin: 'off'` leaves it out of nx.json alone. */
export async function makeNxWorkspace(
  { signal }: Workbench,
  { plugin, mirror }: { plugin: 'on' | 'off'; mirror: SealedMirror },
): Promise<NxWorkspace> {
  const plugins = plugin === 'on' ? [{ plugin: 'seqmirror', options: {} }] : [];
  const workspace = await createWorkspace({ nxJson: { plugins } });
  const nothing = { executor: 'nx:run-commands', options: { command: 'true' }, cache: true, inputs: [], outputs: [] };
  await workspace.write('trivial/project.json', JSON.stringify({ name: 'trivial', targets: { nothing } }));
  await writeSealedMirror(join(workspace.root, 'mirror'), mirror);
  const { root, env } = workspace;
  return { nx: (args) => measureProcess(join(root, 'node_modules', '.bin', 'nx'), args, { cwd: root, env, signal }) };
}
