import type { Position } from '../system/errors';
import { explain, finding } from '../system/errors';
import { printable } from '../system/printable';
import { fromGit } from '../yaml/errors';

export const sequenceNameRefused = explain<{ number: number; name: string }>('SEQ0153', ({ number, name }) => ({
  what: `No sequence can be called seq${number}-${printable(name, { limit: 100 })}`,
  why: 'Numbers go from 1 to 999999; names are lower-case letters, digits and single dashes between them, at most 63 characters',
  next: 'Give a name such as add-logging',
}));

export const baseNotEarlier = explain<{ number: number; base: string }>('SEQ0152', ({ number, base }) => ({
  what: `seq${number} has the base ${base}, which is not an earlier sequence of this chain`,
  why: 'A differential leaves out what a sequence before it holds',
  next: `In sequence.yaml of seq${number}, set base to previous, none, or the number of an earlier sequence`,
}));

export const recordTooLarge = explain<{
  file: string;
  found: number;
  limit: number;
  unit: string;
}>('SEQ0211', ({ file, found, limit, unit }) => ({
  at: { file },
  what: `this file has ${found} ${unit}; at most ${limit} are read`,
  why: 'No chain comes near this limit, so the file is something else',
  next: fromGit(file),
}));

export const lockLineRefused = finding<{ at: Position; line: string }>('SEQ0213', ({ at, line }) => ({
  at,
  what: `"${printable(line, { limit: 120 })}" is not number, folder and seal`,
  why: 'A line is, for example, `2 seq2-add-logging sha256:<64 digits>`, with `void` at its end for a sequence made void',
  next: fromGit(at.file),
}));

export const linesClaimNumber = finding<{
  at: Position;
  folders: readonly [string, string];
  number: number;
  mirror: string;
}>('SEQ0202', ({ at, folders, number, mirror }) => {
  const [first, second] = folders;
  return {
    at,
    what: `two lines claim number ${number}: ${first} and ${second}`,
    why: `Both were sealed after ${number === 1 ? 'nothing' : `seq${number - 1}`}, on two branches`,
    next:
      first === second
        ? `Keep the line whose seal is the one in ${first}/seq-metadata.yaml`
        : `Remove the line of ${second}, then put it behind the other: \`nx run ${mirror}:renumber --folder=${second}\``,
  };
});

export const lockNotConsecutive = finding<{
  at: Position;
  found: number;
  expected: number;
}>('SEQ0214', ({ at, found, expected }) => ({
  at,
  what: `seq${found} stands where seq${expected} should`,
  why: 'A chain is sealed in the order of its numbers, from 1 and without gaps; each seal covers the one before',
  next: fromGit(at.file),
}));

export const inventoryDoesNotContinue = explain<{
  change: 'added' | 'removed';
  source: string;
  digest: string;
}>('SEQ0215', ({ change, source, digest }) => {
  const name = `${printable(source)} (${digest})`;
  return {
    what:
      change === 'added'
        ? `An inventory adds ${name}, which the sequence before has already`
        : `An inventory removes ${name}, which the sequence before does not have`,
    why: 'Inventories hold what changed against their predecessor, so one of the two is not the one that was sealed',
    next: '`git log -- "*/seq-inventory.jsonl"` says who changed one; restore it from before',
  };
});
