/** Walks the headers of a tar file and seeks over the bodies. Strict: what two programs could read differently is broken. */
import type { FileHandle } from 'node:fs/promises';
import { archiveBroken } from './errors';
import type { DecodedHeader, PaxRecords } from './tar-header';
import { blockBytes, decodeHeader, decodePax, paddedBytes, trailerBytes } from './tar-header';
import { openWindow } from './window';

/** An entry as it lies in the file. Offsets from the file's start. */
export interface TarEntry {
  /** `undefined`: not UTF-8. */
  readonly name: string | undefined;
  /** The type flag, `0` for a regular file. */
  readonly type: string;
  /** Where its first header begins, extension headers included. */
  readonly headerOffset: number;
  /** Where its body begins. */
  readonly offset: number;
  readonly bytes: number;
  /** Reads the body, which has to be small: at most `longestExtension`. */
  readonly read: () => Promise<Buffer>;
}

// Names are at most 4 KiB on Linux; Go allows extension headers of 1 MiB. Neither writer needs more than this.
const longestExtension = 64 * 1024;
// GNU tar fills up to its blocking factor, 10 KiB unless told otherwise.
const longestFill = 1024 * 1024;
// A cache of 100 releases has fewer than a million links. Bounds memory to some hundred megabytes.
const mostEntries = 2_000_000;

/** @throws SEQ0304 where the structure is broken, cut, or open to more than one reading */
export async function* tarEntries(
  file: FileHandle,
  { archive, fileBytes, signal }: { archive: string; fileBytes: number; signal?: AbortSignal | undefined },
): AsyncGenerator<TarEntry, void, undefined> {
  const read = openWindow(file, fileBytes);
  const broken = (offset: number, why: string): Error => archiveBroken({ archive, offset, why });
  const block = async (offset: number): Promise<Buffer> => {
    if (offset + blockBytes > fileBytes)
      throw broken(fileBytes, 'the file ends where a header or the end mark belongs');
    return read(offset, blockBytes);
  };

  let offset = 0;
  for (let count = 0; ; count += 1) {
    signal?.throwIfAborted();
    if (count >= mostEntries) throw broken(offset, `there are more than ${mostEntries} entries`);
    const headerOffset = offset;
    const extension: { pax?: PaxRecords; longName?: string } = {};
    let header: DecodedHeader;
    for (;;) {
      const bytes = await block(offset);
      if (isZero(bytes)) {
        if (offset !== headerOffset) throw broken(offset, 'an extension header is followed by no entry');
        return checkEnd(offset);
      }
      const decoded = decodeHeader(bytes);
      if (typeof decoded === 'string') throw broken(offset, decoded);
      header = decoded;
      if (!isExtension(header.type)) break;
      offset = await readExtension(header, extension);
    }
    const bytes = extension.pax?.bytes ?? header.bytes;
    if (header.type !== '0' && bytes !== 0) throw broken(offset, `an entry of type ${header.type} has a body`);
    const bodyOffset = offset + blockBytes;
    if (bodyOffset + paddedBytes(bytes) > fileBytes)
      throw broken(headerOffset, 'an entry goes beyond the end of the file');
    yield {
      name: extension.longName ?? extension.pax?.path ?? header.name,
      type: header.type,
      headerOffset,
      offset: bodyOffset,
      bytes,
      read: () => read(bodyOffset, Math.min(bytes, longestExtension)),
    };
    offset = bodyOffset + paddedBytes(bytes);
  }

  async function readExtension(header: DecodedHeader, into: { pax?: PaxRecords; longName?: string }): Promise<number> {
    const body = offset + blockBytes;
    if (header.bytes > longestExtension) throw broken(offset, `an extension header of ${header.bytes} bytes`);
    if (body + paddedBytes(header.bytes) > fileBytes)
      throw broken(offset, 'an extension header goes beyond the end of the file');
    const content = await read(body, header.bytes);
    if (header.type === 'L') {
      if (into.longName !== undefined || into.pax !== undefined)
        throw broken(offset, 'an entry has two extension headers');
      into.longName = content.toString('utf8').replace(/\0+$/, '');
    } else {
      const pax = decodePax(content);
      if (typeof pax === 'string') throw broken(offset, pax);
      // Go ignores global headers, node-tar applies them: only those that say nothing of entries are alike to both.
      if (header.type === 'g' && Object.keys(pax).length > 0)
        throw broken(offset, 'a global PAX header names an entry');
      if (header.type === 'x') {
        if (into.longName !== undefined || into.pax !== undefined)
          throw broken(offset, 'an entry has two extension headers');
        into.pax = pax;
      }
    }
    return body + paddedBytes(header.bytes);
  }

  async function checkEnd(end: number): Promise<void> {
    if (end + trailerBytes > fileBytes) throw broken(end, 'the end mark is cut');
    if (fileBytes - end > longestFill) throw broken(end, `${fileBytes - end} bytes follow the end mark`);
    if (!isZero(await read(end, fileBytes - end))) throw broken(end, 'something follows the end mark');
  }
}

function isExtension(type: string): boolean {
  return type === 'x' || type === 'g' || type === 'L';
}

function isZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}
