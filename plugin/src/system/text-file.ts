/** The only reader of small files: regular ones, not larger than the caller expects. */
import { closeSync, constants, fstatSync, read, readFileSync, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { systemErrorCode } from './errors';
import type { PathBelow } from './path-below';
import { ensureNoLinkBelow } from './path-below';
import { openNamedNow, openRegularNow, translated } from './regular-file';
import { fileTooLarge, fileTrouble } from './system-errors';

export interface ReadLimit {
  /** The most bytes that the file may have. Default: 4 MiB. */
  readonly limit?: number | undefined;
}

const usualLimit = 4 * 1024 ** 2;
const shortBytes = 1024 ** 2;

/** @throws SEQ0702 when it can't be read, SEQ0708 through a link, SEQ0709 if it is not a file or too large */
export async function readText(file: PathBelow, options: ReadLimit = {}): Promise<string> {
  return (await readBytes(file, options)).toString('utf8');
}

/** `undefined` if there is no such file. @throws like readText if it can't be read */
export async function readTextIfThere(file: PathBelow, options: ReadLimit = {}): Promise<string | undefined> {
  return (await readBytesIfThere(file, options))?.toString('utf8');
}

/** @throws like readText */
export async function readBytes(file: PathBelow, options: ReadLimit = {}): Promise<Buffer> {
  return (await readBytesIfThere(file, options)) ?? fail(file.path);
}

/** `undefined` if there is no such file. @throws like readText */
export async function readBytesIfThere(file: PathBelow, options: ReadLimit = {}): Promise<Buffer | undefined> {
  const open = (): number => {
    ensureNoLinkBelow(file);
    return openRegularNow(file.path, constants.O_NOFOLLOW);
  };
  return contentOf(file.path, open, options);
}

/** A file that a person named, or a file of the system: links are followed. @throws like readText */
export async function readNamedText(path: string, options: ReadLimit = {}): Promise<string> {
  return (await readNamedBytes(path, options)).toString('utf8');
}

/** @throws like readText */
export async function readNamedBytes(path: string, options: ReadLimit = {}): Promise<Buffer> {
  return (await readNamedBytesIfThere(path, options)) ?? fail(path);
}

/** `undefined` if there is no such file. @throws like readText */
export async function readNamedBytesIfThere(path: string, options: ReadLimit = {}): Promise<Buffer | undefined> {
  return contentOf(path, () => openNamedNow(path), options);
}

/** A file below a root, for callers that cannot wait; `undefined` if there is no such file, or it is too large. */
export function readTextNow({ path }: PathBelow, { limit = usualLimit }: ReadLimit = {}): string | undefined {
  let file: number | undefined;
  try {
    file = openRegularNow(path, constants.O_NOFOLLOW);
    return fstatSync(file).size <= limit ? readFileSync(file, 'utf8') : undefined;
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

async function contentOf(
  path: string,
  open: () => number,
  { limit = usualLimit }: ReadLimit,
): Promise<Buffer | undefined> {
  let file: number | undefined;
  try {
    file = open();
    return await readAll(file, path, limit);
  } catch (error) {
    if (file === undefined && systemErrorCode(error) === 'ENOENT') return undefined;
    throw translated(error, path, 'read');
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

const readLater = promisify(read);

/**
 * Does not rely on the size that the system gives: it may grow meanwhile, and files of /proc have none. A short file is
 * read synchronously, since a thread of the pool would take ten times as long.
 */
async function readAll(file: number, path: string, limit: number): Promise<Buffer> {
  const { size } = fstatSync(file);
  if (size > limit) throw fileTooLarge({ path, limit });
  const pieces: Buffer[] = [];
  let bytes = 0;
  for (;;) {
    const piece = Buffer.allocUnsafe(Math.max(size - bytes, 0) + 1024);
    const bytesRead =
      size <= shortBytes ? readSync(file, piece) : (await readLater(file, piece, 0, piece.length, null)).bytesRead;
    if (bytesRead === 0) return Buffer.concat(pieces, bytes);
    pieces.push(piece.subarray(0, bytesRead));
    bytes += bytesRead;
    if (bytes > limit) throw fileTooLarge({ path, limit });
  }
}

function fail(path: string): never {
  const cause = Object.assign(new Error('there is no such file'), { code: 'ENOENT' });
  throw fileTrouble({ path, verb: 'read', reason: 'ENOENT', cause });
}
