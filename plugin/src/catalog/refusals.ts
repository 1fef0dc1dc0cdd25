/** Why a selection from a catalog fails: made by selection/, rendered by errors.ts. */

interface AtEntry {
  /** Below the operators entry: `['packages', 0, 'channels', 1]`. */
  readonly path: readonly PropertyKey[];
}

interface OfChannel extends AtEntry {
  readonly package: string;
  readonly channel: string;
}

export type Refusal =
  | (AtEntry & { readonly kind: 'range unreadable' })
  /** `version` is `undefined` if the bundle has none. */
  | (AtEntry & {
      readonly kind: 'version unreadable';
      readonly package: string;
      readonly bundle: string;
      readonly version: string | undefined;
    })
  | (OfChannel & { readonly kind: 'default channel unknown' })
  /** The channels that would remain. */
  | (OfChannel & { readonly kind: 'default channel left out'; readonly selected: readonly string[] })
  | (OfChannel & { readonly kind: 'range in full' })
  | (OfChannel & { readonly kind: 'channel empty'; readonly range: string })
  | (OfChannel & { readonly kind: 'version not there'; readonly version: string })
  | (OfChannel & { readonly kind: 'channel broken'; readonly problems: readonly string[] });
