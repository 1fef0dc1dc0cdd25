import { sequenceNameRefused } from './errors';

/** A sequence's folder in `content/`: `seq2-add-logging`. */
export interface SequenceFolder {
  readonly number: number;
  readonly name: string;
  readonly folder: string;
}

/**
 * The files that make a folder of this name a sequence; one of them is enough. Everything else in it is packaging, or
 * left over.
 */
export const sequenceFiles = ['imageset-config.yaml', 'sequence.yaml', 'seq-metadata.yaml'] as const;

/**
 * Whether a folder in `content/` is a sequence, judged by the names in it: for the graph, the chain and generators
 * alike.
 */
export function holdsSequence(names: readonly string[]): boolean {
  return sequenceFiles.some((name) => names.includes(name));
}

/** Higher numbers are refused everywhere. */
export const highestSequenceNumber = 999_999;

/** The number of a sequence as people type it, `seq3` or `3`; `undefined` for other texts. */
export function typedSequenceNumber(typed: string | number): number | undefined {
  const [, number] = /^(?:seq)?([1-9]\d{0,5})$/.exec(String(typed)) ?? [];
  return number === undefined ? undefined : Number(number);
}

const longestName = 63;
const namePattern = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
// No leading zeros: `seq1-a` and `seq01-a` would claim one number in two spellings.
const folderPattern = /^seq([1-9]\d{0,5})-(.+)$/;

/** Whether a text may follow `seqN-`: lower-case letters, digits and single dashes between them, at most 63 characters. */
export function isSequenceName(text: string): boolean {
  return text.length <= longestName && namePattern.test(text);
}

/** The number and name in a folder's name; `undefined` for other folders. */
export function parseSequenceFolder(folder: string): SequenceFolder | undefined {
  const [, number, name] = folderPattern.exec(folder) ?? [];
  if (number === undefined || name === undefined || !isSequenceName(name)) return undefined;
  return { number: Number(number), name, folder };
}

/**
 * `seq2-add-logging`.
 *
 * @throws SEQ0153 for a name or number that no folder may have
 */
export function sequenceFolderName(number: number, name: string): string {
  const folder = `seq${number}-${name}`;
  if (parseSequenceFolder(folder) === undefined) throw sequenceNameRefused({ number, name });
  return folder;
}

/** The name for a description: `Add cluster-logging 6.1` becomes `add-cluster-logging-6-1`. `undefined` if nothing is left. */
export function sequenceNameFrom(text: string): string | undefined {
  const name = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '')
    .slice(0, longestName)
    .replace(/-$/, '');
  return name === '' ? undefined : name;
}
