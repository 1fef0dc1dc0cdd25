import type { SpaceNeeded } from '../engine/engine';
import { freeBytes } from '../system/disk';
import { noSpace } from '../system/system-errors';

/** For records, logs and the file system's own overhead. */
export const reserveBytes = 64 * 1024 ** 2;

export interface SpaceVerdict {
  /** The bytes to write, and a reserve. */
  readonly neededBytes: number;
  readonly freeBytes: number;
  readonly isEnough: boolean;
}

/** Whether the file system of a folder, which may not exist yet, has room for what an engine is going to write. */
export async function spaceIn(folder: string, { download, archives, cache }: SpaceNeeded): Promise<SpaceVerdict> {
  const neededBytes = download + archives + cache + reserveBytes;
  const free = await freeBytes(folder);
  return { neededBytes, freeBytes: free, isEnough: neededBytes <= free };
}

/** Compares what an engine is going to write with what is free. @throws SEQ0701, with each part named */
export function ensureSpaceIn(folder: string): (needed: SpaceNeeded) => Promise<void> {
  return async (needed) => {
    const { neededBytes, freeBytes: free, isEnough } = await spaceIn(folder, needed);
    if (isEnough) return;
    const parts = [
      { what: 'download', bytes: needed.download },
      { what: 'archives', bytes: needed.archives },
      { what: 'cache', bytes: needed.cache },
      { what: 'reserve', bytes: reserveBytes },
    ].filter(({ bytes }) => bytes > 0);
    throw noSpace({ folder, neededBytes, freeBytes: free, parts });
  };
}
