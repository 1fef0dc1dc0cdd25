/** Volumes as they lie on their medium. */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { HashPool } from '../../archive/hashing/hashing';
import { bundleFileName, parseBundleRecord } from '../../bundle-format/bundle-yaml';
import { parseSha256Sums } from '../../sequence/sha256-sums';
import { isSeqmirrorError } from '../../system/errors';
import type { Progress } from '../../system/progress';
import { readTextIfThere } from '../../system/text-file';
import { mediumReadsWrong } from '../errors';
import type { BundlePlan } from '../plan';
import { filesOf } from '../plan';
import { isAsWritten } from './journal';
import type { WrittenVolume } from './write-volume';
import { sumsFile } from './write-volume';

/** A volume of this plan that is complete: every file of SHA256SUMS is there and hashes to what it says. */
export async function volumeAsPlanned(
  path: string,
  plan: BundlePlan,
  { number, pool, signal }: { number: number; pool: HashPool; signal: AbortSignal },
): Promise<{ written: WrittenVolume; made: string } | undefined> {
  const text = await readTextIfThere(join(path, sumsFile)).catch(() => undefined);
  const yaml = await readTextIfThere(join(path, bundleFileName)).catch(() => undefined);
  if (text === undefined || yaml === undefined) return undefined;
  try {
    const record = parseBundleRecord(yaml, bundleFileName);
    if (record.plan !== plan.sha256 || record.volume.number !== number) return undefined;
    const sums = parseSha256Sums(text, sumsFile);
    const names = new Set(sums.map(({ name }) => name));
    if (!filesOf(plan, number).every((file) => names.has(file.path))) return undefined;
    let bytes = Buffer.byteLength(text);
    for (const { name, sha256 } of sums) {
      if (!(await isAsWritten(join(path, name), { sha256 }, { pool, signal }))) return undefined;
      const planned = filesOf(plan, number).find((file) => file.path === name);
      bytes += planned?.bytes ?? Buffer.byteLength((await readTextIfThere(join(path, name))) ?? '');
    }
    const sha256 = createHash('sha256').update(text).digest('hex');
    return { written: { number, bytes, sha256, linked: 0 }, made: record.made };
  } catch (error) {
    if (!isSeqmirrorError(error)) throw error;
    return undefined;
  }
}

const pieceBytes = 4 * 1024 ** 2;
const alignment = 4096;

/**
 * Reads every file of SHA256SUMS back and hashes it. By O_DIRECT where the file system has it (ext4, xfs, btrfs, FAT and
 * exFAT do), so that the bytes come from the medium and not from memory; elsewhere (tmpfs, some network mounts) whatever
 * the system hands out, which is said.
 *
 * @throws SEQ0676 naming every file that differs
 */
export async function verifyVolume(
  path: string,
  { signal, progress }: { pool: HashPool; signal: AbortSignal; progress: Progress },
): Promise<void> {
  const sums = parseSha256Sums((await readTextIfThere(join(path, sumsFile))) ?? '', sumsFile);
  const wrong: string[] = [];
  let fromMemory = 0;
  for (const { name, sha256 } of sums) {
    signal.throwIfAborted();
    const found = await hashFromMedium(join(path, name), { signal, progress });
    if (found?.sha256 !== sha256) wrong.push(name);
    if (found?.direct === false) fromMemory += 1;
  }
  if (wrong.length > 0) throw mediumReadsWrong({ output: path, files: wrong });
  if (fromMemory > 0)
    progress.note(
      `${path}: this file system has no direct reading, so ${fromMemory} files may have been read from memory; unmount it, mount it again and run sha256sum -c SHA256SUMS to be sure`,
    );
}

async function hashFromMedium(
  path: string,
  { signal, progress }: { signal: AbortSignal; progress: Progress },
): Promise<{ sha256: string; direct: boolean } | undefined> {
  const direct = await hashBy(path, constants.O_RDONLY | constants.O_DIRECT, { signal, progress });
  if (direct !== undefined) return { sha256: direct, direct: true };
  const plain = await hashBy(path, constants.O_RDONLY, { signal, progress });
  return plain === undefined ? undefined : { sha256: plain, direct: false };
}

async function hashBy(
  path: string,
  flags: number,
  { signal, progress }: { signal: AbortSignal; progress: Progress },
): Promise<string | undefined> {
  const file = await open(path, flags).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const { size } = await file.stat();
    const hash = createHash('sha256');
    const piece = (flags & constants.O_DIRECT) === 0 ? Buffer.allocUnsafeSlow(pieceBytes) : await alignedPiece(file);
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
 * O_DIRECT reads into memory that begins at a multiple of a sector, and Node does not say where a buffer lies: one
 * place within a page is right, and the system says no to the others.
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
