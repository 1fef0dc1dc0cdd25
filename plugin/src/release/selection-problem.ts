/** Problems of a configuration with update graphs, as values; errors.ts renders them. */

/** What makes a selection useless. */
export type SelectionProblem =
  | { readonly kind: 'channel empty'; readonly channel: string; readonly architecture: string }
  | { readonly kind: 'release absent'; readonly channel: string; readonly version: string }
  | { readonly kind: 'version unreadable'; readonly channel: string; readonly version: string }
  /** A way between channels goes by their minor versions, but this name does not end in one. */
  | { readonly kind: 'channel not counted'; readonly channel: string }
  /** The lowest release is in a later channel than the highest, so no way leads up to it. */
  | { readonly kind: 'way leads down'; readonly from: string; readonly to: string }
  | { readonly kind: 'no payload'; readonly version: string }
  | { readonly kind: 'nothing selected' };

/** Something that deserves a look. */
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
