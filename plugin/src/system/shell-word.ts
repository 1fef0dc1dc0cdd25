import { printable } from './printable';

/** A word of a command that people copy into a shell, quoted if a shell would read it differently. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${printable(text).replaceAll("'", `'\\''`)}'`;
}
