import type { ImageSetConfiguration } from './schema';

/** An imageset configuration as it stands in a file: the text, its parsed value, and where in the text each value is. */
export interface ImageSetDocument {
  /** For messages, as the person knows it: `mirror/content/seq1-baseline/imageset-config.yaml`. */
  readonly file: string;
  readonly text: string;
  readonly config: ImageSetConfiguration;
  /** Line and column, from 1, of the value at a path such as `['mirror', 'operators', 0, 'catalog']`; of its nearest parent if absent. */
  positionOf(path: readonly PropertyKey[]): { readonly line: number; readonly column: number };
}
