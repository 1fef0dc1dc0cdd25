import { constants, openSync, writeSync } from 'node:fs';

let held: number | undefined;

/**
 * Opens the parent process's stderr, so that it can be written to even after the parent has ended. Possible on Linux if
 * it is a terminal, a pipe or a file, but not a socket; nothing happens where it is not possible. It stays open as long
 * as this process.
 */
export function holdParentStderr(): void {
  const { O_WRONLY, O_APPEND, O_NONBLOCK, O_NOCTTY } = constants;
  try {
    held ??= openSync(`/proc/${process.ppid}/fd/2`, O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY);
  } catch {
    // Then there is another way to say it.
  }
}

/**
 * Writes to the parent process's stderr, whatever the parent does with its children's. Never waits, not even for a reader
 * that is gone.
 *
 * @returns whether it was possible
 */
export function writeToParentStderr(text: string): boolean {
  holdParentStderr();
  if (held === undefined) return false;
  try {
    writeSync(held, text);
    return true;
  } catch {
    return false;
  }
}
