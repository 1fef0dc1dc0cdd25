import { writeFile } from 'node:fs/promises';
import type { Subject } from './subject';

/** Does, case by case, what a subject must not do: the proof that it would be noticed. */
export const misbehavingSubject: Subject = {
  name: 'one that misbehaves',
  hostile: (dice) => Uint8Array.of(dice.number(6)),
  read: async ([kind], { outside }) => {
    switch (kind) {
      case 0:
        for (;;);
      case 1:
        return process.abort();
      case 2:
        throw new RangeError('Maximum call stack size exceeded');
      case 3:
        await writeFile(outside, '');
        return { findings: [] };
      case 4:
        return { findings: [{ code: 'SEQ0211', what: 'a\u001b[2Jb' }] };
      default:
        return { findings: [] };
    }
  },
};
