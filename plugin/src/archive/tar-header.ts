/**
 * Headers of the entries that are written here: USTAR, and a PAX header before it where a name or a size does not fit.
 * The encoding is node-tar's. How headers are read: ustar-header.ts.
 */
import { Header, Pax } from 'tar';
import { blockBytes, largestOctalBytes } from './ustar-header';

/** The end of an archive: two blocks of zeros. */
export const trailerBytes = 2 * blockBytes;

// One fixed time for every entry, so that the same content makes the same archive. GNU tar warns of 1970.
const fixedTime = new Date('1980-01-01T00:00:00Z');

/** Bytes that a body occupies, padded to whole blocks. */
export function paddedBytes(bytes: number): number {
  return Math.ceil(bytes / blockBytes) * blockBytes;
}

/** The header of a regular file, mode 0644 or 0755, without owner: 512 bytes, or 1536 and more where PAX is needed. */
export function encodeHeader({
  name,
  bytes,
  executable = false,
}: {
  name: string;
  bytes: number;
  executable?: boolean | undefined;
}): Buffer {
  const mode = executable ? 0o755 : 0o644;
  const header = new Header({ path: name, mode, uid: 0, gid: 0, size: bytes, mtime: fixedTime, type: 'File' });
  const block = Buffer.alloc(blockBytes);
  header.encode(block);
  const pax = {
    ...(new Header(block).path === name ? {} : { path: name }),
    ...(bytes > largestOctalBytes ? { size: bytes } : {}),
  };
  return Object.keys(pax).length === 0 ? block : Buffer.concat([new Pax(pax).encode(), block]);
}
