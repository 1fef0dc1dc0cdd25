import type { Depth } from '../../api';
import { validate } from '../../api';
import { renderValidation } from '../../report/text/validation';
import { executorOf, locationOf } from '../run-executor';
import { shareOf } from './share';

export interface ValidateExecutorOptions {
  readonly sequence?: string | undefined;
  readonly depth?: Depth | undefined;
  readonly path?: string | undefined;
  /** Numbers arrive as such from a command line. */
  readonly sample?: string | number | undefined;
  readonly record?: boolean | undefined;
  readonly as?: string | undefined;
  readonly json?: boolean | undefined;
}

export default executorOf<ValidateExecutorOptions>(async (options, run) => {
  const { sequence, depth = 'deep', path, sample, record = false, as, json = false } = options;
  const { folder, ...location } = locationOf(run, sequence);
  const validation = await validate({
    ...run,
    location,
    folder: sequence === undefined ? undefined : folder,
    path,
    depth,
    sample: sample === undefined ? undefined : shareOf(sample),
    record: record || as !== undefined || sample !== undefined,
    as,
  });
  run.print(
    json ? JSON.stringify({ schema: 'seqmirror/validate/v1', ...validation }, null, 2) : renderValidation(validation),
  );
  return validation.sound;
});
