import type { Explanation } from '../../plugin/src/system/errors';
import type { Dice } from '../../testing/lab/random';

/** Something of ours that reads what nobody vouches for. */
export interface Subject {
  readonly name: string;
  /** Bytes that it might be given. The same dice, the same bytes. */
  hostile(dice: Dice, place: Place): Uint8Array;
  /** Lets it read them. Whatever it finds or refuses is returned; anything else that it throws is our bug. */
  read(content: Uint8Array, place: Place): Promise<Reading>;
}

export interface Reading {
  readonly findings: readonly Explanation[];
  /** What is shown to people beside the findings, line by line. */
  readonly printed?: readonly string[];
}

export interface Place {
  /** All that may be written to. Empty before each case. */
  readonly folder: string;
  /** A path beside it that nothing may ever appear at, for names that try to lead there. */
  readonly outside: string;
}

/** A subject that takes the text of a file, as it is read from disk. */
export function textSubject(
  name: string,
  hostile: (dice: Dice) => string,
  read: (text: string) => readonly Explanation[] | Promise<readonly Explanation[]>,
): Subject {
  return {
    name,
    hostile: (dice) => Buffer.from(hostile(dice)),
    read: async (content) => ({ findings: await read(Buffer.from(content).toString('utf8')) }),
  };
}
