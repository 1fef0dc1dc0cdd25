/** Checks volumes on their medium. */
import { join } from 'node:path';
import type { HashPool } from '../../archive/hashing/hashing';
import { hashFromMedium } from '../../archive/hashing/hashing';
import { bundleFileName, parseBundleRecord, bundleRecordLimit } from '../../bundle-format/bundle-yaml';
import { recordLimits } from '../../sequence/record-limits';
import { parseSha256Sums } from '../../sequence/sha256-sums';
import { counted } from '../../system/counted';
import { isSeqmirrorError } from '../../system/errors';
import { bytesOfFile } from '../../system/files';
import { below, readableRoot } from '../../system/path-below';
import type { Progress } from '../../system/progress';
import { sha256Of } from '../../system/sha256';
import { readTextIfThere } from '../../system/text-file';
import { mediumReadsWrong } from '../errors';
import type { BundlePlan } from '../plan';
import { filesOf } from '../plan';
import { isAsWritten } from './journal';
import type { WrittenVolume } from './write-volume';
import { sumsFile } from './write-volume';

/** A volume of this plan that is complete: every file in SHA256SUMS is there and has its hash. */
export async function volumeAsPlanned(
  path: string,
  plan: BundlePlan,
  { number, pool, signal }: { number: number; pool: HashPool; signal: AbortSignal },
): Promise<{ written: WrittenVolume; made: string } | undefined> {
  const text = await readTextIfThere(below(readableRoot(path), sumsFile), { limit: recordLimits.sums }).catch(
    () => undefined,
  );
  const yaml = await readTextIfThere(below(readableRoot(path), bundleFileName), { limit: bundleRecordLimit }).catch(
    () => undefined,
  );
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
      bytes += planned?.bytes ?? (await bytesOfFile(join(path, name))) ?? 0;
    }
    const sha256 = sha256Of(text);
    return { written: { number, bytes, sha256, linked: 0 }, made: record.made };
  } catch (error) {
    if (!isSeqmirrorError(error)) throw error;
    return undefined;
  }
}

/**
 * Reads every file of SHA256SUMS back and hashes it. With O_DIRECT if the file system has it (ext4, xfs, btrfs, FAT and
 * exFAT do), so that the bytes come from the medium and not from memory; elsewhere (tmpfs, some network mounts) from
 * wherever the system takes them, which the output mentions.
 *
 * @throws SEQ0676 naming every file that differs
 */
export async function verifyVolume(
  path: string,
  { signal, progress }: { pool: HashPool; signal: AbortSignal; progress: Progress },
): Promise<void> {
  const sums = parseSha256Sums(
    (await readTextIfThere(below(readableRoot(path), sumsFile), { limit: recordLimits.sums })) ?? '',
    sumsFile,
  );
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
      `${path}: this file system does not support direct reads, so ${counted(fromMemory, 'file')} may have been read from memory instead of the medium. To be sure, unmount and mount the medium again, and run sha256sum -c SHA256SUMS`,
    );
}
