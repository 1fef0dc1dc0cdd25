import type { SequenceFolder } from '../../sequence/folder';
import { parseSequenceFolder, sequenceFolderName, sequenceNameFrom, typedSequenceNumber } from '../../sequence/folder';
import type { BaseChoice } from '../../sequence/intent';
import { baseUnknown, nameUnusable } from '../errors';

export interface NextSequence {
  readonly folder: string;
  readonly number: number;
  /** The sequences before it, by number. */
  readonly before: readonly SequenceFolder[];
}

/**
 * The folder that comes after those in content/. Numbers of sequences that aren't sealed count too, and gaps stay.
 *
 * @param folders the folders that hold a sequence (`holdsSequence`)
 * @param options.sealed numbers that chain.lock has, whose folders may be gone
 * @throws SEQ0165 for a name without letters or digits
 */
export function nextSequence(
  folders: readonly string[],
  name: string,
  { sealed = [] }: { readonly sealed?: readonly number[] | undefined } = {},
): NextSequence {
  const before = folders
    .flatMap((folder) => parseSequenceFolder(folder) ?? [])
    .sort((a, b) => a.number - b.number || (a.folder < b.folder ? -1 : 1));
  const number = Math.max(0, ...sealed, ...before.map((sequence) => sequence.number)) + 1;
  // People who have seen the folders type `seq2-add-logging` for `add-logging`.
  const usable = sequenceNameFrom(parseSequenceFolder(name)?.name ?? name);
  if (usable === undefined) throw nameUnusable({ given: name, what: 'sequence' });
  return { folder: sequenceFolderName(number, usable), number, before };
}

/**
 * The base for sequence.yaml, from what was typed: `previous`, `none`, `1` or `seq1`.
 *
 * @throws SEQ0164 for anything else, and for sequences that aren't before this one
 */
export function baseChoice(typed: string, { before }: Pick<NextSequence, 'before'>): BaseChoice {
  if (typed === 'previous' || typed === 'none') return typed;
  const number = typedSequenceNumber(typed);
  if (before.some((sequence) => sequence.number === number)) return `seq${number}` as BaseChoice;
  throw baseUnknown({ base: typed, known: [...new Set(before.map((sequence) => sequence.number))] });
}

/** A name as a description: `add-logging` becomes "add logging". Sentences stay as they are. */
export function descriptionFrom(name: string): string {
  const words = parseSequenceFolder(name)?.name ?? name;
  return (/\s/.test(words) ? words : words.replaceAll('-', ' ')).replace(/\s+/g, ' ').trim();
}
