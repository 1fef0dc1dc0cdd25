import { printable } from '../../system/printable';

const mostListed = 10;

/** A list below a line, cut after ten items. */
export function listed(items: readonly string[]): string[] {
  const more = items.length - mostListed;
  return [
    ...items.slice(0, mostListed).map((item) => `    ${printable(item)}`),
    ...(more > 0 ? [`    and ${more} more`] : []),
  ];
}
