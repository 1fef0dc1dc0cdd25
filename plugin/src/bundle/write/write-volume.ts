/**
 * Writes the volumes of a plan; each byte is read once and hashed meanwhile. The order of writing, and what a kill
 * after each step leaves behind:
 *
 *   1. archives and pieces          a journal lists the whole ones; they are read back instead of written again
 *   2. records, bundle.env, …       small, and written again
 *   3. the statement, signatures    written again; each signature comes after what it signs
 *   4. SHA256SUMS                   the volume is complete when it is there
 *   5. the journal is removed       nothing is left to do
 */
import type { HashLanes, Sink } from '../../archive/hashing/hashing';
import { openHashingOutput, startHashLanes } from '../../archive/hashing/hashing';
import type { WrittenFile } from '../../archive/write-archive';
import { sendArchive } from '../../archive/write-archive';
import type { DataDirectory } from '../../mirror/data-directory';
import type { Digest } from '../../oci/digest';
import { recordLimits } from '../../sequence/record-limits';
import { renderSha256Sums } from '../../sequence/sha256-sums';
import { below, inReadableFolder, readableRoot } from '../../system/path-below';
import type { Progress } from '../../system/progress';
import { sha256Of } from '../../system/sha256';
import { readBytes, readText } from '../../system/text-file';
import type { BundleFile, WrittenArchive } from '../../volumes/bundle-file';
import type { ChainSource } from '../blob-sources';
import { archiveInChain, sourcing } from '../blob-sources';
import { wholeArchiveDamaged } from '../errors';
import { ownFiles } from '../own-files';
import type { BundlePlan } from '../plan';
import { filesOf } from '../plan';
import { textFile } from '../records';
import type { VolumeJournal } from './journal';
import { sendRange } from './send-range';
import type { SignText } from './statement';
import { renewStatement, writeStatement } from './statement';
import type { BundleTarget } from './target';
import { noteWritten } from './written-volumes';

export const sumsFile = 'SHA256SUMS';
export const signatureFile = `${sumsFile}.sig`;

export interface WriteRun {
  readonly sources: ReadonlyMap<Digest, ChainSource>;
  readonly link: boolean;
  /** The data directory, which records what was written, and by which account. */
  readonly data: DataDirectory;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** When a bundle expires, given when it was made; `undefined`: never. */
  readonly expires: (made: string) => string | undefined;
  /** `undefined` if bundles are not signed. */
  readonly sign?: SignText | undefined;
}

export interface WrittenVolume {
  readonly number: number;
  /** The bytes of all its files, without the statement and the signatures. */
  readonly bytes: number;
  /** The sha256 of its SHA256SUMS. */
  readonly sha256: string;
  readonly linked: number;
}

/**
 * The sums of archives that are carried in pieces: a far side that joins them again compares. Reads these archives once
 * more than the others, and proves their blobs, since no piece holds a whole blob.
 */
export async function splitSums(plan: BundlePlan, { sources, signal }: WriteRun): Promise<Map<string, string>> {
  const sums = new Map<string, string>();
  for (const { name, of } of plan.layout.splits) {
    if ('source' in of) sums.set(name, of.source.sha256);
    else {
      const nowhere: Sink = async () => undefined;
      const { sha256 } = await sendArchive(of.archive, nowhere, {
        ...sourcing(sources, { name: plan.mirror }),
        signal,
      });
      sums.set(name, sha256);
    }
  }
  return sums;
}

