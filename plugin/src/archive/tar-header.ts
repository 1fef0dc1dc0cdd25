/**
 * Headers of the entries that are written here: USTAR, with a PAX header before it if a name or a size does not fit.
 * node-tar encodes them. ustar-header.ts reads headers.
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

/** The header of a regular file, mode 0644 or 0755, without owner: 512 bytes, or 1536 and more if PAX is needed. */
export function encodeHeader({
  name,
  bytes,
  executable = false,
}: {
  name: string;
  bytes: number;
  executable?: boolean | undefined;
}): Buffer {
  return encoded(name, { mode: executable ? 0o755 : 0o644, size: bytes, type: 'File' });
}

/** The header of a folder, mode 0755, without owner: 512 bytes, or 1536 and more if PAX is needed. */
export function encodeFolderHeader(name: string): Buffer {
  return encoded(`${name}/`, { mode: 0o755, size: 0, type: 'Directory' });
}

function encoded(
  name: string,
  { size: bytes, ...rest }: { mode: number; size: number; type: 'File' | 'Directory' },
): Buffer {
  const header = new Header({ path: name, uid: 0, gid: 0, size: bytes, mtime: fixedTime, ...rest });
  const block = Buffer.alloc(blockBytes);
  header.encode(block);
  const pax = {
    ...(new Header(block).path === name ? {} : { path: name }),
    ...(bytes > largestOctalBytes ? { size: bytes } : {}),
  };
  return Object.keys(pax).length === 0 ? block : Buffer.concat([new Pax(pax).encode(), block]);
}
