/** Lays content out on its medium: the plan of a bundle, of which nothing is written yet. */
import { forPeople } from '../mirror/mirror';
import { linksOf } from '../archive/links';
import { planArchives } from '../archive/plan';
import { archiveSizeBytes } from '../imageset/defaults';
import type { SealedSequence } from '../mirror/sealed-chain';
import type { Digest } from '../oci/digest';
import { bytesOf } from '../sequence/closure';
import type { WholeSource } from '../volumes/bundle-file';
import type { BundleFile, BundleLayout } from '../volumes/bundle-file';
import { layOutVolumes } from '../volumes/volumes';
import type { ChainSource } from './blob-sources';
import { blobSources, wholeSources } from './blob-sources';
import type { BundleContent } from './content';
import type { BundleGround } from './ground';
import type { BundlePlan } from './plan';
import { planSha256 } from './plan';
import { reliedOn } from './usable';
import { sumOfBytes } from '../system/byte-size';

export interface PlannedBundle {
  readonly plan: BundlePlan;
  /** Where the blobs of composed archives come from. */
  readonly sources: ReadonlyMap<Digest, ChainSource>;
}

/**
 * Lays content out on the medium, and finds everything that it is made of: what is planned here can be written.
 *
 * @throws SEQ0671 when archives, or blobs of them, are not here; SEQ0673 when the medium is too small
 */
export async function planBundle(
  ground: BundleGround,
  content: BundleContent,
  { signal }: { signal: AbortSignal },
): Promise<PlannedBundle> {
  const { mirror, chain } = ground;
  const whole = await wholeSources(mirror, content.whole);
  const wanted = new Map(content.blobs.map((blob) => [blob.digest, blob]));
  const sources = await blobSources(mirror, chain.sequences, wanted, { signal });
  return { plan: layOut(ground, content, whole), sources };
}

function layOut(ground: BundleGround, content: BundleContent, whole: readonly WholeSource[]): BundlePlan {
  const { mirror, chain, records, medium, sites, shallow, holders, id } = ground;
  const { head, closure } = chain;
  const carried =
    content.whole.length === 0
      ? { blobs: content.blobs.length, bytes: sumOfBytes(content.blobs) }
      : carriedBy(content.whole);
  const plan = {
    id,
    mirrorId: mirror.settings.id,
    mirror: mirror.name,
    mirrorRoot: forPeople(mirror, mirror.root),
    sites,
    shallow,
    isNeeded: content.kind !== 'site' || content.needs.length === 0 || reliedOn(holders, head.entry.seal) === undefined,
    head: head.entry,
    description: head.metadata.description,
    content,
    closure: { blobs: closure.size, bytes: bytesOf(closure) },
    carried,
    medium,
    records,
    layout: layoutOf(ground, content, whole),
  };
  return { ...plan, sha256: planSha256(plan) };
}

function layoutOf(ground: BundleGround, content: BundleContent, whole: readonly WholeSource[]): BundleLayout {
  const { chain, document, records, medium, sites, files } = ground;
  const isSquash = content.whole.length === 0;
  const carried = {
    blobs: content.blobs,
    links: isSquash ? linksOf(chain.images, chain.closure) : [],
    files: isSquash ? files : [],
    whole,
    archiveSizeBytes: archiveSizeBytes(document.config),
  };
  if (isSquash && medium.bytes === undefined && medium.largestFile === Number.MAX_SAFE_INTEGER) {
    const plan = planArchives({ ...carried, whenLarger: 'make room' });
    const archives = plan.archives.map((archive): BundleFile => ({
      path: `archives/${archive.name}`,
      bytes: archive.bytes,
      kind: 'squashed',
      archive,
    }));
    return { volumes: [{ number: 1, archives }], splits: [] };
  }
  const lines = content.needs.flat().length + content.holds.length + sites.length;
  return layOutVolumes(carried, medium, { lines, records });
}

function carriedBy(sequences: readonly SealedSequence[]): { blobs: number; bytes: number } {
  const blobs = new Map(sequences.flatMap(({ inventory }) => inventory.blobs).map((blob) => [blob.digest, blob.bytes]));
  return { blobs: blobs.size, bytes: [...blobs.values()].reduce((sum, bytes) => sum + bytes, 0) };
}
