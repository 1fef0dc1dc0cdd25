import { voidSequence } from '../../api';
import { formatBytes } from '../../system/byte-size';
import { executorOf, locationOf } from '../run-executor';

export interface VoidExecutorOptions {
  readonly sequence: string;
  readonly dryRun?: boolean | undefined;
}

export default executorOf<VoidExecutorOptions>(async ({ sequence, dryRun = false }, run) => {
  const { folder, ...location } = locationOf(run, sequence);
  const { entry, archiveBytes, done } = await voidSequence({ ...run, location, folder, dryRun });
  const what = `the seal ${entry.seal} and ${formatBytes(archiveBytes)} of archives`;
  run.print(
    done
      ? `${folder}: void; ${what} are gone, chain.lock keeps a tombstone\nNext: edit its imageset-config.yaml, then nx run ${location.name}:seq${entry.number}`
      : `${folder}: dry run; ${what} would go, and its imageset-config.yaml would stay`,
  );
  return true;
});
