/**
 * Makes an ISO image of a volume that is whole in its folder, for people who burn discs. The image is made by xorriso under
 * a temporary name, and gets its own name once every file in it was read back, by xorriso too, and is what was written.
 */
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { recordLimits } from '../../sequence/record-limits';
import { parseSha256Sums } from '../../sequence/sha256-sums';
import { asideOf, sweepLeftOver } from '../../system/atomic-file';
import { makeFolder, move, removeFile } from '../../system/change-folder';
import { freeBytes } from '../../system/disk';
import { bytesOfFile } from '../../system/files';
import { findProgram } from '../../system/find-program';
import { below, entryAt, readableRoot } from '../../system/path-below';
import { runProgram, startProgram } from '../../system/process';
import type { Progress } from '../../system/progress';
import { syncFile, syncFolder } from '../../system/sync';
import { readBytes } from '../../system/text-file';
import type { Medium } from '../../volumes/media';
import {
  imageProgramFailed,
  imageProgramMissing,
  imageTooLarge,
  mediumReadsWrong,
  outputNotWritable,
  outputTaken,
} from '../errors';
import { sumsFile } from './write-volume';

/** The image of a volume. */
export interface VolumeImage {
  readonly path: string;
  readonly bytes: number;
  /** Whether the image was already complete. */
  readonly kept: boolean;
}

export interface ImageRun {
  /** The path of xorriso. */
  readonly program: string;
  readonly medium: Medium;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

// Descriptors, tables, padding, and the directory records of a few hundred files in two trees.
const mostOfItsOwn = 4 * 1024 ** 2;
// Nothing of ours reaches it: it needs no home folder and no variables.
const env = { LC_ALL: 'C' };

/** The path of xorriso. @throws SEQ0677 if it is not installed */
export async function imageProgram(environment: Readonly<NodeJS.ProcessEnv>): Promise<string> {
  const program = await findProgram('xorriso', environment);
  if (program === undefined) throw imageProgramMissing();
  return program;
}

/**
 * @param volume `folder`: where it is; `root`: where the image goes; `label`: its name, without `.iso`
 * @throws SEQ0675 if another file has the image's name, SEQ0676 if the image does not read back as it was written,
 *   SEQ0677 if xorriso fails or the image is larger than the medium, SEQ0701 if the disk is too small
 */
export async function writeImage(
  { folder, root, label }: { readonly folder: string; readonly root: string; readonly label: string },
  run: ImageRun,
): Promise<VolumeImage> {
  const { program, signal, medium } = run;
  const file = below(readableRoot(root), `${label}.iso`);
  const { path } = file;
  const sums = await sumsOf(folder);
  if (entryAt(path) !== undefined) {
    if (entryAt(path)?.isFile() === true && (await differingFiles(path, sums, run)).length === 0)
      return { path, bytes: (await bytesOfFile(path)) ?? 0, kept: true };
    throw outputTaken({ output: root, found: [`${label}.iso`] });
  }
  await sweepLeftOver(below(file.root, root));
  await makeFolder(below(file.root, root));
  const sizes = await Promise.all([...sums.keys()].map((name) => bytesOfFile(join(folder, name))));
  const needed = sizes.reduce<number>((sum, bytes) => sum + (bytes ?? 0) + 2048, mostOfItsOwn);
  const free = await freeBytes(root);
  if (needed > free) throw outputNotWritable({ output: root, needed, free });
  const aside = asideOf(file);
  try {
    // -r: no owners, and modes that everybody can read by. Level 3: files of 4 GiB and more.
    const { exitCode, stderr } = await runProgram(
      program,
      [
        ...['-no_rc', '-as', 'mkisofs', '-quiet', '-r', '-J', '-joliet-long', '-iso-level', '3'],
        ...['-V', volumeId(label), '-o', aside.path, folder],
      ],
      { env, signal },
    );
    if (exitCode !== 0) throw imageProgramFailed({ output: path, said: lastLine(stderr) });
    const bytes = (await bytesOfFile(aside.path)) ?? 0;
    if (medium.bytes !== undefined && bytes > medium.bytes)
      throw imageTooLarge({ output: path, bytes, of: medium.bytes });
    await syncFile(aside.path);
    const wrong = await differingFiles(aside.path, sums, run);
    if (wrong.length > 0) throw mediumReadsWrong({ output: path, files: wrong });
    await move(aside, file);
    await syncFolder(root);
    return { path, bytes, kept: false };
  } finally {
    await removeFile(aside);
  }
}

/** `MIRROR_SEQ1_BASELINE_1OF1`: what ISO 9660 allows in the name of a volume. */
function volumeId(label: string): string {
  return label
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]/g, '_')
    .slice(-32);
}

/** The sha256 of every file in a volume's folder; SHA256SUMS has those of large files. */
async function sumsOf(folder: string): Promise<Map<string, string>> {
  const medium = readableRoot(folder);
  const listed = await readBytes(below(medium, sumsFile), { limit: recordLimits.sums });
  const sums = new Map(parseSha256Sums(listed.toString('utf8'), sumsFile).map(({ name, sha256 }) => [name, sha256]));
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const name = join(entry.parentPath, entry.name).slice(folder.length + 1);
    if (!entry.isFile() || sums.has(name)) continue;
    // Only signatures and SHA256SUMS itself are not listed.
    const content = await readBytes(below(medium, name), { limit: recordLimits.sums });
    sums.set(name, createHash('sha256').update(content).digest('hex'));
  }
  return sums;
}

/** Files that an image lacks, or has with other bytes. */
async function differingFiles(
  image: string,
  sums: ReadonlyMap<string, string>,
  { program, signal, progress }: ImageRun,
): Promise<string[]> {
  const wrong: string[] = [];
  for (const [name, sha256] of sums) {
    signal.throwIfAborted();
    // Without stdio:, a file below /dev would be taken for a drive.
    const args = ['-no_rc', '-osirrox', 'on', '-iso_rr_pattern', 'off', '-indev', `stdio:${image}`];
    const reading = await startProgram(program, [...args, '-concat', 'overwrite', '-', `/${name}`, '--'], {
      env,
      signal,
    });
    reading.stderr.resume();
    const hash = createHash('sha256');
    for await (const piece of reading.stdout as AsyncIterable<Buffer>) {
      hash.update(piece);
      progress.advance(piece.length);
    }
    const { exitCode } = await reading.ended;
    signal.throwIfAborted();
    if (exitCode !== 0 || hash.digest('hex') !== sha256) wrong.push(name);
  }
  return wrong;
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
