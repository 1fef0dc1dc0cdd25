/** Text of HTML pages, in which everything that is not written in the code is escaped. */
import { printable } from '../../system/printable';

/** A piece of HTML, in which everything is escaped already. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type HtmlValue = string | number | Html | undefined | readonly HtmlValue[];

/** The longest text of a configuration, a registry or a person on a page; the records have shorter ones. */
const longestText = 2000;

/** HTML with values in it: texts are escaped, pieces of HTML are taken as they are, lists are joined. */
export function markup(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new Html(parts.map((part, index) => `${part}${textOf(values[index])}`).join(''));
}

/**
 * Escapes what has a meaning in text and in quoted attributes. Control characters and marks that turn or hide text become
 * `\u….`, as in a terminal.
 */
export function escaped(text: string): string {
  return printable(text, { limit: longestText }).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function textOf(value: HtmlValue): string {
  if (value === undefined) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'string') return escaped(value);
  return typeof value === 'number' ? String(value) : value.map(textOf).join('');
}
