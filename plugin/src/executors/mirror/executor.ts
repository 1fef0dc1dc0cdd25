import { mirrorSequence } from '../../api';
import { renderMirrorOutcome } from '../../report/text/mirror-outcome';
import { executorOf, locationOf } from '../run-executor';

export interface MirrorExecutorOptions {
  readonly sequence: string;
  readonly dryRun?: boolean | undefined;
  readonly refresh?: boolean | undefined;
}

export default executorOf<MirrorExecutorOptions>(async ({ sequence, dryRun = false, refresh = false }, run) => {
  const { folder, ...location } = locationOf(run, sequence);
  const outcome = await mirrorSequence({
    ...run,
    location,
    folder,
    dryRun,
    refresh,
    cachedByNx: run.context.target?.cache === true,
  });
  run.print(renderMirrorOutcome(outcome));
  return true;
});
