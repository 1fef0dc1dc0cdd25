import type { ESLint } from 'eslint';

export const bannedWords: readonly { readonly words: string; readonly instead: string }[];

/** The banned words in a text, with their places; in code, comments that begin with "Of" too. */
export function bannedIn(
  text: string,
  options?: { readonly isCode?: boolean },
): readonly { readonly index: number; readonly line: number; readonly words: string; readonly instead: string }[];

declare const plugin: ESLint.Plugin;
export default plugin;
