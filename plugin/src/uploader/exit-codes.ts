/** The exit codes of seqmirror-upload.js: the numbers that seq-upload.sh uses for the same. */
import type { ErrorCode } from '../system/error-codes';

export const exitCodes = {
  0: 'done, or nothing to do',
  1: 'a mistake in this program',
  2: 'wrong use',
  3: 'medium damaged or incomplete',
  4: 'it has expired, or what its sender stated of it cannot be read',
  5: 'order: something is to be uploaded before, or newer content is there',
  6: 'this Node is older than 20.3',
  7: 'a file or folder cannot be read or written',
  8: 'the upload failed: run again, it goes on',
  130: 'interrupted: run again, it goes on',
} as const;

export type ExitCode = keyof typeof exitCodes;

const byCode: readonly (readonly [pattern: RegExp, code: ExitCode])[] = [
  [/^SEQ(0649|0524|0511|0512|0513|0517|0518)$/, 2],
  [/^SEQ(03\d\d|0644|0645|0646|0647|0651|0653|0510|0523)$/, 3],
  [/^SEQ(0652|0655)$/, 4],
  [/^SEQ(0640|0641)$/, 5],
  [/^SEQ07\d\d$/, 7],
];

export function exitCodeOf(code: ErrorCode): ExitCode {
  return byCode.find(([pattern]) => pattern.test(code))?.[1] ?? 8;
}
