import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Progress } from '../../system/progress';
import { registryFolder } from './cache';
import type { Folders } from './folders';
import type { Event } from './log';
import { archiveBytes } from './stage';

const pollEveryMs = 2000;
// Scanning a cache of a hundred thousand blobs takes seconds; it must stay a small part of the time.
const restPerLook = 10;

export interface RunProgress {
  onEvent(event: Event): void;
  /** Ends the polling; waits for a scan that is under way. */
  stop(): Promise<void>;
}

/**
 * Reports the progress of an oc-mirror: images from its log, bytes from what grows on disk, since it does not report
 * bytes, and nothing at all while it writes the archives.
 */
export function reportProgress(folders: Folders, progress: Progress): RunProgress {
  let images = 0;
  let total: number | undefined;
  let failed = 0;
  let archiving = false;
  let told = 0;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let look: Promise<void> = Promise.resolve();
  let cacheAtStart: number | undefined;

  const measure = async (): Promise<void> => {
    const began = Date.now();
    if (archiving) {
      const bytes = await archiveBytes(folders);
      progress.detail('writing the archives');
      progress.advance(Math.max(0, bytes - told));
      told = Math.max(told, bytes);
    } else {
      const bytes = await cacheBytes(folders.cache);
      cacheAtStart ??= bytes;
      const grown = bytes - cacheAtStart;
      progress.advance(Math.max(0, grown - told));
      told = Math.max(told, grown);
    }
    if (!stopped) timer = setTimeout(startLook, Math.max(pollEveryMs, (Date.now() - began) * restPerLook));
  };
  const startLook = (): void => {
    look = measure();
  };
  startLook();

  const tellImages = (): void =>
    progress.detail(`${images} of ${total ?? '?'} images copied${failed === 0 ? '' : `, ${failed} failed so far`}`);
  return {
    onEvent: (event) => {
      switch (event.event) {
        case 'collecting':
          return progress.detail(`collecting ${event.kind} images`);
        case 'rebuilding catalogs':
          return progress.detail('rebuilding catalogs');
        case 'images to copy':
          total = event.count;
          return tellImages();
        case 'copied':
          images += 1;
          return tellImages();
        case 'copy failed':
          failed += 1;
          return tellImages();
        case 'archiving':
          archiving = true;
          told = 0;
          return progress.detail('writing the archives');
        default:
      }
    },
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await look;
    },
  };
}

/** Bytes of all blobs in the cache. */
export async function cacheBytes(cache: string): Promise<number> {
  const root = join(cache, registryFolder, 'blobs', 'sha256');
  let bytes = 0;
  for (const shard of await readdir(root).catch(() => [])) {
    for (const hex of await readdir(join(root, shard)).catch(() => [])) {
      bytes += await stat(join(root, shard, hex, 'data')).then(
        ({ size }) => size,
        () => 0,
      );
    }
  }
  return bytes;
}
