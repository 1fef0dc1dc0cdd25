/** An image as it arrived, with the facts that decide which resources point to it. */
export interface ResourceImage {
  readonly kind: 'release' | 'operator' | 'additional' | 'helm';
  /** Where clusters would look for it: `registry.redhat.io/ubi9/ubi:9.5`. */
  readonly source: string;
  /** Below the destination. */
  readonly repository: string;
  readonly tag: string;
  /** The image that a signature or attestation belongs to. */
  readonly attachedTo?: string | undefined;
  /** Set for an operator catalog, whose place a CatalogSource gives. */
  readonly catalog?: { readonly targetCatalogSourceTemplate?: string | undefined } | undefined;
}
