/** Where seqmirror's pages are on the web. No program asks them; people read them. */
import type { ErrorCode } from './error-codes';

/** The same as `homepage` in package.json. */
export const homepage = 'https://github.com/seqmirror/seqmirror';

export function errorPage(code: ErrorCode): string {
  return `${homepage}/blob/main/docs/errors.md#${code.toLowerCase()}`;
}
