import type { ArchiveIndex } from '../archive/archive-index';
import { readArchiveIndex } from '../archive/archive-index';
import { frameRangesOf } from '../archive/frame/frame';
import type { HashPool } from '../archive/hashing/hashing';
import { hexOf } from '../oci/digest';
import type { SequenceMetadata } from '../sequence/metadata';
import { isSeqmirrorError } from '../system/errors';
import { bytesOfFile } from '../system/files';

/** The index of an archive whose frame is the sealed one; if no frame is recorded, whose whole file is. */
export async function soundIndex(
  path: string,
  recorded: SequenceMetadata['archives'][number],
  { pool, signal }: { pool: HashPool; signal: AbortSignal },
): Promise<ArchiveIndex | undefined> {
  if ((await bytesOfFile(path)) !== recorded.bytes) return undefined;
  try {
    const index = await readArchiveIndex(path, { signal });
    const { frame_sha256: frame, sha256 } = recorded;
    const ranges = frame === undefined ? [{ offset: 0, bytes: index.bytes }] : frameRangesOf(index);
    return hexOf(await pool.digestOf(path, ranges, { signal })) === (frame ?? sha256) ? index : undefined;
  } catch (error) {
    if (!isSeqmirrorError(error)) throw error;
    return undefined;
  }
}
