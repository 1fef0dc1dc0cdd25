import { uploadSequence, uploadToSite } from '../../api';
import { renderUpload, uploadInJson } from '../../report/text/upload';
import { uploadWithoutRegistry } from '../../upload/upload-errors';
import { executorOf, locationOf } from '../run-executor';

export interface UploadExecutorOptions {
  readonly sequence: string;
  readonly registry?: string | undefined;
  readonly site?: string | undefined;
  readonly engine?: 'auto' | 'embedded' | 'oc-mirror' | undefined;
  readonly force?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  readonly json?: boolean | undefined;
}

export default executorOf<UploadExecutorOptions>(async (options, run) => {
  const { sequence, registry, site, engine = 'auto', force = false, dryRun = false, json = false } = options;
  const { folder, ...location } = locationOf(run, sequence);
  const upload = { ...run, location, folder, engine, force, dryRun };
  if (site === undefined && registry === undefined)
    throw uploadWithoutRegistry({ project: run.context.projectName ?? '' });
  const outcome =
    site === undefined
      ? await uploadSequence({ ...upload, registry: registry as string })
      : await uploadToSite({ ...upload, site, registry });
  run.print(json ? JSON.stringify(uploadInJson(outcome), null, 2) : renderUpload(outcome));
  return true;
});
