/** What a reissue will do, as plain data: printed by dry runs, carried out once. */
import type { ArchiveIndex } from '../archive/archive-index';
import type { PlannedArchive } from '../archive/plan';
import type { Digest } from '../oci/digest';
import type { Finding } from '../system/errors';
import type { BlobOrigin, SourceKind, WantedBlob } from './wanted-blobs';
import { sourceKinds } from './wanted-blobs';

/** The place of a frame that is proven to be the sealed one. */
export type Frame =
  /** Kept beside the store since the archive was made. */
  | { readonly kept: string; readonly bytes: number; readonly sha256: string }
  /** In an archive in which only blobs are damaged. */
  | { readonly within: ArchiveIndex };

/** How one archive is made. */
export type ArchiveRecipe = { readonly name: string; readonly bytes: number } & (
  | { readonly how: 'copied'; readonly path: string; readonly where: string }
  /** From its frame and its blobs: byte for byte what it was. */
  | { readonly how: 'rebuilt'; readonly frame: Frame; readonly blobs: readonly WantedBlob[] }
  /** Laid out from the inventories. `asSealed`: the layout is the sealed one. */
  | {
      readonly how: 'composed';
      readonly asSealed: boolean;
      readonly archive: PlannedArchive;
      readonly blobs: readonly WantedBlob[];
    }
);

/** What is wrong with an archive as it is. */
export interface DamagedArchive {
  readonly name: string;
  readonly why: string;
}

/** How much would come from one source. */
export interface SourceShare {
  readonly kind: SourceKind;
  readonly where: string;
  readonly blobs: number;
  readonly bytes: number;
}

/** Which archives are to be made again, and where their bytes come from. */
export interface ReissuePlan {
  readonly folder: string;
  /** Names of archives that stay as they are. */
  readonly sound: readonly string[];
  readonly damaged: readonly DamagedArchive[];
  readonly recipes: readonly ArchiveRecipe[];
  readonly sources: readonly SourceShare[];
  /** Blobs without a known source. Only trying shows whether they are still available. */
  readonly without: readonly WantedBlob[];
  /** Files that oc-mirror's disk-to-mirror will miss in composed archives. */
  readonly warnings: readonly Finding[];
  /** Bytes to be written in the stage before anything is replaced. */
  readonly bytes: number;
}

/** The blobs that the recipes need, each once. */
export function wantedBlobs(recipes: readonly ArchiveRecipe[]): Map<Digest, WantedBlob> {
  const blobs = recipes.flatMap((recipe) => (recipe.how === 'copied' ? [] : recipe.blobs));
  return new Map(blobs.map((blob) => [blob.digest, blob]));
}

/**
 * How much comes from where: in a plan, if every place holds what it seems to hold; afterwards, as it was.
 *
 * @param sourceOf where a blob comes from; `undefined` if that is unknown
 */
export function sharesOf(
  wanted: Iterable<WantedBlob>,
  sourceOf: (digest: Digest) => BlobOrigin | undefined,
): { sources: SourceShare[]; without: WantedBlob[] } {
  const shares = new Map<string, SourceShare>();
  const without: WantedBlob[] = [];
  for (const blob of wanted) {
    const source = sourceOf(blob.digest);
    if (source === undefined) {
      without.push(blob);
      continue;
    }
    const { kind, where } = source;
    const known = shares.get(`${kind} ${where}`) ?? { kind, where, blobs: 0, bytes: 0 };
    shares.set(`${kind} ${where}`, { ...known, blobs: known.blobs + 1, bytes: known.bytes + blob.bytes });
  }
  const order = (share: SourceShare): number => sourceKinds.indexOf(share.kind);
  return { sources: [...shares.values()].sort((a, b) => order(a) - order(b)), without };
}
