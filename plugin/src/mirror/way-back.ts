/** How archives that are not on this machine come back, for messages. */
import { isAbsolute } from 'node:path';
import { isStorageAddress } from '../object-storage/address';
import type { Custody } from '../sequence/custody';
import { storeCopy } from '../sequence/custody';
import { printable } from '../system/printable';
import { shellWord } from '../system/shell-word';

export interface AbsentSequence {
  readonly number: number;
  readonly folder: string;
  readonly custody: Custody | undefined;
}

/**
 * Where copies of a sequence's archives are, with the day of their last check: `/media/old, checked 2026-11-28`. The
 * store is no copy.
 */
export function copiesInWords(custody: Custody | undefined): string[] {
  return copiesOf(custody).map(
    ({ where, verified }) => `${printable(where)}${verified === undefined ? '' : `, checked ${verified}`}`,
  );
}

/** Copies outside the store. */
export function copiesOf(custody: Custody | undefined): Custody['copies'] {
  return (custody?.copies ?? []).filter(({ where }) => where !== storeCopy);
}

/** Whether a copy is at a place that can be opened: a folder, or object storage. Other copies are names for people. */
export function isPlace(where: string): boolean {
  return isAbsolute(where) || isStorageAddress(where);
}

/** One line for each retired sequence: where its archives are. */
export function retiredLines(sequences: readonly AbsentSequence[]): string[] {
  return sequences.flatMap(({ folder, custody }) => {
    if (custody?.state !== 'retired') return [];
    const copies = copiesInWords(custody);
    return [`${folder} is retired; ${copies.length === 0 ? 'no copy is known' : `copy: ${copies.join('; ')}`}`];
  });
}

/** The command that brings the archives of each of these back: from a copy that is known, else made again. */
export function commandsBack(mirror: string, sequences: readonly AbsentSequence[]): string {
  return sequences.map((sequence) => commandBack(mirror, sequence)).join(', ');
}

function commandBack(mirror: string, { number, custody }: AbsentSequence): string {
  const [copy] = custody?.state === 'lost' ? [] : copiesOf(custody);
  if (copy === undefined) return `nx run ${mirror}:reissue --sequence=seq${number}`;
  const from = isPlace(copy.where) ? shellWord(copy.where) : '<place>';
  return `nx run ${mirror}:restore --sequence=seq${number} --from=${from}`;
}
