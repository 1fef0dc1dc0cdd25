import type { WorkingDir } from '../archive/working-dir';
import type { ImageSetConfiguration } from '../imageset/schema';
import type { ImageKind, TagDigests } from '../oci/image';

/** An image that a configuration led to when it was mirrored, and where oc-mirror keeps it. */
export interface ExpectedImage {
  readonly kind: ImageKind;
  readonly source: string;
  readonly repository: string;
  readonly tag: string;
}

/** What tells which images these are. */
export interface ContentWitness {
  readonly config: ImageSetConfiguration;
  readonly workingDir: WorkingDir;
  /** All tags in the archives. */
  readonly tags: TagDigests;
}
