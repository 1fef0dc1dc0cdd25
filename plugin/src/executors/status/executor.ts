import { siteStatus } from '../../api';
import { renderSitesStatus } from '../../report/text/site-status';
import { executorOf } from '../run-executor';
import { siteLocationOf } from '../site-location';

export interface StatusExecutorOptions {
  readonly site?: string | undefined;
  readonly json?: boolean | undefined;
}

export default executorOf<StatusExecutorOptions>(async ({ site, json = false }, run) => {
  const status = await siteStatus({ now: run.now, ...siteLocationOf(run, site) });
  run.print(json ? JSON.stringify({ schema: 'seqmirror/status/v1', ...status }, null, 2) : renderSitesStatus(status));
  return status.problems.length === 0;
});
