import { closeSync, constants, openSync, writeSync } from 'node:fs';

/**
 * Writes where the parent process writes its errors, whatever it does with those of its children. Possible on Linux where
 * that is a terminal, a pipe or a file, and no socket. Never waits, not for a reader that is gone either.
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
