/** The e2e suites' workspace of somebody, with a sealed mirror and one project that does nothing. */
import { appendFile } from 'node:fs/promises';
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

/** A plugin that makes a project with one target of each sequence's folder: what Nx itself takes for that many projects. */
const plainPlugin = `const { basename, dirname } = require('node:path/posix');
exports.createNodesV2 = exports.createNodes = ['**/content/seq*/sequence.yaml', (files) => files.map((file) => {
  const root = dirname(file);
  return [file, { projects: { [root]: { root, name: basename(root), targets: { nothing: { executor: 'nx:noop' } } } } }];
})];
`;

/**
 * The package and the mirror's files are there in any case. `none`: nx.json names no plugin; `plain`: it names one that
 * makes a project of each sequence and nothing else of it.
 */
export async function makeNxWorkspace(
  { signal }: Workbench,
  {
    plugin,
    mirror,
    settings = '',
  }: {
    readonly plugin: 'seqmirror' | 'plain' | 'none';
    readonly mirror: SealedMirror;
    /** More lines for seqmirror.yaml. */
    readonly settings?: string;
  },
): Promise<NxWorkspace> {
  const plugins = { seqmirror: [{ plugin: 'seqmirror', options: {} }], plain: ['./plain-plugin.cjs'], none: [] }[
    plugin
  ];
  const workspace = await createWorkspace({ nxJson: { plugins } });
  const nothing = { executor: 'nx:run-commands', options: { command: 'true' }, cache: true, inputs: [], outputs: [] };
  await workspace.write('trivial/project.json', JSON.stringify({ name: 'trivial', targets: { nothing } }));
  await workspace.write('plain-plugin.cjs', plainPlugin);
  await writeSealedMirror(join(workspace.root, 'mirror'), mirror);
  await appendFile(join(workspace.root, 'mirror/seqmirror.yaml'), settings);
  const { root, env } = workspace;
  return { nx: (args) => measureProcess(join(root, 'node_modules', '.bin', 'nx'), args, { cwd: root, env, signal }) };
}
