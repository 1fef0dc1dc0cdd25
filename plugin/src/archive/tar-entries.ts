/** Walks the headers of a tar file and seeks over the bodies. Strict: what two programs could read differently is broken. */
import { isUtf8 } from 'node:buffer';
import type { FileHandle } from 'node:fs/promises';
import { printable } from '../system/printable';
import { archiveBroken } from './errors';
import type { PaxRecords } from './tar-header';
import { blockBytes, decodeHeader, decodePax, paddedBytes, trailerBytes } from './tar-header';
import type { DecodedHeader } from './ustar-header';
import type { Window } from './window';
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
  readonly read: () => Buffer | Promise<Buffer>;
}

export interface TarWalk {
  /** The file's name, for messages. */
  readonly archive: string;
  readonly fileBytes: number;
  readonly signal?: AbortSignal | undefined;
  /** Is told of bytes behind a body that are not zero: where the first one of that body lies. */
  readonly onPadding?: ((offset: number) => void) | undefined;
  /** Is shown every header, extension headers too; an entry's own with the PAX records that go with it. */
  readonly onHeader?: ((block: Buffer, pax: PaxRecords | undefined) => void) | undefined;
}

// Names are at most 4 KiB on Linux; Go allows extension headers of 1 MiB. Neither writer needs more than this.
const longestExtension = 64 * 1024;
// GNU tar fills up to its blocking factor, 10 KiB unless told otherwise.
const longestFill = 1024 * 1024;
// A cache of 100 releases has fewer than a million links. Bounds memory to some hundred megabytes.
const mostEntries = 2_000_000;

/** @throws SEQ0304 where the structure is broken, cut, or open to more than one reading */
export function tarEntries(file: FileHandle, walk: TarWalk): AsyncGenerator<TarEntry, void, undefined> {
  const cut = (offset: number): Error =>
    archiveBroken({ archive: walk.archive, offset, why: 'the file became shorter while it was read' });
  return walkTar(openWindow(file, { fileBytes: walk.fileBytes, cut }), walk);
}

/**
 * The same over whatever hands out the pieces: each begins where the last one ended or later, except that the rest of
 * the file is asked for once more from the end mark's start.
 */
export async function* walkTar(
  read: Window,
  { archive, fileBytes, signal, onPadding, onHeader }: TarWalk,
): AsyncGenerator<TarEntry, void, undefined> {
  const broken = (offset: number, why: string): Error => archiveBroken({ archive, offset, why });

  // What was read last ends here: a body, or nothing yet. Its padding is read together with the header behind it.
  let end = 0;
  let offset = 0;
  const nextBlock = async (): Promise<Buffer> => {
    offset = paddedBytes(end);
    if (offset + blockBytes > fileBytes)
      throw broken(fileBytes, 'the file ends where a header or the end mark belongs');
    const found = read(end, offset + blockBytes - end);
    const piece = Buffer.isBuffer(found) ? found : await found;
    const padding = offset - end;
    if (padding === 0) return piece;
    if (zeros.compare(piece, 0, padding, 0, padding) !== 0) onPadding?.(end + piece.findIndex((byte) => byte !== 0));
    return piece.subarray(padding);
  };

  for (let count = 0; ; count += 1) {
    signal?.throwIfAborted();
    if (count >= mostEntries) throw broken(offset, `there are more than ${mostEntries} entries`);
    const headerOffset = paddedBytes(end);
    const extension: { pax?: PaxRecords | undefined; longName?: string | undefined } = {};
    let header: DecodedHeader;
    for (;;) {
      const block = await nextBlock();
      if (isZero(block)) {
        if (offset !== headerOffset) throw broken(offset, 'an extension header is followed by no entry');
        return checkEnd(offset);
      }
      const decoded = decodeHeader(block);
      if (typeof decoded === 'string') throw broken(offset, decoded);
      header = decoded;
      onHeader?.(block, isExtension(header.type) ? undefined : extension.pax);
      if (!isExtension(header.type)) break;
      end = await readExtension(header, extension);
    }
    const bytes = extension.pax?.bytes ?? header.bytes;
    if (header.type !== '0' && bytes !== 0)
      throw broken(offset, `an entry of type ${printable(header.type)} has a body`);
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
    end = bodyOffset + bytes;
  }

  async function readExtension(
    header: DecodedHeader,
    into: { pax?: PaxRecords | undefined; longName?: string | undefined },
  ): Promise<number> {
    const body = offset + blockBytes;
    if (header.bytes > longestExtension) throw broken(offset, `an extension header of ${header.bytes} bytes`);
    if (body + paddedBytes(header.bytes) > fileBytes)
      throw broken(offset, 'an extension header goes beyond the end of the file');
    const content = await read(body, header.bytes);
    if (header.type === 'L') {
      if (into.longName !== undefined || into.pax !== undefined)
        throw broken(offset, 'an entry has two extension headers');
      if (!isUtf8(content)) throw broken(offset, 'a long name is not UTF-8');
      into.longName = content.toString('utf8').replace(/\0+$/, '');
    } else {
      const pax = decodePax(content);
      if (typeof pax === 'string') throw broken(offset, pax);
      // Go ignores global headers, node-tar applies them: only those that say nothing of entries are alike to both.
      if (header.type === 'g' && (pax.path !== undefined || pax.bytes !== undefined))
        throw broken(offset, 'a global PAX header names an entry');
      if (header.type === 'x') {
        if (into.longName !== undefined || into.pax !== undefined)
          throw broken(offset, 'an entry has two extension headers');
        into.pax = pax;
      }
    }
    return body + header.bytes;
  }

  async function checkEnd(mark: number): Promise<void> {
    if (mark + trailerBytes > fileBytes) throw broken(mark, 'the end mark is cut');
    if (fileBytes - mark > longestFill) throw broken(mark, `${fileBytes - mark} bytes follow the end mark`);
    if (!isZero(await read(mark, fileBytes - mark))) throw broken(mark, 'something follows the end mark');
  }
}

const zeros = Buffer.alloc(blockBytes);

function isExtension(type: string): boolean {
  return type === 'x' || type === 'g' || type === 'L';
}

function isZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}
