import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A disk of so many bytes, in memory. A quota or `ulimit -f` would not do: their errors differ from those of a full
 * disk.
 */
export interface SmallDisk {
  readonly folder: string;
  /** Takes all that is free, at once: nothing in this process goes on meanwhile. */
  fill(): void;
  free(): void;
  /** Makes it so large. */
  grow(bytes: number): void;
  remove(): void;
}

/** Why there can be no small disk; `undefined` if there can. */
function whyNoSmallDisk(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'needs root on Linux, to mount a tmpfs';
  try {
    smallDisk(1024 * 1024).remove();
    return undefined;
  } catch {
    return 'needs the right to mount a tmpfs';
  }
}

/** `describe`, or a skipped suite whose title says why there can be no small disk. */
export function describeWithSmallDisk(name: string, suite: () => void): void {
  const reason = whyNoSmallDisk();
  if (reason === undefined) describe(name, suite);
  else describe.skip(`${name} [skipped: ${reason}]`, suite);
}

/** @param at a folder to mount it on; default: a new one. @throws when a tmpfs cannot be mounted here */
export function smallDisk(bytes: number, { at }: { at?: string } = {}): SmallDisk {
  const folder = at ?? mkdtempSync(join(tmpdir(), 'seqmirror-disk-'));
  const disk = at ?? join(folder, 'disk');
  mkdirSync(disk, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', disk], { stdio: 'ignore' });
  } catch (error) {
    rmSync(folder, { recursive: true });
    throw error;
  }
  const filler = join(disk, 'filler');
  return {
    folder: disk,
    fill: () => {
      const file = openSync(filler, 'w');
      try {
        const zeros = Buffer.alloc(1024 * 1024);
        for (;;) writeSync(file, zeros);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      } finally {
        closeSync(file);
      }
    },
    free: () => rmSync(filler),
    grow: (to) => void execFileSync('mount', ['-o', `remount,size=${to}`, disk], { stdio: 'ignore' }),
    remove: () => {
      execFileSync('umount', [disk], { stdio: 'ignore' });
      rmSync(folder, { recursive: true });
    },
  };
}
