import type { Finding, Position } from '../system/errors';
import { SeqmirrorError } from '../system/errors';
import { printable } from '../system/printable';
import { fromGit } from '../yaml/errors';

export function sequenceNameRefused(facts: { number: number; name: string }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0153',
    what: `No sequence can be called seq${facts.number}-${printable(facts.name, { limit: 100 })}`,
    why: 'Numbers go from 1 to 999999; names are lower-case letters, digits and single dashes between them, at most 63 characters',
    next: 'Give a name such as add-logging',
  });
}

export function baseNotEarlier(facts: { number: number; base: string }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0152',
    what: `seq${facts.number} has the base ${facts.base}, which is not an earlier sequence of this chain`,
    why: 'A differential leaves out what a sequence before it holds',
    next: `In sequence.yaml of seq${facts.number}, set base to previous, none, or the number of an earlier sequence`,
  });
}

export function recordTooLarge(facts: { file: string; found: number; limit: number; unit: string }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0211',
    at: { file: facts.file },
    what: `this file has ${facts.found} ${facts.unit}; at most ${facts.limit} are read`,
    why: 'No chain comes near this limit, so the file is something else',
    next: fromGit(facts.file),
  });
}

export function lockLineRefused(facts: { at: Position; line: string }): Finding {
  return {
    severity: 'error',
    code: 'SEQ0213',
    at: facts.at,
    what: `"${printable(facts.line, { limit: 120 })}" is not number, folder and seal`,
    why: 'A line is, for example, `2 seq2-add-logging sha256:<64 digits>`, with `void` at its end for a sequence made void',
    next: fromGit(facts.at.file),
  };
}

export function linesClaimNumber(facts: {
  at: Position;
  folders: readonly [string, string];
  number: number;
  mirror: string;
}): Finding {
  const [first, second] = facts.folders;
  return {
    severity: 'error',
    code: 'SEQ0202',
    at: facts.at,
    what: `two lines claim number ${facts.number}: ${first} and ${second}`,
    why: `Both were sealed after ${facts.number === 1 ? 'nothing' : `seq${facts.number - 1}`}, on two branches`,
    next:
      first === second
        ? `Keep the line whose seal is the one in ${first}/seq-metadata.yaml`
        : `Remove the line of ${second}, then put it behind the other: \`nx run ${facts.mirror}:renumber --folder=${second}\``,
  };
}

export function lockNotConsecutive(facts: { at: Position; found: number; expected: number }): Finding {
  return {
    severity: 'error',
    code: 'SEQ0214',
    at: facts.at,
    what: `seq${facts.found} stands where seq${facts.expected} should`,
    why: 'A chain is sealed in the order of its numbers, from 1 and without gaps; each seal covers the one before',
    next: fromGit(facts.at.file),
  };
}

export function inventoryDoesNotContinue(facts: {
  change: 'added' | 'removed';
  source: string;
  digest: string;
}): SeqmirrorError {
  const { change, source, digest } = facts;
  const name = `${printable(source)} (${digest})`;
  return new SeqmirrorError({
    code: 'SEQ0215',
    what:
      change === 'added'
        ? `An inventory adds ${name}, which the sequence before has already`
        : `An inventory removes ${name}, which the sequence before does not have`,
    why: 'Inventories hold what changed against their predecessor, so one of the two is not the one that was sealed',
    next: '`git log -- "*/seq-inventory.jsonl"` says who changed one; restore it from before',
  });
}
