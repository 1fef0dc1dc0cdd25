/** Walks the headers of a tar file and seeks over the bodies. Strict: what two programs could read differently is broken. */
import { isUtf8 } from 'node:buffer';
import type { FileHandle } from 'node:fs/promises';
import { printable } from '../system/printable';
import { archiveBroken } from './errors';
import type { PaxRecords } from './pax-records';
import { decodePax } from './pax-records';
import { paddedBytes, trailerBytes } from './tar-header';
import type { DecodedHeader } from './ustar-header';
import { blockBytes, decodeHeader, largestOctalBytes } from './ustar-header';
import type { Window } from './window';
import { openWindow } from './window';

/** An entry in the file. Offsets from the file's start. */
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
  /** Reads the body, which must be small: at most `longestExtension`. */
  readonly read: () => Buffer | Promise<Buffer>;
}

export interface TarWalk {
  /** The file's name, for messages. */
  readonly archive: string;
  readonly fileBytes: number;
  readonly signal?: AbortSignal | undefined;
  /** Is called for a body with bytes behind it that are not zero, with the offset of the first. */
  readonly onPadding?: ((offset: number) => void) | undefined;
  /** Is called for every header, extension headers included; for an entry's own header with its PAX records. */
  readonly onHeader?: ((block: Buffer, pax: PaxRecords | undefined) => void) | undefined;
}

// Names are at most 4 KiB on Linux; Go allows extension headers of 1 MiB. Neither writer needs more than this.
const longestExtension = 64 * 1024;
// GNU tar pads up to its blocking factor, 10 KiB by default.
const longestFill = 1024 * 1024;
// A cache of 100 releases has fewer than a million links. Bounds memory to some hundred megabytes.
const mostEntries = 2_000_000;

/** @throws SEQ0304 if the structure is broken, cut, or can be read in more than one way */
export function tarEntries(file: FileHandle, walk: TarWalk): AsyncGenerator<TarEntry, void, undefined> {
  const cut = (offset: number): Error =>
    archiveBroken({ archive: walk.archive, offset, why: 'the file became shorter while seqmirror read it' });
  return walkTar(openWindow(file, { fileBytes: walk.fileBytes, cut }), walk);
}

/**
 * The same for any source of pieces: each read begins where the last one ended or later, except that the rest of the
 * file is read again from the start of the end mark.
 */
