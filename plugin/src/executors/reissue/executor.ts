import { reissueSequence } from '../../api';
import { reissueInJson, renderReissue } from '../../report/text/reissue';
import { executorOf, locationOf } from '../run-executor';

export interface ReissueExecutorOptions {
  readonly sequence: string;
  readonly from?: readonly string[] | undefined;
  readonly dryRun?: boolean | undefined;
  readonly json?: boolean | undefined;
}

export default executorOf<ReissueExecutorOptions>(
  async ({ sequence, from = [], dryRun = false, json = false }, run) => {
    const { folder, ...location } = locationOf(run, sequence);
    const outcome = await reissueSequence({ ...run, location, folder, from, dryRun });
    run.print(json ? JSON.stringify(reissueInJson(outcome), null, 2) : renderReissue(outcome));
    return true;
  },
);
