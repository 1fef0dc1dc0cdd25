import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { Progress } from '../../system/progress';
import { openRegular } from '../../system/regular-file';

const pieceBytes = 4 * 1024 ** 2;
const alignment = 4096;

/**
 * The sha256 of a file. Read with O_DIRECT if the file system has it (ext4, xfs, btrfs, FAT and exFAT do), so that the
 * bytes come from the medium and not from memory; elsewhere (tmpfs, some network mounts) from wherever the system takes
 * them. `undefined` if it cannot be read.
 */
export async function hashFromMedium(
  path: string,
  { signal, progress }: { signal: AbortSignal; progress: Progress },
): Promise<{ sha256: string; direct: boolean } | undefined> {
  const direct = await hashBy(path, { direct: true }, { signal, progress });
  if (direct !== undefined) return { sha256: direct, direct: true };
  const plain = await hashBy(path, { direct: false }, { signal, progress });
  return plain === undefined ? undefined : { sha256: plain, direct: false };
}

async function hashBy(
  path: string,
  how: { direct: boolean },
  { signal, progress }: { signal: AbortSignal; progress: Progress },
): Promise<string | undefined> {
  const file = await openRegular(path, how).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const { size } = await file.stat();
    const hash = createHash('sha256');
    const piece = how.direct ? await alignedPiece(file) : Buffer.allocUnsafeSlow(pieceBytes);
    if (piece === undefined) return undefined;
    for (let at = 0; at < size;) {
      signal.throwIfAborted();
      const { bytesRead } = await file.read(piece, 0, piece.length, at);
      if (bytesRead === 0) break;
      hash.update(piece.subarray(0, bytesRead));
      at += bytesRead;
      progress.advance(bytesRead);
    }
    return hash.digest('hex');
  } catch (error) {
    if (signal.aborted) throw error;
    return undefined;
  } finally {
    await file.close();
  }
}

/**
 * O_DIRECT reads into memory that begins at a multiple of a sector, and Node does not tell where a buffer lies: one
 * place within a page is right, and the system refuses the others.
 */
async function alignedPiece(file: FileHandle): Promise<Buffer | undefined> {
  const memory = Buffer.allocUnsafeSlow(pieceBytes + alignment);
  for (let at = 0; at < alignment; at += 16) {
    // malloc's own 16 bytes come first, mostly.
    const offset = (at + alignment - 16) % alignment;
    const piece = memory.subarray(offset, offset + pieceBytes);
    const isRight = await file.read(piece, 0, alignment, 0).then(
      () => true,
      () => false,
    );
    if (isRight) return piece;
  }
  return undefined;
}
