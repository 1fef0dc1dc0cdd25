/** What can be wrong with what a configuration asks of update graphs, as values; errors.ts has the words. */

/** What makes a selection useless. */
export type SelectionProblem =
  | { readonly kind: 'channel empty'; readonly channel: string; readonly architecture: string }
  | { readonly kind: 'release absent'; readonly channel: string; readonly version: string }
  | { readonly kind: 'version unreadable'; readonly channel: string; readonly version: string }
  /** A way between channels is counted by their minor versions, which this name does not end in. */
  | { readonly kind: 'channel not counted'; readonly channel: string }
  /** The lowest release is asked for in a later channel than the highest, so that no way leads up to it. */
  | { readonly kind: 'way leads down'; readonly from: string; readonly to: string }
  | { readonly kind: 'no payload'; readonly version: string }
  | { readonly kind: 'nothing selected' };

/** What deserves a look. */
export type SelectionNote =
  | { readonly kind: 'eus' }
  | { readonly kind: 'no way'; readonly version: string; readonly channel: string }
  | {
      readonly kind: 'range empty';
      readonly channel: string;
      readonly architecture: string;
      readonly lower: string;
      readonly upper: string;
    };
