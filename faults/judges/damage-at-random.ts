import { join } from 'node:path';
import type { Dice } from '../../testing/lab/random';
import { flip, flipIn, inWords } from '../damage/flips';
import type { SealedMirror } from '../damage/sealed-mirror';
import { cuts, cutting, volumeDamages } from '../damage/volumes';

export interface Damaging {
  readonly disk: string;
  readonly mirror: SealedMirror;
  readonly other: SealedMirror;
  readonly dice: Dice;
}

const kinds = ['header', 'link', 'blob', 'padding'] as const;

/** Damages a disk once or a few times, in bits or in whole files. What was done, in words. */
export async function damageAtRandom({ disk, mirror, other, dice }: Damaging): Promise<string[]> {
  const done: string[] = [];
  for (let times = 1 + dice.number(3); times > 0; times -= 1) {
    const sequence = dice.pick(mirror.sequences);
    if (!dice.once(4)) {
      const archive = dice.pick(sequence.archives);
      const made = flipIn({ ...archive, path: join(disk, sequence.folder, archive.name) }, dice);
      await flip(made);
      done.push(`${sequence.folder}: ${inWords(made)}`);
      continue;
    }
    const damaging = dice.once(2)
      ? dice.pick(Object.values(volumeDamages))
      : cutting(dice.pick(kinds), dice.pick(cuts));
    const { folder, what } = await damaging({ disk, mirror, other, sequence, dice });
    // Other damage would look for files that are not there any more.
    return [...done, `${folder}: ${what}`];
  }
  return done;
}
