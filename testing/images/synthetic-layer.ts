/**
 * Layers of any size that need no storage: a valid tar in a valid gzip, made from a seed when it is read.
 *
 * gzip header (10 bytes), name and comment that fill up to the exact size, stored deflate blocks of 63 KiB (5 bytes in
 * front of each), CRC-32 and length (8 bytes). The tar has one file of bytes that do not compress: the same random megabyte
 * again and again, with the layer's number and a counter in each block. So a piece at any offset costs a copy of a megabyte,
 * and a layer of 4 GiB no memory.
 */
import { createCipheriv, createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { crc32 } from 'node:zlib';

export interface SyntheticLayer {
  readonly bytes: number;
  /** Reads all of it the first time (about 1 s a GiB), afterwards from memory. */
  digests(): Promise<LayerDigests>;
  /** The bytes from `start` up to, not including, `end`. */
  read(start: number, end: number): AsyncIterable<Buffer>;
}

export interface LayerDigests {
  readonly digest: string;
  /** sha256 of the tar inside, for the image config. */
  readonly diffId: string;
  readonly crc: number;
}

const tarBlock = 512;
const storedBytes = 63 * 1024;
const storedHeader = 5;
const storedInPiece = 16;
const pieceTarBytes = storedBytes * storedInPiece;
const pieceBytes = (storedBytes + storedHeader) * storedInPiece;
const trailerBytes = 8;
const minimumHeader = 10;
const goTextLimit = 512;
/** The mark of a block lies behind the first block's tar header. */
const markedBytes = tarBlock + 8;

/** Below this there is no room for gzip and tar. */
export const smallestLayer = 2048;
/** The tar header's field for the size ends there. */
const largestLayer = 8 * 1024 ** 3 - 1;

/** @throws RangeError when `bytes` is below 2 KiB or above 8 GiB. */
export function syntheticLayer({ seed, name, bytes }: { seed: string; name: string; bytes: number }): SyntheticLayer {
  if (!Number.isSafeInteger(bytes) || bytes < smallestLayer || bytes > largestLayer) {
    throw new RangeError(`a synthetic layer has ${smallestLayer} to ${largestLayer} bytes, not ${bytes}`);
  }
  const tarBytes = tarBytesWithin(bytes);
  const bodyBytes = tarBytes + Math.ceil(tarBytes / storedBytes) * storedHeader;
  const header = gzipHeader(bytes - bodyBytes - trailerBytes);
  const identity = createHash('sha256')
    .update(JSON.stringify([seed, name, bytes]))
    .digest();
  const tarHeader = tarHeaderOf(identity, tarBytes - 3 * tarBlock);
  const key = identity.readUInt32BE();

  const pieces = Math.ceil(tarBytes / pieceTarBytes);
  const piece = (number: number): Buffer => {
    const start = number * pieceTarBytes;
    const inside = Math.min(pieceTarBytes, tarBytes - start);
    const body = Buffer.from(template().subarray(0, inside + Math.ceil(inside / storedBytes) * storedHeader));
    for (const [at, block] of blocksOf(body).entries()) {
      if (block.length >= markedBytes) {
        block.writeUInt32BE(key, tarBlock);
        block.writeUInt32BE(number * storedInPiece + at, tarBlock + 4);
      }
      const zeros = tarBytes - 2 * tarBlock - (start + at * storedBytes);
      if (zeros < block.length) block.fill(0, Math.max(0, zeros));
    }
    if (number === 0) tarHeader.copy(body, storedHeader);
    if (number === pieces - 1) markLast(body);
    return body;
  };

  const summarise = async (): Promise<LayerDigests> => {
    const whole = createHash('sha256').update(header);
    const inside = createHash('sha256');
    let crc = 0;
    for (let number = 0; number < pieces; number++) {
      const body = piece(number);
      whole.update(body);
      for (const block of blocksOf(body)) {
        inside.update(block);
        crc = crc32(block, crc);
      }
      await setImmediate();
    }
    whole.update(gzipTrailer(crc, tarBytes));
    return { digest: `sha256:${whole.digest('hex')}`, diffId: `sha256:${inside.digest('hex')}`, crc };
  };
  let summary: Promise<LayerDigests> | undefined;
  const digests = (): Promise<LayerDigests> => (summary ??= summarise());

  const read = async function* (start: number, end: number): AsyncIterable<Buffer> {
    const bodyEnd = header.length + bodyBytes;
    if (start < header.length) yield header.subarray(start, Math.min(end, header.length));
    const first = Math.max(0, Math.floor((start - header.length) / pieceBytes));
    for (let number = first; number < pieces && header.length + number * pieceBytes < end; number++) {
      const at = header.length + number * pieceBytes;
      const wanted = piece(number).subarray(Math.max(0, start - at), Math.min(end, bodyEnd) - at);
      if (wanted.length > 0) yield wanted;
    }
    if (end > bodyEnd) {
      const trailer = gzipTrailer((await digests()).crc, tarBytes);
      yield trailer.subarray(Math.max(0, start - bodyEnd), end - bodyEnd);
    }
  };
  return { bytes, digests, read };
}

/** The longest tar, in whole blocks of 512 bytes, whose gzip still fits. */
function tarBytesWithin(bytes: number): number {
  const room = bytes - minimumHeader - trailerBytes;
  const wholeBlocks = Math.floor((room * storedBytes) / (storedBytes + storedHeader) / tarBlock) * tarBlock;
  const fits = wholeBlocks + Math.ceil(wholeBlocks / storedBytes) * storedHeader <= room;
  return fits ? wholeBlocks : wholeBlocks - tarBlock;
}

/**
 * RFC 1952: deflate, no time, unknown system. Flags 8 and 16 announce a name and a comment, each ended by NUL, which fill up;
 * Go's reader takes 512 bytes of each.
 */
function gzipHeader(bytes: number): Buffer {
  const name = Math.max(0, bytes - minimumHeader - goTextLimit);
  const comment = bytes - minimumHeader - name;
  const header = Buffer.alloc(bytes, ' ');
  header.set([0x1f, 0x8b, 8, (name > 0 ? 8 : 0) + (comment > 0 ? 16 : 0), 0, 0, 0, 0, 0, 255]);
  if (name > 0) header[minimumHeader + name - 1] = 0;
  if (comment > 0) header[bytes - 1] = 0;
  return header;
}

function gzipTrailer(crc: number, tarBytes: number): Buffer {
  const trailer = Buffer.alloc(trailerBytes);
  trailer.writeUInt32LE(crc, 0);
  trailer.writeUInt32LE(tarBytes % 2 ** 32, 4);
  return trailer;
}

let randomPiece: Buffer | undefined;

/** A piece of random bytes with the headers of its stored blocks already in place. */
function template(): Buffer {
  randomPiece ??= ((): Buffer => {
    const random = createCipheriv('aes-128-ctr', Buffer.alloc(16, 's'), Buffer.alloc(16)).update(
      Buffer.alloc(pieceBytes),
    );
    for (let at = 0; at < pieceBytes; at += storedBytes + storedHeader) {
      writeBlockHeader(random, { at, length: storedBytes, last: false });
    }
    return random;
  })();
  return randomPiece;
}

/** What is in the stored blocks, one buffer each, all views of the piece. */
function blocksOf(piece: Buffer): Buffer[] {
  const blocks: Buffer[] = [];
  for (let at = 0; at < piece.length; at += storedBytes + storedHeader) {
    blocks.push(piece.subarray(at + storedHeader, at + storedHeader + storedBytes));
  }
  return blocks;
}

function markLast(piece: Buffer): void {
  const at = (Math.ceil(piece.length / (storedBytes + storedHeader)) - 1) * (storedBytes + storedHeader);
  writeBlockHeader(piece, { at, length: piece.length - at - storedHeader, last: true });
}

/** RFC 1951, 3.2.4: a bit that says whether it is the last block, its length, and the length's complement. */
function writeBlockHeader(piece: Buffer, { at, length, last }: { at: number; length: number; last: boolean }): void {
  piece[at] = last ? 1 : 0;
  piece.writeUInt16LE(length, at + 1);
  piece.writeUInt16LE(length ^ 0xffff, at + 3);
}

/** POSIX ustar: octal numbers as text, the checksum taken with blanks in its own field. */
function tarHeaderOf(identity: Buffer, fileBytes: number): Buffer {
  const header = Buffer.alloc(tarBlock);
  const octal = (value: number, at: number, width: number): void => {
    header.write(`${value.toString(8).padStart(width - 1, '0')}\0`, at, 'latin1');
  };
  header.write(`synthetic/${identity.toString('hex', 0, 8)}`, 0, 'latin1');
  octal(0o644, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(fileBytes, 124, 12);
  octal(0, 136, 12);
  header.fill(' ', 148, 156);
  header.write('0', 156, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  octal(
    header.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  return header;
}
