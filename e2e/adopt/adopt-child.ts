/** Adopts a folder in a process of its own, so that a spec can kill it. Arguments: the workspace, the data folder, the source. */
import { applyAdoption, planAdoption, silentProgress } from '../../plugin/src/api';

async function main(): Promise<void> {
  const [workspaceRoot = '', data = '', source = ''] = process.argv.slice(2);
  const run = { progress: silentProgress, signal: new AbortController().signal, now: () => new Date() };
  const plan = await planAdoption({
    ...run,
    location: { workspaceRoot, mirrorRoot: 'mirror', env: { SEQMIRROR_DATA_DIR: data } },
    source,
    taking: 'copy',
  });
  process.send?.('planned');
  await applyAdoption(plan, run);
  process.send?.('adopted');
  process.disconnect?.();
}

void main();
