import { printable } from './printable';

const mostNames = 12;

/** `a, b, c`, for messages. Of more than twelve names the first three and the last nine. */
export function listedNames(names: readonly string[]): string {
  const shown = names.length > mostNames ? [...names.slice(0, 3), '…', ...names.slice(3 - mostNames)] : names;
  return shown.map((name) => printable(name)).join(', ');
}
