import type { ErrorCode } from '../system/error-codes';
import type { Explanation, Finding, Position } from '../system/errors';
import { explain, finding } from '../system/errors';
import { printable } from '../system/printable';

/** The way back for a file that seqmirror wrote and Git has. */
export const fromGit = (file: string) =>
  `\`git restore ${printable(file)}\`, or take the file from another clone; seqmirror never leaves one like this`;

/** The way out for a text in UTF-16, which Windows PowerShell 5 writes by `>` and `Out-File`. */
export const utf8Again = (file: string) =>
  `Save it as UTF-8: \`iconv -f UTF-16 -t UTF-8 ${printable(file)}\`; in PowerShell, \`Out-File -Encoding utf8\` in place of \`>\``;

/** The text is from the future: a `schema` that only a later seqmirror reads. */
export function newerSchema(facts: {
  found: string;
  known: string;
  writer: string | undefined;
  at: Position;
}): Explanation {
  const { found, known, writer, at } = facts;
  return {
    code: 'SEQ0210',
    at,
    what: `this file is ${printable(found, { limit: 40 })}, and this seqmirror reads ${known}`,
    why: writer === undefined ? 'A newer seqmirror wrote it' : `seqmirror ${printable(writer, { limit: 40 })} wrote it`,
    next: `\`npm install --save-dev seqmirror@${writer !== undefined && /^\d+\.\d+\.\d+[\w.+-]*$/.test(writer) ? writer : 'latest'}\``,
  };
}

export const mergeConflict = finding<{
  at: Position;
  next?: string | undefined;
  details?: readonly string[] | undefined;
}>('SEQ0212', ({ at, next, details }) => ({
  at,
  what: 'a merge conflict begins here and was not resolved',
  why: 'Two branches changed the same lines',
  details,
  next: next ?? 'Keep the text of one side (`git checkout --ours` or `--theirs`) and remove the marks',
}));

/** Text that cannot be taken for what the file should hold. */
export function textRefused(facts: {
  code: ErrorCode;
  at: Position;
  what: string;
  why?: string | undefined;
  next?: string | undefined;
}): Finding {
  const { why, next, ...rest } = facts;
  return { severity: 'error', ...rest, why, next };
}

export const recordRefused = explain<{
  at: Position;
  what: string;
  details?: readonly string[] | undefined;
}>('SEQ0211', ({ at, what, details }) => ({
  at,
  what,
  why: 'The file was edited or damaged after it was written',
  ...(details === undefined || details.length === 0 ? {} : { details }),
  next: fromGit(at.file),
}));
