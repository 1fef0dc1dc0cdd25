import type { ChainDiff } from '../../chain/diff/diff';
import { diffContent } from '../diff-content';
import { contentInWords } from './content';

/** The output of `nx run mirror:diff`. */
export function renderDiff(diff: ChainDiff): string {
  return contentInWords(diffContent(diff));
}
