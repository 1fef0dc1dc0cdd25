import type { SpaceNeeded } from '../engine/engine';
import { freeBytes } from '../system/disk';
import { noSpace } from '../system/system-errors';

// For records, logs and the file system's own book-keeping.
const reserveBytes = 64 * 1024 ** 2;

/** Compares what an engine is going to write with what is free. @throws SEQ0701, with each part named */
export function ensureSpaceIn(folder: string): (needed: SpaceNeeded) => Promise<void> {
  return async ({ download, archives, cache }) => {
    const neededBytes = download + archives + cache;
    const free = await freeBytes(folder);
    if (neededBytes + reserveBytes <= free) return;
    const parts = [
      { what: 'download', bytes: download },
      { what: 'archives', bytes: archives },
      { what: 'cache', bytes: cache },
    ].filter(({ bytes }) => bytes > 0);
    throw noSpace({ folder, neededBytes: neededBytes + reserveBytes, freeBytes: free, parts });
  };
}
