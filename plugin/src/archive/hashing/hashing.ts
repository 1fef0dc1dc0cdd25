/**
 * Hashing in threads, in two ways: a pool hashes ranges of files that lie on disk; lanes hash what a writer passes on,
 * whole and blob by blob, while it is written.
 */
export type { HashLanes } from './hash-lanes';
export { startHashLanes } from './hash-lanes';
export type { HashPool, HashRun, Range } from './hash-pool';
export { startHashPool } from './hash-pool';
export type { HashingOutput, Sink } from './hashing-output';
export { openHashingOutput } from './hashing-output';
