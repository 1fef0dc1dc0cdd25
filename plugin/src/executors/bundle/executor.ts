import type { BundleKind } from '../../api';
import { bundleSequence, enclosedUploader } from '../../api';
import { bundleInJson, renderBundle } from '../../report/text/bundle';
import { executorOf, locationOf } from '../run-executor';

export interface BundleExecutorOptions {
  readonly sequence: string;
  readonly output?: string;
  readonly site?: readonly string[];
  readonly kind?: BundleKind;
  /** Numbers arrive as such from a command line. */
  readonly media?: string | number;
  readonly plan?: boolean;
  readonly volume?: number;
  readonly link?: boolean;
  readonly verify?: boolean;
  readonly fresh?: boolean;
  readonly need?: string;
  readonly reissue?: string;
  readonly format?: 'folder' | 'tar';
  readonly json?: boolean;
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
