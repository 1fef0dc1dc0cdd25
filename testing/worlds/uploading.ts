/** A world whose sequences are uploaded into a registry that speaks plain HTTP. */
import { silentProgress } from '../../plugin/src/system/progress';
import type { UploadOptions, UploadOutcome } from '../../plugin/src/upload/upload-sequence';
import { uploadSequence } from '../../plugin/src/upload/upload-sequence';
import type { World } from './world';

/** The part of seqmirror.yaml that lets the mirror speak to the registry. */
export function trusting(host: string, { retries = 1 }: { retries?: number | undefined } = {}): string {
  return `retries: ${retries}\nregistries:\n  hosts:\n    '${host}': { insecure: true }\n`;
}

/** The whole of seqmirror.yaml. */
export function settingsTrusting(host: string, options: { retries?: number | undefined } = {}): string {
  return `schema: seqmirror/v1\nid: test\nengine: embedded\n${trusting(host, options)}`;
}

export function upload(
  world: Pick<World, 'location'>,
  folder: string,
  options: Pick<UploadOptions, 'registry'> & Partial<UploadOptions>,
): Promise<UploadOutcome> {
  return uploadSequence({
    location: world.location,
    folder,
    engine: 'auto',
    force: false,
    dryRun: false,
    progress: silentProgress,
    signal: new AbortController().signal,
    now: () => new Date(),
    ...options,
  });
}
