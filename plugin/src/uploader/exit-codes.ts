/** The exit codes of seqmirror-upload.js: the numbers that seq-upload.sh uses for the same. */
import type { ErrorCode } from '../system/error-codes';

export const exitCodes = {
  0: 'The command succeeded, or had nothing to do',
  1: 'a bug in this program',
  2: 'a wrong option or argument',
  3: 'the medium is damaged or incomplete',
  4: 'the bundle has expired, or its statement (bundle-statement.env) cannot be read',
  5: 'an earlier sequence must be uploaded first, or the registry has newer content',
  6: 'this Node is older than 20.3',
  7: 'a file or folder is not readable or not writable',
  8: 'the upload failed; run the command again',
  130: 'interrupted; run the command again',
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