export async function* walkTar(
  read: Window,
  { archive, fileBytes, signal, onPadding, onHeader }: TarWalk,
): AsyncGenerator<TarEntry, void, undefined> {
  const broken = (offset: number, why: string): Error => archiveBroken({ archive, offset, why });

  // Where the last read ended: a body, or nothing yet. Its padding is read together with the next header.
  let end = 0;
  let offset = 0;
  const nextBlock = async (): Promise<Buffer> => {
    offset = paddedBytes(end);
    if (offset + blockBytes > fileBytes) throw broken(fileBytes, 'the file ends without the tar end mark');
    const found = read(end, offset + blockBytes - end);
    const piece = Buffer.isBuffer(found) ? found : await found;
    const padding = offset - end;
    if (padding === 0) return piece;
    if (zeros.compare(piece, 0, padding, 0, padding) !== 0) onPadding?.(end + piece.findIndex((byte) => byte !== 0));
    return piece.subarray(padding);
  };

  for (let count = 0; ; count += 1) {
    signal?.throwIfAborted();
    if (count >= mostEntries) throw broken(offset, `the archive has more than ${mostEntries} entries`);
    const headerOffset = paddedBytes(end);
    const extension: Extension = {};
    let header: DecodedHeader;
    for (;;) {
      signal?.throwIfAborted();
      const block = await nextBlock();
      if (isZero(block)) {
        if (offset !== headerOffset) throw broken(offset, 'no entry follows an extension header');
        return checkEnd(offset);
      }
      const decoded = decodeHeader(block);
      if (typeof decoded === 'string') throw broken(offset, decoded);
      header = decoded;
      if (extension.format !== undefined && extension.format !== header.format)
        throw broken(offset, 'the header of an entry and its extension header have different formats (USTAR and GNU)');
      onHeader?.(block, isExtension(header.type) ? undefined : extension.pax);
      if (!isExtension(header.type)) break;
      end = await readExtension(header, extension);
    }
    const trouble = troubleWithEntry(header, extension);
    if (trouble !== undefined) throw broken(offset, trouble);
    const bytes = extension.pax?.bytes ?? header.bytes;
    if (header.type !== '0' && bytes !== 0)
      throw broken(offset, `an entry of type ${printable(header.type)} has content`);
    const bodyOffset = offset + blockBytes;
    if (bodyOffset + paddedBytes(bytes) > fileBytes)
      throw broken(headerOffset, 'an entry is longer than the rest of the file');
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

  async function readExtension(header: DecodedHeader, into: Extension): Promise<number> {
    const body = offset + blockBytes;
    if (header.bytes > longestExtension)
      throw broken(offset, `an extension header is too large (${header.bytes} bytes)`);
    if (body + paddedBytes(header.bytes) > fileBytes)
      throw broken(offset, 'an extension header is longer than the rest of the file');
    // Go forgets a PAX header when a global one follows, so none may stand between it and its entry.
    if (into.format !== undefined) throw broken(offset, 'an entry has two extension headers');
    if (header.type === 'g' && offset !== 0)
      throw broken(offset, 'a global PAX header is not at the beginning of the archive');
    const content = await read(body, header.bytes);
    const trouble = takeExtension(header, content, into);
    if (trouble !== undefined) throw broken(offset, trouble);
    return body + header.bytes;
  }

  async function checkEnd(mark: number): Promise<void> {
    if (mark + trailerBytes > fileBytes) throw broken(mark, 'the tar end mark is cut off');
    if ((fileBytes - mark) % blockBytes !== 0)
      throw broken(fileBytes, 'the file ends in the middle of a 512-byte block');
    if (fileBytes - mark > longestFill) throw broken(mark, `${fileBytes - mark} bytes follow the tar end mark`);
    if (!isZero(await read(mark, fileBytes - mark))) throw broken(mark, 'other data follows the tar end mark');
  }
}

/** What comes before an entry's own header and describes it. */
interface Extension {
  /** Format of the extension header, if it has one. */
  format?: DecodedHeader['format'] | undefined;
  pax?: PaxRecords | undefined;
  longName?: string | undefined;
}

/** Applies an extension header, or says why it is refused. */
function takeExtension({ type, format }: DecodedHeader, content: Buffer, into: Extension): string | undefined {
  if (format !== (type === 'L' ? 'gnu' : 'ustar')) return 'the format of an extension header does not fit its type';
  if (type === 'L') {
    if (!isUtf8(content)) return 'a long file name is not UTF-8';
    // GNU tar ends it with one zero byte; programs differ in what they read behind the first.
    if (content.length < 2 || content.indexOf(0) !== content.length - 1) return 'a long file name contains a zero byte';
    into.longName = content.toString('utf8', 0, content.length - 1);
  } else {
    const pax = decodePax(content, { isGlobal: type === 'g' });
    if (typeof pax === 'string') return pax;
    // A global header may hold only a comment about the whole archive, which does not affect this entry.
    if (type === 'g') return undefined;
    into.pax = pax;
  }
  into.format = format;
  return undefined;
}

/** What programs would read differently. */
function troubleWithEntry(header: DecodedHeader, { pax, longName }: Extension): string | undefined {
  // If the size does not fit in the header, Go and GNU tar write 0, node-tar and Python the size in base 256.
  const isTwofold =
    pax?.bytes !== undefined && pax.bytes !== header.bytes && !(header.bytes === 0 && pax.bytes > largestOctalBytes);
  if (isTwofold)
    return `the two headers of an entry give different sizes: ${header.bytes} and, in the PAX header, ${pax.bytes} bytes`;
  if (header.type !== '0') return undefined;
  const name = longName ?? pax?.path;
  if (name === undefined && header.nameTrouble !== undefined) return header.nameTrouble;
  // If there is another name, the one in the block may end like this: Go leaves out what is not ASCII, GNU tar cuts at
  // 100 bytes. node-tar takes that for a folder without bytes, and the content for the next header.
  const isFolder = (name ?? header.name)?.endsWith('/') === true;
  return isFolder ? 'the name of a file ends with a slash, as if it were a folder' : undefined;
}

const zeros = Buffer.alloc(blockBytes);

function isExtension(type: string): boolean {
  return type === 'x' || type === 'g' || type === 'L';
}

function isZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}
