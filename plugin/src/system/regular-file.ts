/** Opens regular files, and nothing else: it would wait for a pipe, and read a device without end. */
import type { Stats } from 'node:fs';
import { closeSync, fstatSync, openSync, statSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { constants, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { isSeqmirrorError, systemErrorCode } from './errors';
import type { PathBelow } from './path-below';
import { ensureNoLinkBelow } from './path-below';
import { fileTrouble, notRegularFile, pathThroughLink } from './system-errors';

/**
 * A file by any path, links followed: an archive, which may be a symbolic link of ours, or a file that a person named.
 *
 * @param options.direct with O_DIRECT, bypassing the system's cache
 * @throws SEQ0709 if it is not a regular file; the system's error if it can't be opened
 */
export async function openRegular(path: string, { direct = false } = {}): Promise<FileHandle> {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | (direct ? constants.O_DIRECT : 0);
  return requireRegular(await open(path, flags), path);
}

/** A file below a root. @throws SEQ0708 through a link, SEQ0709 if it is not a regular file, SEQ0702 */
export async function openRegularBelow(file: PathBelow): Promise<FileHandle> {
  ensureNoLinkBelow(file);
  const { path } = file;
  try {
    return await requireRegular(
      await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW),
      path,
    );
  } catch (error) {
    throw translated(error, path, 'read');
  }
}

/** The bytes of a file, opened when the first are read; the stream fails as openRegular does. */
export function streamRegular(path: string, options: { highWaterMark?: number } = {}): Readable {
  return Readable.from(piecesOf(path, options), { objectMode: false });
}

async function* piecesOf(path: string, options: { highWaterMark?: number }): AsyncGenerator<Buffer> {
  yield* (await openRegular(path)).createReadStream(options);
}

/**
 * A regular file, opened synchronously: for short files, which then take a tenth of the time. The caller closes it.
 *
 * @param flags beside those for reading
 * @throws SEQ0709 if it is not a regular file; the system's error if it can't be opened
 */
export function openRegularNow(path: string, flags = 0): number {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | flags);
  const found = fstatSync(file);
  if (found.isFile()) return file;
  closeSync(file);
  throw notRegularFile({ path, kind: kindOf(found) });
}

/** The same for any path, and for /dev/null, which people use for an empty file. */
export function openNamedNow(path: string): number {
  const found = statSync(path);
  const isNull = found.isCharacterDevice() && found.rdev === statSync('/dev/null').rdev;
  return isNull ? openSync(path, constants.O_RDONLY) : openRegularNow(path);
}

/** Closes a file that is not regular, and refuses it. */
export async function requireRegular(handle: FileHandle, path: string): Promise<FileHandle> {
  let isRegular = false;
  try {
    const found = await handle.stat();
    isRegular = found.isFile();
    if (!isRegular) throw notRegularFile({ path, kind: kindOf(found) });
    return handle;
  } finally {
    if (!isRegular) await handle.close();
  }
}

function kindOf(found: Stats): string {
  return found.isDirectory() ? 'a folder' : 'a pipe, a device or another special file';
}

/** The system's error, with a code. */
export function translated(error: unknown, path: string, verb: 'read' | 'written'): unknown {
  if (isSeqmirrorError(error)) return error;
  const reason = systemErrorCode(error);
  if (reason === 'ELOOP') return pathThroughLink({ link: path });
  if (reason === 'ENXIO') return notRegularFile({ path, kind: 'a pipe, a device or another special file' });
  return reason === undefined ? error : fileTrouble({ path, verb, reason, cause: error });
}
