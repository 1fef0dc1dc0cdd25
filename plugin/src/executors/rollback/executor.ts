import { rollbackSite } from '../../api';
import { renderRollback } from '../../report/text/site-status';
import { executorOf } from '../run-executor';
import { siteLocationOf } from '../site-location';
import { setbackOf } from './setback';

export interface RollbackExecutorOptions {
  readonly site: string;
  /** Numbers arrive as such from a command line. */
  readonly to?: string | number;
  readonly wiped?: boolean;
  readonly cache?: boolean;
  readonly note?: string;
  readonly dryRun?: boolean;
}

export default executorOf<RollbackExecutorOptions>(async (options, run) => {
  const { note, dryRun = false } = options;
  const { location, site } = siteLocationOf(run, options.site);
  const project = run.context.projectName ?? '';
  const outcome = await rollbackSite({
    location,
    site: site as string,
    setback: setbackOf(options, project),
    note,
    dryRun,
    now: run.now,
  });
  run.print(renderRollback(outcome, project));
  return true;
});
