import { SeqmirrorError } from '../../system/errors';
import { printable } from '../../system/printable';

/**
 * A share as people type it: `5%`, or `5`.
 *
 * @throws SEQ0172 for anything else, and for shares that are not above 0 and at most 100 %
 */
export function shareOf(typed: string | number): number {
  const percent = Number(/^(\d{1,3}(?:\.\d{1,3})?)%?$/.exec(String(typed))?.[1]);
  if (percent > 0 && percent <= 100) return percent / 100;
  throw new SeqmirrorError({
    code: 'SEQ0172',
    what: `--sample=${printable(String(typed))} is no share`,
    why: 'It says how much of the archives is looked at: those that were not checked for the longest time',
    next: 'Write for example --sample=5%',
  });
}
