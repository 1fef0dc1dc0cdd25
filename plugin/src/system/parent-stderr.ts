import { closeSync, constants, openSync, writeSync } from 'node:fs';

/**
 * Writes to the parent process's stderr, whatever the parent does with its children's. Possible on Linux if that is a
 * terminal, a pipe or a file, but not a socket. Never waits, not even for a reader that is gone.
 *
 * @returns whether it was possible
 */
export function writeToParentStderr(text: string): boolean {
  const { O_WRONLY, O_APPEND, O_NONBLOCK, O_NOCTTY } = constants;
  try {
    const file = openSync(`/proc/${process.ppid}/fd/2`, O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY);
    try {
      writeSync(file, text);
      return true;
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
}
