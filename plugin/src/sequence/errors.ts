import type { Position } from '../system/errors';
import { explain, finding } from '../system/errors';
import { printable } from '../system/printable';
import { fromGit } from '../yaml/errors';

export const sequenceNameRefused = explain<{ number: number; name: string }>('SEQ0153', ({ number, name }) => ({
  what: `seq${number}-${printable(name, { limit: 100 })} is not a valid name for a sequence`,
  why: 'The number must be from 1 to 999999. The name may have at most 63 lower-case letters and digits, with single dashes between them',
  next: 'Choose a name such as add-logging',
}));

export const baseNotEarlier = explain<{ number: number; base: string }>('SEQ0152', ({ number, base }) => ({
  what: `seq${number} has the base ${base}, which is not an earlier sequence of this chain`,
  why: 'The archives of a sequence leave out the blobs of its base, which must be an earlier sequence',
  next: `In sequence.yaml of seq${number}, set base to previous, none, or the number of an earlier sequence`,
}));

export const recordTooLarge = explain<{
  file: string;
  found: number;
  limit: number;
  unit: string;
}>('SEQ0211', ({ file, found, limit, unit }) => ({
  at: { file },
  what: `this file has ${found} ${unit}; seqmirror reads at most ${limit}`,
  why: 'A file of a real chain is much smaller, so this must be another file',
  next: fromGit(file),
}));

export const lockLineRefused = finding<{ at: Position; line: string }>('SEQ0213', ({ at, line }) => ({
  at,
  what: `"${printable(line, { limit: 120 })}" is not a line with number, folder and seal`,
  why: 'Each line must look like `2 seq2-add-logging sha256:<64 digits>`. The line of a voided sequence ends with `void`',
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
    what: `two lines have the number ${number}: ${first} and ${second}`,
    why: `Two branches each sealed a sequence ${number}, and the branches were merged`,
    next:
      first === second
        ? `Keep the line that has the seal from ${first}/seq-metadata.yaml, and delete the other line`
        : `Delete the line of ${second}. Then give ${second} the next free number: \`nx run ${mirror}:renumber --folder=${second}\``,
  };
});

export const lockNotConsecutive = finding<{
  at: Position;
  found: number;
  expected: number;
}>('SEQ0214', ({ at, found, expected }) => ({
  at,
  what: `this line is for seq${found}, but the next line must be for seq${expected}`,
  why: 'chain.lock has one line for each sealed sequence, in the order of the numbers, from 1 and without gaps',
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
        ? `An inventory adds the image ${name}, but the sequence before has this image already`
        : `An inventory removes the image ${name}, but the sequence before does not have this image`,
    why: 'An inventory lists the changes since the previous sequence, so one of the two inventories was edited after it was sealed',
    next: 'Find the commit that changed an inventory, with `git log -- "*/seq-inventory.jsonl"`, and restore the file from the commit before',
  };
});
