import { formatBytes } from './byte-size';
import { SeqmirrorError } from './errors';
import { printable } from './printable';

export function cannotStartProgram(facts: { file: string; reason: string; cause: unknown }): SeqmirrorError {
  return new SeqmirrorError(
    {
      code: 'SEQ0703',
      what: `${printable(facts.file)} cannot be started (${facts.reason})`,
      why: facts.reason === 'ENOENT' ? 'There is no such program' : 'The system refused to run it',
      next: 'Is it installed, executable, and on PATH?',
    },
    { cause: facts.cause },
  );
}

export function noSpace(facts: {
  folder: string;
  neededBytes: number;
  freeBytes: number;
  parts: readonly { what: string; bytes: number }[];
}): SeqmirrorError {
  const parts = facts.parts.map(({ what, bytes }) => `${what} ${formatBytes(bytes)}`).join(', ');
  return new SeqmirrorError({
    code: 'SEQ0701',
    what: `${formatBytes(facts.neededBytes)} are needed in ${printable(facts.folder)} (${parts}); ${formatBytes(facts.freeBytes)} are free`,
    why: 'Nothing has been started',
    next: `Free ${formatBytes(facts.neededBytes - facts.freeBytes)}, or set dataDir in seqmirror.yaml to a larger disk`,
  });
}

export function diskFull(facts: { folder: string; cause: unknown }): SeqmirrorError {
  return new SeqmirrorError(
    {
      code: 'SEQ0701',
      what: `The disk under ${printable(facts.folder)} became full (ENOSPC)`,
      why: 'Nothing was sealed and nothing that was sealed is touched; what was fetched so far is kept in the stage',
      next: 'Free space there and run the same command again, or set dataDir in seqmirror.yaml to a larger disk',
    },
    { cause: facts.cause },
  );
}

export function fileTrouble(facts: {
  path: string;
  verb: 'read' | 'written';
  reason: string;
  cause: unknown;
}): SeqmirrorError {
  return new SeqmirrorError(
    {
      code: 'SEQ0702',
      what: `${printable(facts.path)} cannot be ${facts.verb} (${facts.reason})`,
      next: `Look at its permissions and its disk: ls -l ${printable(facts.path)}`,
    },
    { cause: facts.cause },
  );
}
