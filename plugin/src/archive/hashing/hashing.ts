/**
 * Hashing in threads, in three ways: a pool hashes ranges of files that lie on disk; lanes hash what a writer passes on,
 * whole and blob by blob, while it is written; and a file is read behind those who fill it, and hashed the same way.
 */
export type { FileBeingFilled, FileSums } from './growing-file';
export { hashGrowingFile } from './growing-file';
export type { HashLanes } from './hash-lanes';
export { startHashLanes } from './hash-lanes';
export type { HashPool, HashRun, Range } from './hash-pool';
export { startHashPool } from './hash-pool';
export type { HashingOutput, Sink } from './hashing-output';
export { openHashingOutput } from './hashing-output';
