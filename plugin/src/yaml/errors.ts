import type { ErrorCode } from '../system/error-codes';
import type { Explanation, Finding, Position } from '../system/errors';
import { explain, finding } from '../system/errors';
import { printable } from '../system/printable';

/** The way back for a file that seqmirror wrote and Git has. */
export const fromGit = (file: string) =>
  `Run \`git restore ${printable(file)}\`, or copy the file from another clone. seqmirror never writes a file like this`;

/** The way out for a text in UTF-16, which Windows PowerShell 5 writes by `>` and `Out-File`. */
export const utf8Again = (file: string) =>
  `Save the file as UTF-8: \`iconv -f UTF-16 -t UTF-8 ${printable(file)}\`. In PowerShell, use \`Out-File -Encoding utf8\` in place of \`>\``;

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
    what: `the schema of this file is ${printable(found, { limit: 40 })}, but this seqmirror reads only ${known}`,
    why:
      writer === undefined
        ? 'A newer seqmirror wrote this file'
        : `seqmirror ${printable(writer, { limit: 40 })} wrote this file`,
    next: `Run \`npm install --save-dev seqmirror@${writer !== undefined && /^\d+\.\d+\.\d+[\w.+-]*$/.test(writer) ? writer : 'latest'}\``,
  };
}

export const mergeConflict = finding<{
  at: Position;
  next?: string | undefined;
  details?: readonly string[] | undefined;
}>('SEQ0212', ({ at, next, details }) => ({
  at,
  what: 'an unresolved merge conflict begins at this line',
  why: 'Two branches changed the same lines',
  details,
  next: next ?? 'Keep the text of one side (`git checkout --ours` or `--theirs`), and remove the conflict markers',
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
  why: 'The file was edited or damaged after seqmirror wrote it',
  ...(details === undefined || details.length === 0 ? {} : { details }),
  next: fromGit(at.file),
}));
