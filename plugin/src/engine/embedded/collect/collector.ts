/** The interface of this folder's collectors: what they get, and what they return. */
import type { MadeBlob } from '../../../archive/blob-source';
import type { PlannedFile } from '../../../archive/plan';
import type { MirroredCatalog } from '../../../catalog/mirrored-catalog';
import type { ImageSetDocument } from '../../../imageset/document';
import type { Pin } from '../../../imageset/edit';
import type { BlobSet } from '../../../oci/blob';
import type { Digest } from '../../../oci/digest';
import type { MirroredImage } from '../../../oci/image';
import type { ImageReference } from '../../../oci/reference';
import type { RegistryClient } from '../../../registry/client';
import type { WebDocuments } from '../../../registry/web-documents';
import type { Progress } from '../../../system/progress';
import type { ManifestNode, TreeReader } from '../manifest-tree';

/**
 * Finds what a configuration asks for of one kind of content. Writes only in the scratch folder; the same answers give
 * the same content.
 */
export type Collector = (document: ImageSetDocument, sources: Sources) => Promise<Partial<CollectedContent>>;

/** Where collectors may look. */
export interface Sources {
  readonly client: RegistryClient;
  /** Images as trees of manifests; what a collector reads here is not fetched again. */
  readonly trees: TreeReader;
  /** What the sequences of the base hold. */
  readonly base: BlobSet;
  /** Web servers that are not registries. */
  readonly documents: WebDocuments;
  readonly env: Readonly<NodeJS.ProcessEnv>;
  readonly now: () => Date;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** The helm program in the settings, if they name one. */
  readonly helmBinary?: string | undefined;
  /** Whether packages that selected operators need are added to them. */
  readonly resolveDependencies: boolean;
  /** The folder that relative paths in the configuration start from. */
  readonly workspaceRoot: string;
  /** A folder for what collectors fetch and cannot hold in memory. It stays until the archives are written. */
  readonly scratch: string;
}

export interface CollectedContent {
  /** To be looked up in registries. */
  readonly images: readonly RequestedImage[];
  /** Images made here, in whole or in part. */
  readonly made: readonly MadeImage[];
  /** The catalogs among these, for the pinned configuration. */
  readonly catalogs: readonly MirroredCatalog[];
  /** Files of working-dir that disk-to-mirror reads, `working-dir/…`. */
  readonly files: readonly PlannedFile[];
  /** Values of the configuration that were resolved, beside names of images and catalogs. */
  readonly pins: readonly Pin[];
  /** Fingerprints of the keys that signed releases. Sorted. */
  readonly releaseKeys: readonly string[];
  /** Notes for people. */
  readonly notes: readonly string[];
}

/** What several collectors, or several entries of one, hand on, in their order. */
export function joined(contents: readonly Partial<CollectedContent>[]): CollectedContent {
  return {
    images: contents.flatMap(({ images = [] }) => images),
    made: contents.flatMap(({ made = [] }) => made),
    catalogs: contents.flatMap(({ catalogs = [] }) => catalogs),
    files: contents.flatMap(({ files = [] }) => files),
    pins: contents.flatMap(({ pins = [] }) => pins),
    releaseKeys: contents.flatMap(({ releaseKeys = [] }) => releaseKeys),
    notes: contents.flatMap(({ notes = [] }) => notes),
  };
}

/** An image that the configuration asks for. Only records care about its kind. */
export interface RequestedImage {
  readonly kind: MirroredImage['kind'];
  /** As the configuration names it, or the content that it names. */
  readonly name: string;
  /** What of the configuration's content names it, for messages: `web-terminal.v1.12.1`. `undefined`: the configuration. */
  readonly neededBy?: string | undefined;
  readonly reference: ImageReference;
  /** In the archive, as in oc-mirror's cache. */
  readonly repository: string;
  readonly tag: string;
}

/** An image that no registry has as it is: a filtered catalog, an update graph. */
export interface MadeImage extends Pick<MirroredImage, 'kind' | 'source' | 'repository' | 'tag'> {
  readonly root: ManifestNode;
  /** The blobs and manifests that were made for it. */
  readonly content: ReadonlyMap<Digest, MadeBlob>;
  /** The repository that has the rest. */
  readonly from: ImageReference;
}
