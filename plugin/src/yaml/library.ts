/** Composes YAML 1.2 with the library `yaml`, to a limited depth: see `tokens.ts`. */
import type { ParsedNode } from 'yaml';
import { Composer, isScalar } from 'yaml';
import { yamlTokens } from './tokens';

/** What is wrong with a text as YAML, at an offset in it. */
export type TextProblem =
  | { readonly kind: 'too deep' | 'second document' | 'empty'; readonly offset: number }
  | { readonly kind: 'malformed'; readonly offset: number; readonly problem: string };

export type Composition =
  | { readonly root: ParsedNode | null; readonly problems?: undefined }
  | { readonly root?: undefined; readonly problems: readonly TextProblem[] };

// The most problems that are reported for one text.
const mostProblems = 100;

export function composeByLibrary(text: string): Composition {
  const { tokens, tooDeepAt } = yamlTokens(text);
  if (tooDeepAt !== undefined) return { problems: [{ kind: 'too deep', offset: tooDeepAt }] };
  // Keys written twice are found by placed-value.ts: the library compares every key with every other.
  const composer = new Composer({ version: '1.2', schema: 'core', uniqueKeys: false, strict: true });
  const [document, ...further] = composer.compose(tokens, true, text.length);
  if (document === undefined) return { problems: [{ kind: 'empty', offset: 0 }] };
  const errors = document.errors.slice(0, mostProblems);
  if (errors.length > 0)
    return { problems: errors.map(({ pos, message }) => ({ kind: 'malformed', offset: pos[0], problem: message })) };
  const second = further.find(({ contents, errors }) => errors.length > 0 || !isNothing(contents));
  if (second !== undefined) return { problems: [{ kind: 'second document', offset: second.range[0] }] };
  return { root: document.contents };
}

function isNothing(contents: ParsedNode | null): boolean {
  return contents === null || (isScalar(contents) && contents.source === '' && contents.type === 'PLAIN');
}
