import { join } from 'node:path';
import { writeFileAtomically } from '../../system/atomic-file';
import { formatBytes } from '../../system/byte-size';
import { counted } from '../../system/counted';
import { inPrivateFolder } from '../../system/path-below';
import type { Pace } from './attempts';
import { firstPace, nextPace } from './attempts';
import { cacheIsEmpty } from './cache';
import { archiveIncomplete, collectingFailed, imagesFailed, runCrashed, runRefused, releaseUnsigned } from './errors';
import type { FailedImage } from './failures';
import { readFailedImages } from './failures';
import { noteFingerprints } from './fingerprints';
import { configFileName } from './folders';
import { writeHistory } from './history';
import type { RunOutcome } from './one-run';
import { reportProgress } from './progress';
import type { RunContext } from './run';
import { runOcMirror } from './run';
import type { Leftover } from './running-mark';
import { nothingLeft } from './running-mark';
import { prepareStage } from './stage';

/**
 * Runs oc-mirror until it has made the archives, with an adapted pace after each failure, and returns the output of the
 * last run. The archives are left in the stage.
 *
 * @throws SEQ0403 images failed, SEQ0404 it refused, SEQ0405 it crashed, SEQ0407 archive cut, SEQ0408 signature missing,
 *   SEQ0409 nothing could be collected
 */
export async function mirrorUntilDone(
  context: RunContext,
  { version, leftover }: { version: string; leftover: Leftover },
): Promise<{ outcome: RunOutcome; pace: Pace }> {
  const { request, folders } = context;
  const { keyFile } = request;
  await checkCache(context);
  let pace = firstPace(request.options);
  for (let attempt = 1; ; attempt += 1) {
    const foreign = await prepareStage(folders, { leftover: attempt === 1 ? leftover : nothingLeft, keyFile });
    if (foreign > 0) request.progress.note(noteOfForeign(foreign));
    await writeHistory(folders.workingDir, request.base, { now: request.now(), signal: request.signal });
    await writeConfig(folders.stage, request);
    const outcome = await runWithProgress(context, pace);
    // What it made is ours, whatever comes of it. Of a run that was killed the mark tells.
    if (outcome.exit.kind !== 'killed' && outcome.exit.kind !== 'crashed') await noteFingerprints(folders, keyFile);
    if (outcome.exit.kind === 'success') {
      const warning = outcome.output.warnings.find((text) => /error closing archive/i.test(text));
      if (warning !== undefined) throw archiveIncomplete({ version, said: warning });
      return { outcome, pace };
    }
    const failed = await readFailedImages(folders.workingDir);
    const next = nextPace(pace, { ...outcome, failed, errors: outcome.output.errors }, attempt);
    if (next === undefined) throw endOfAttempts({ version, outcome, failed, attempts: attempt });
    request.progress.note(noteOfSetback(outcome, failed, next, attempt));
    pace = next;
  }
}

/** The cost of an empty cache is known from the base, which oc-mirror downloads once more to find what is new. */
async function checkCache({ request, folders }: RunContext): Promise<void> {
  if (request.base.size === 0 || !(await cacheIsEmpty(folders.cache))) return;
  const bytes = [...request.base.values()].reduce((sum, blob) => sum + blob.bytes, 0);
  request.progress.note(
    `the cache of oc-mirror is empty, so oc-mirror downloads the blobs of the base again, up to ${formatBytes(bytes)}`,
  );
  await request.ensureSpace({ download: 0, archives: 0, cache: bytes });
}

/** Writes the configuration where oc-mirror finds it: the person's own text, in the folder that it runs in. */
export async function writeConfig(
  folder: string,
  { document }: { document: { readonly text: string } },
): Promise<void> {
  await writeFileAtomically(inPrivateFolder(join(folder, configFileName)), document.text);
}

async function runWithProgress(context: RunContext, pace: Pace): Promise<RunOutcome> {
  const report = reportProgress(context.folders, context.request.progress);
  try {
    return await runOcMirror(context, { mode: 'mirror', pace }, report.onEvent);
  } finally {
    await report.stop();
  }
}

function endOfAttempts(facts: {
  version: string;
  outcome: RunOutcome;
  failed: readonly FailedImage[];
  attempts: number;
}): Error {
  const { version, failed, attempts, outcome } = facts;
  const { exit, output } = outcome;
  const unsigned = output.errors.find((text) => /reading manifest sha256-[0-9a-f]{64}\.sig in /.test(text));
  if (unsigned !== undefined && failed.length === 0) return releaseUnsigned({ version, said: unsigned });
  switch (exit.kind) {
    case 'images failed':
      return output.imagesToCopy === undefined
        ? collectingFailed({ version, exit, attempts, errors: output.errors })
        : imagesFailed({ version, exit, failed, attempts, errors: output.errors });
    case 'crashed':
    case 'killed':
      return runCrashed({ version, exit, panic: output.panic });
    case 'success':
    case 'refused':
      return runRefused({ version, exit, errors: output.errors });
  }
}

function noteOfForeign(parts: number): string {
  return `another program changed ${counted(parts, 'part')} of oc-mirror's working-dir; oc-mirror makes them again, so catalogs get a new digest`;
}

function noteOfSetback(outcome: RunOutcome, failed: readonly FailedImage[], next: Pace, attempt: number): string {
  if (outcome.portTaken) return 'another program took the port of the cache registry; trying again with another one';
  const images =
    failed.length === 0
      ? `images could not be collected in attempt ${attempt}`
      : `${failed.length} image${failed.length === 1 ? '' : 's'} failed in attempt ${attempt}`;
  return `${images}; trying again with ${counted(next.parallelImages, 'image')} at a time, at most ${next.imageTimeoutSeconds} s for each image`;
}
