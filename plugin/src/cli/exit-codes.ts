/** The exit codes of the program. seqmirror-upload.js and seq-upload.sh give the same numbers the same meaning. */
export const exitCodes = {
  0: 'The command succeeded, or had nothing to do',
  1: 'the command failed, or a check found a problem',
  2: 'a wrong option or argument',
  130: 'interrupted by Ctrl-C (128 plus the number of the signal)',
} as const;

/** @param signal number in the operating system: SIGINT is 2 */
export function exitCodeOfSignal(signal: number): number {
  return 128 + signal;
}
