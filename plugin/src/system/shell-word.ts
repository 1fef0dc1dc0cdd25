import { printable } from './printable';

/** A word of a command that people copy into a shell: in quotes where a shell would read something else. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${printable(text).replaceAll("'", `'\\''`)}'`;
}