/** Writes one volume. @throws SEQ0672 when an archive that it is made of is damaged */
export async function writeVolume(
  plan: BundlePlan,
  number: number,
  target: BundleTarget,
  {
    made,
    splits,
    journal,
    ...run
  }: WriteRun & { made: string; splits: ReadonlyMap<string, string>; journal: VolumeJournal | undefined },
): Promise<WrittenVolume> {
  const { signal, progress } = run;
  const lanes = startHashLanes();
  const sums = new Map<string, WrittenFile>();
  const archives: WrittenArchive[] = [];
  let linked = 0;
  const put = async (file: BundleFile): Promise<void> => {
    const kept = journal?.kept(file);
    const result =
      kept ??
      (await target.put(file, (sink) => send(file, sink, { plan, lanes, signal, progress, sources: run.sources })));
    sums.set(file.path, result);
  };
  const linkOrPut = async (file: BundleFile): Promise<boolean> => {
    const source = run.link ? linkable(file) : undefined;
    if (source === undefined || !(await target.link(file, source.path))) {
      await put(file);
      return false;
    }
    sums.set(file.path, { bytes: file.bytes, sha256: source.sha256 });
    return true;
  };
  try {
    const files = filesOf(plan, number);
    const isArchive = (file: BundleFile): boolean => file.kind === 'squashed' || file.kind === 'whole';
    for (const file of files.filter(isArchive)) {
      signal.throwIfAborted();
      progress.detail(file.path);
      if (await linkOrPut(file)) linked += 1;
      const written = sums.get(file.path) as WrittenFile;
      archives.push({
        path: file.path,
        ...written,
        ...(file.kind === 'whole' ? { from: archiveInChain(file.source) } : {}),
      });
      await journal?.add(file.path, written);
    }
    for (const file of files.filter((each) => !isArchive(each))) await linkOrPut(file);
    for (const [path, text] of Object.entries(ownFiles(plan, { number, made, splits, archives })))
      await put(textFile(path, text));
    const text = renderSha256Sums([...sums].map(([name, { sha256 }]) => ({ name, sha256 })));
    await target.settle();
    const bytes = [...sums.values()].reduce((sum, file) => sum + file.bytes, Buffer.byteLength(text));
    const putUnlisted = (path: string, content: Buffer) => putBytes(target, path, content, { lanes, signal });
    await writeStatement(plan, { ...run, made, sums: text, put: putUnlisted });
    // For readers of earlier versions, which know no statement.
    if (run.sign !== undefined) await putUnlisted(signatureFile, await run.sign(text, sumsFile, 'seqmirror'));
    // Before the volume is whole: a file that is kept later is hashed against these sums anyway.
    if (journal !== undefined) await noteWritten(run.data, sha256Of(text));
    await put(textFile(sumsFile, text));
    await target.finish();
    await journal?.remove();
    return { number, bytes, sha256: sums.get(sumsFile)?.sha256 ?? '', linked };
  } finally {
    await lanes.close();
  }
}

/** Files that a hard link is enough for: an archive of a sequence as it is, the uploader. */
function linkable(file: BundleFile): { readonly path: string; readonly sha256: string } | undefined {
  if (file.kind === 'record' && file.sha256 !== undefined) return { path: file.from, sha256: file.sha256 };
  return file.kind === 'whole' && file.slice === undefined ? file.source : undefined;
}

interface SendRun {
  readonly plan: Pick<BundlePlan, 'mirror'>;
  readonly lanes: HashLanes;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  readonly sources: ReadonlyMap<Digest, ChainSource>;
}

async function send(
  file: BundleFile,
  sink: Sink,
  { plan, lanes, signal, progress, sources }: SendRun,
): Promise<WrittenFile> {
  const run = { lanes, signal, progress: progress.advance };
  switch (file.kind) {
    case 'text':
      return sendText(Buffer.from(file.text), sink, run);
    case 'record':
      return sendText(await readBytes(inReadableFolder(file.from), { limit: recordLimits.inventory }), sink, run);
    case 'squashed':
      return sendArchive(file.archive, sink, {
        ...sourcing(sources, { name: plan.mirror }),
        ...run,
        slice: file.slice,
      });
    case 'whole': {
      const { source, slice = { from: 0, to: file.bytes } } = file;
      const written = await sendRange(source.path, slice, sink, run);
      const isWhole = file.slice === undefined;
      if (isWhole && written.sha256 !== source.sha256)
        throw wholeArchiveDamaged({ mirror: plan.mirror, ...source, actual: written.sha256 });
      return written;
    }
  }
}

/** Writes a file that SHA256SUMS does not list. */
async function putBytes(
  target: BundleTarget,
  path: string,
  content: Buffer,
  run: { lanes: HashLanes; signal: AbortSignal },
): Promise<void> {
  await target.put({ path, bytes: content.length }, (sink) => sendText(content, sink, run));
}

/** Leaves a volume as it is that is whole already; only its statement and signature may be written again. */
export async function keepVolume(
  plan: BundlePlan,
  path: string,
  target: BundleTarget,
  { made, expires, sign, signal }: Pick<WriteRun, 'expires' | 'sign' | 'signal'> & { made: string },
): Promise<void> {
  const lanes = startHashLanes();
  try {
    const sums = await readText(below(readableRoot(path), sumsFile), { limit: recordLimits.sums });
    const put = (name: string, content: Buffer) => putBytes(target, name, content, { lanes, signal });
    await renewStatement(plan, path, { made, expires, sums, sign, put });
    await target.settle();
  } finally {
    await lanes.close();
  }
}

async function sendText(
  content: Buffer,
  sink: Sink,
  { lanes, signal }: { lanes: HashLanes; signal: AbortSignal },
): Promise<WrittenFile> {
  const output = openHashingOutput(sink, lanes, { signal });
  await output.write(content);
  return output.end();
}
