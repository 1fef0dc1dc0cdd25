/** The exit codes of the program. seqmirror-upload.js and seq-upload.sh give the same numbers the same meaning. */
export const exitCodes = {
  0: 'done, or nothing to do',
  1: 'it failed, or what was checked is not sound',
  2: 'wrong use',
  130: 'interrupted (128 and the number of the signal)',
} as const;

/** @param signal number in the operating system: SIGINT is 2 */
export function exitCodeOfSignal(signal: number): number {
  return 128 + signal;
}
