/**
 * Adopts a folder by the packed plugin in a process of its own, so that a spec can kill it. Arguments: where the plugin is
 * installed, the workspace, the data folder, the source.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Api from '../../plugin/src/api';

async function main(): Promise<void> {
  const [installed = '', workspaceRoot = '', data = '', source = ''] = process.argv.slice(2);
  const api = createRequire(join(installed, 'package.json'))('seqmirror/api') as typeof Api;
  const { applyAdoption, planAdoption, silentProgress } = api;
  const run = { progress: silentProgress, signal: new AbortController().signal, now: () => new Date() };
  const plan = await planAdoption({
    ...run,
    location: { workspaceRoot, mirrorRoot: 'mirror', env: { HOME: data, SEQMIRROR_DATA_DIR: data } },
    source,
    taking: 'copy',
  });
  process.send?.('planned');
  await applyAdoption(plan, run);
  process.send?.('adopted');
  process.disconnect?.();
}

void main();
