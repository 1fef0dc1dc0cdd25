import type { ChainDiff } from '../../chain/diff/diff';
import { diffContent } from '../diff-content';
import { contentInMarkdown } from './content';

/** The output of `nx run mirror:diff --format=markdown`. */
export function diffInMarkdown(diff: ChainDiff): string {
  return contentInMarkdown(diffContent(diff));
}
