import type { Setback } from '../../api';
import { rollbackUnclear } from '../../mirror/sites/sites';

/** What happened to the site, out of options of which exactly one says it. @throws SEQ0614 */
export function setbackOf(
  {
    to,
    wiped = false,
    cache = false,
  }: { to?: string | number | undefined; wiped?: boolean | undefined; cache?: boolean | undefined },
  project: string,
): Setback {
  const said = [to !== undefined, wiped, cache].filter((option) => option).length;
  if (said !== 1) {
    throw rollbackUnclear({ project, why: said === 0 ? 'No option says it' : 'Two options say different things' });
  }
  if (wiped) return { kind: 'wiped' };
  if (cache) return { kind: 'cache wiped' };
  const number = Number(/^(?:seq)?([1-9]\d{0,5})$/.exec(String(to))?.[1]);
  if (Number.isNaN(number)) throw rollbackUnclear({ project, why: '--to names a sequence, such as seq3' });
  return { kind: 'restored', to: number };
}
