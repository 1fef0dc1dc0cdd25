import { uploadSequence } from '../../api';
import { renderUpload, uploadInJson } from '../../report/upload';
import { executorOf, locationOf } from '../run-executor';

export interface UploadExecutorOptions {
  readonly sequence: string;
  readonly registry: string;
  readonly engine?: 'auto' | 'embedded' | 'oc-mirror';
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export default executorOf<UploadExecutorOptions>(async (options, run) => {
  const { sequence, registry, engine = 'auto', force = false, dryRun = false, json = false } = options;
  const { folder, ...location } = locationOf(run, sequence);
  const outcome = await uploadSequence({ ...run, location, folder, registry, engine, force, dryRun });
  run.print(json ? JSON.stringify(uploadInJson(outcome), null, 2) : renderUpload(outcome));
  return true;
});
