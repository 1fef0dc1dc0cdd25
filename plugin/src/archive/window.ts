import type { FileHandle } from 'node:fs/promises';
import { impossible } from '../system/errors';
import { readFully } from './positional-io';

const smallestRead = 4 * 1024;
const largestRead = 1024 * 1024;

/**
 * Returns a piece of a file: synchronously if it has been read already, since a promise for each of 60,000 costs more.
 */
export type Window = (offset: number, bytes: number) => Buffer | Promise<Buffer>;

/**
 * Reads small pieces of a file in ascending order through a window that grows while they follow each other (links: one
 * KiB each, a hundred thousand of them) and is small again after a jump (blobs: a header every few megabytes). A piece
 * is a view that is valid until the next call.
 */
export function openWindow(
  file: FileHandle,
  {
    fileBytes,
    cut,
  }: { fileBytes: number; /** Makes the error for a file that is cut. */ cut: (offset: number) => Error },
): Window {
  let buffer = Buffer.allocUnsafe(largestRead);
  let start = 0;
  let filled = 0;
  let wanted = smallestRead;

  const fill = async (offset: number, bytes: number): Promise<Buffer> => {
    const follows = offset >= start && offset <= start + filled;
    wanted = follows ? Math.min(wanted * 2, largestRead) : smallestRead;
    const length = Math.min(Math.max(wanted, bytes), fileBytes - offset);
    if (length > buffer.length) buffer = Buffer.allocUnsafe(length);
    start = offset;
    filled = await readFully(file, buffer.subarray(0, length), offset);
    if (filled < bytes) throw cut(offset + filled);
    return buffer.subarray(0, bytes);
  };
  return (offset, bytes) => {
    if (offset + bytes > fileBytes) throw impossible(`a read of ${bytes} at ${offset} of ${fileBytes}`);
    if (offset < start || offset + bytes > start + filled) return fill(offset, bytes);
    return buffer.subarray(offset - start, offset - start + bytes);
  };
}
