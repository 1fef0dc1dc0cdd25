import type { BundleKind } from '../../api';
import { bundleSequence, enclosedUploader } from '../../api';
import { bundleInJson, renderBundle } from '../../report/text/bundle';
import { executorOf, locationOf } from '../run-executor';

export interface BundleExecutorOptions {
  readonly sequence: string;
  readonly output?: string | undefined;
  readonly site?: readonly string[] | undefined;
  readonly kind?: BundleKind | undefined;
  /** Numbers arrive as such from a command line. */
  readonly media?: string | number | undefined;
  readonly plan?: boolean | undefined;
  readonly volume?: number | undefined;
  readonly link?: boolean | undefined;
  readonly verify?: boolean | undefined;
  readonly fresh?: boolean | undefined;
  readonly need?: string | undefined;
  readonly reissue?: string | undefined;
  readonly format?: 'folder' | 'tar' | undefined;
  readonly json?: boolean | undefined;
}

export default executorOf<BundleExecutorOptions>(async ({ sequence, site = [], media, json = false, ...rest }, run) => {
  const { folder, ...location } = locationOf(run, sequence);
  const { plan = false, link = false, verify = false, fresh = false, format = 'folder' } = rest;
  const outcome = await bundleSequence({
    ...run,
    ...rest,
    location,
    folder,
    sites: site,
    media: media === undefined ? undefined : String(media),
    plan,
    link,
    verify,
    fresh,
    format,
    uploader: await enclosedUploader(),
    stream: run.stdout,
  });
  const text = json ? JSON.stringify(bundleInJson(outcome), null, 2) : renderBundle(outcome);
  // Where the bundle itself goes to standard output, nothing else may.
  if (rest.output === '-') run.progress.note(text);
  else run.print(text);
  return true;
});
