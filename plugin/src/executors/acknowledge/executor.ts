import { acknowledge } from '../../api';
import { renderAcknowledgement } from '../../report/text/acknowledgement';
import { executorOf } from '../run-executor';
import { siteLocationOf } from '../site-location';
import { answerOf } from './answer';

export interface AcknowledgeExecutorOptions {
  readonly site: string;
  readonly receipt?: string | undefined;
  /** A code of digits alone arrives as a number from a command line. */
  readonly code?: string | number | undefined;
  readonly assume?: boolean | undefined;
  readonly lost?: string | undefined;
  readonly dryRun?: boolean | undefined;
  readonly json?: boolean | undefined;
}

export default executorOf<AcknowledgeExecutorOptions>(async (options, run) => {
  const { dryRun = false, json = false } = options;
  const { location, site } = siteLocationOf(run, options.site);
  const project = run.context.projectName ?? '';
  const outcome = await acknowledge({
    location,
    site: site as string,
    answer: answerOf(options, { project, cwd: run.context.cwd }),
    dryRun,
    now: run.now,
  });
  run.print(
    json
      ? JSON.stringify({ schema: 'seqmirror/acknowledge/v1', ...outcome }, null, 2)
      : renderAcknowledgement(outcome, project),
  );
  return true;
});
