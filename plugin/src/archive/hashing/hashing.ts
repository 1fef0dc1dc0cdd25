/**
 * Hashing in threads, in four ways: a pool hashes ranges of files that lie on disk, or are copied first; lanes hash what a writer passes on,
 * whole and blob by blob, while it is written; a file is read behind those who fill it, and hashed the same way; and
 * texts are hashed that are sent while they are read.
 */
export type { FileBeingFilled, FileSums } from './growing-file';
export { hashGrowingFile } from './growing-file';
export { hashFromMedium } from './hash-from-medium';
export type { HashLanes } from './hash-lanes';
export { startHashLanes } from './hash-lanes';
export type { HashedText } from './hashed-texts';
export { beginHashedText } from './hashed-texts';
export type { CopiedStretch, HashPool, HashRun, Range } from './hash-pool';
export { startHashPool } from './hash-pool';
export type { HashingOutput, Sink } from './hashing-output';
export { openHashingOutput } from './hashing-output';
