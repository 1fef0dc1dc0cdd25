import { rollbackSite } from '../../api';
import { renderRollback } from '../../report/text/site-status';
import { executorOf } from '../run-executor';
import { siteLocationOf } from '../site-location';
import { setbackOf } from './setback';

export interface RollbackExecutorOptions {
  readonly site: string;
  /** Numbers arrive as such from a command line. */
  readonly to?: string | number | undefined;
  readonly wiped?: boolean | undefined;
  readonly cache?: boolean | undefined;
  readonly note?: string | undefined;
  readonly dryRun?: boolean | undefined;
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
