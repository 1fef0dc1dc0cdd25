/** From the records of a chain to the plan of a bundle. Reads records and the headers of archives, and writes nothing. */
import type { HashPool } from '../archive/hashing/hashing';
import { linksOf } from '../archive/links';
import type { FileSource } from '../archive/needed-files';
import { neededFiles } from '../archive/needed-files';
import type { PlannedFile } from '../archive/plan';
import { planArchives } from '../archive/plan';
import { filesIn } from '../archive/working-dir';
import { neededOfCatalogs } from '../catalog/needed-files';
import { archiveSizeBytes } from '../imageset/defaults';
import type { ImageSetDocument } from '../imageset/document';
import { locateArchives } from '../mirror/locate-archives';
import type { Mirror } from '../mirror/mirror';
import type { SealedSequence } from '../mirror/sealed-chain';
import { soundIndex } from '../mirror/sound-index';
import { neededOfReleases } from '../release/needed-files';
import { bytesOf } from '../sequence/closure';
import type { WholeSource } from './blob-sources';
import { wholeSources } from './blob-sources';
import type { BundleFile, BundleLayout } from './bundle-file';
import type { BundleChain, BundleContent } from './content';
import type { BundlePlan } from './plan';
import { planSha256, takenBytes } from './plan';
import type { Medium } from './volumes/volumes';
import { splitVolumes } from './volumes/volumes';

/** What is the same for every kind of bundle of one head. */
export interface BundleGround {
  readonly mirror: Mirror;
  readonly chain: BundleChain;
  readonly document: ImageSetDocument;
  readonly records: readonly BundleFile[];
  readonly medium: Medium;
  readonly sites: readonly string[];
  readonly id: string;
  /** What oc-mirror reads besides, and what of it is nowhere. */
  readonly files: readonly PlannedFile[];
  readonly lacking: readonly string[];
}

/**
 * The files of working-dir for the head: only oc-mirror reads them, and only its own archives have them. Newest archives
 * first. Each is believed when all of it but the blobs is what was sealed.
 */
export async function filesForHead(
  mirror: Mirror,
  { sequences, images }: BundleChain,
  document: ImageSetDocument,
  { pool, signal }: { pool: HashPool; signal: AbortSignal },
): Promise<{ files: readonly PlannedFile[]; lacking: readonly string[] }> {
  const byOcMirror = sequences.filter(({ metadata }) => metadata.provenance.engine === 'oc-mirror');
  if (byOcMirror.length === 0) return { files: [], lacking: [] };
  const sources: FileSource[] = [];
  for (const { entry, metadata } of [...byOcMirror].reverse()) {
    const { archives } = await locateArchives(mirror, entry.folder, metadata);
    for (const { file, recorded } of archives) {
      const index = file === undefined ? undefined : await soundIndex(file.path, recorded, { pool, signal });
      if (index !== undefined) sources.push({ where: entry.folder, files: filesIn(index, { signal }) });
    }
  }
  const parts = [neededOfReleases(images), neededOfCatalogs(images)];
  return neededFiles(sources, { config: document, parts, has: new Set() });
}

/** Lays a content out on the medium. @throws SEQ0671 when archives that go along as they are are not here */
export async function planBundle(ground: BundleGround, content: BundleContent): Promise<BundlePlan> {
  const whole = await wholeSources(ground.mirror, content.whole);
  return layOut(ground, content, whole);
}

function layOut(ground: BundleGround, content: BundleContent, whole: readonly WholeSource[]): BundlePlan {
  const { mirror, chain, records, medium, sites, id } = ground;
  const { head, closure } = chain;
  const carried =
    content.whole.length === 0
      ? { blobs: content.blobs.length, bytes: content.blobs.reduce((sum, { bytes }) => sum + bytes, 0) }
      : carriedBy(content.whole);
  const plan = {
    id,
    mirrorId: mirror.settings.id,
    mirror: mirror.name,
    sites,
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
  const taken = (lines: number) => (archives: number) => takenBytes(medium, archives, { lines, records });
  const fixed = content.needs.flat().length + content.holds.length + sites.length;
  const layout = splitVolumes(carried, { medium, taken: taken(fixed) });
  // Archives in pieces are named on every volume, which is known only now.
  if (layout.splits.length === 0) return layout;
  return splitVolumes(carried, { medium, taken: taken(fixed + layout.splits.length + 2) });
}

function carriedBy(sequences: readonly SealedSequence[]): { blobs: number; bytes: number } {
  const blobs = new Map(sequences.flatMap(({ inventory }) => inventory.blobs).map((blob) => [blob.digest, blob.bytes]));
  return { blobs: blobs.size, bytes: [...blobs.values()].reduce((sum, bytes) => sum + bytes, 0) };
}
