/**
 * The hashes of an inventory that go into a seal, from the file's bytes alone. seqmirror writes a head, then image
 * lines, then blob lines, each group as it is hashed. A file that somebody reordered or gave other line ends has other
 * hashes here, and must be decoded.
 */
import { createHash } from 'node:crypto';
import type { Digest } from '../oci/digest';
import { digestFromHex, digestOf } from '../oci/digest';
import type { InventoryHashes } from '../sequence/seal';
import { systemErrorCode } from '../system/errors';
import { bytesOfFile } from '../system/files';
import { openRegular } from '../system/regular-file';
import { fileTrouble } from '../system/system-errors';
import { readNamedBytes } from '../system/text-file';

/** Bytes of a file, from its start. */
interface Range {
  readonly offset: number;
  readonly bytes: number;
}

/** Hashes ranges of a file, one digest for each. Whoever checks hundreds of sequences lets threads do it. */
export type HashRanges = (path: string, ranges: readonly Range[]) => Promise<readonly Digest[]>;

const pieceBytes = 256 * 1024;
const shortBytes = 1024 ** 2;
const firstBlobLine = '\n{"record":"blob"';

/** @throws SEQ0702 when the file cannot be read */
export async function inventoryHashes(path: string, hashRanges: HashRanges = hashHere): Promise<InventoryHashes> {
  try {
    const content = await shortContent(path);
    const [images, blobs] =
      content === undefined
        ? await hashRanges(path, await linesIn(path))
        : linesWithin(content).map(({ offset, bytes }) => digestOf(content.subarray(offset, offset + bytes)));
    return { images, blobs } as InventoryHashes;
  } catch (error) {
    const reason = systemErrorCode(error);
    throw reason === undefined ? error : fileTrouble({ path, verb: 'read', reason, cause: error });
  }
}

/** The file, if it is so short that threads would take longer: most sequences change little. */
async function shortContent(path: string): Promise<Buffer | undefined> {
  const bytes = await bytesOfFile(path);
  return bytes === undefined || bytes > shortBytes ? undefined : readNamedBytes(path);
}

function linesWithin(content: Buffer): [Range, Range] {
  const size = content.length;
  const headEnd = content.indexOf('\n') + 1 || size;
  const blobs = content.indexOf(firstBlobLine) + 1 || size;
  return [
    { offset: headEnd, bytes: blobs - headEnd },
    { offset: blobs, bytes: size - blobs },
  ];
}

/** Where the image lines are, and where the blob lines are. */
async function linesIn(path: string): Promise<[Range, Range]> {
  const file = await openRegular(path);
  try {
    const { size } = await file.stat();
    let headEnd: number | undefined;
    let text = '';
    for (let start = 0, at = 0; at < size;) {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(pieceBytes), 0, pieceBytes, at);
      if (bytesRead === 0) break;
      // Latin-1, so that a place in the text is a place in the file.
      text += buffer.toString('latin1', 0, bytesRead);
      at += bytesRead;
      const lineEnd = text.indexOf('\n');
      if (headEnd === undefined && lineEnd >= 0) headEnd = start + lineEnd + 1;
      const found = text.indexOf(firstBlobLine);
      if (found >= 0 && headEnd !== undefined) {
        const blobs = start + found + 1;
        return [
          { offset: headEnd, bytes: blobs - headEnd },
          { offset: blobs, bytes: size - blobs },
        ];
      }
      start = at - Math.min(text.length, firstBlobLine.length - 1);
      text = text.slice(start - at);
    }
    const end = headEnd ?? size;
    return [
      { offset: end, bytes: size - end },
      { offset: size, bytes: 0 },
    ];
  } finally {
    await file.close();
  }
}

async function hashHere(path: string, ranges: readonly Range[]): Promise<Digest[]> {
  const file = await openRegular(path);
  try {
    const piece = Buffer.allocUnsafe(pieceBytes);
    const digests: Digest[] = [];
    for (const { offset, bytes } of ranges) {
      const hash = createHash('sha256');
      for (let done = 0; done < bytes;) {
        const { bytesRead } = await file.read(piece, 0, Math.min(pieceBytes, bytes - done), offset + done);
        if (bytesRead === 0) break;
        hash.update(piece.subarray(0, bytesRead));
        done += bytesRead;
      }
      digests.push(digestFromHex(hash.digest('hex')));
    }
    return digests;
  } finally {
    await file.close();
  }
}
