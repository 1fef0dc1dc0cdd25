/**
 * Everything that is known about a bundle before it is written: plain data, printed by `--plan` and carried out by
 * writeBundle.
 */
import { createHash } from 'node:crypto';
import type { ChainEntry } from '../sequence/chain-lock';
import { formatBytes, sumOfBytes } from '../system/byte-size';
import type { Json } from '../system/canonical-json';
import { canonicalJson } from '../system/canonical-json';
import { counted } from '../system/counted';
import type { BundleFile, BundleLayout } from '../volumes/bundle-file';
import type { Medium } from '../volumes/volumes';
import type { BundleContent } from './content';

export interface ShallowSite {
  readonly site: string;
  readonly maxNestedPaths: number;
}

/** A bundle before it is written: what is in it, and what goes on which volume. */
export interface BundlePlan {
  /** `T0007`; for a bundle for no site, the sequence's folder. The same on every volume. */
  readonly id: string;
  /** Id of the mirror, and its Nx project's name. */
  readonly mirrorId: string;
  readonly mirror: string;
  /** The mirror's folder, from the top of the workspace. */
  readonly mirrorRoot: string;
  readonly sites: readonly string[];
  /** Sites whose registry shortens paths: their people have to say so when they upload. */
  readonly shallow: readonly ShallowSite[];
  /** `false` if each of its sites can be relied on for the head itself, and so lacks nothing of it. */
  readonly isNeeded: boolean;
  readonly head: ChainEntry;
  readonly description: string;
  readonly content: BundleContent;
  readonly closure: { readonly blobs: number; readonly bytes: number };
  /** Blobs of the content, each counted once. */
  readonly carried: { readonly blobs: number; readonly bytes: number };
  readonly medium: Medium;
  readonly records: readonly BundleFile[];
  readonly layout: BundleLayout;
  /** Stands for the layout. */
  readonly sha256: string;
}

/** The id as a name that fits on a disc: `MIRROR-T0007-1of3`. */
export function labelOf({ id, layout: { volumes } }: Pick<BundlePlan, 'id' | 'layout'>, number: number): string {
  return `MIRROR-${id.slice(0, 40)}-${number}of${volumes.length}`;
}

/** Bytes of all files of a volume except those that describe it. */
export function filesOf(plan: Pick<BundlePlan, 'records' | 'layout'>, number: number): readonly BundleFile[] {
  return [...plan.records, ...(plan.layout.volumes[number - 1]?.archives ?? [])];
}

/** Two plans with the same hash put the same bytes in the same places. */
export function planSha256(plan: Omit<BundlePlan, 'sha256'>): string {
  const value = {
    id: plan.id,
    mirror: plan.mirrorId,
    sites: plan.sites,
    seal: plan.head.seal,
    kind: plan.content.kind,
    needs: plan.content.needs.map((need) => need.map(({ entry }) => entry.seal).join(' or ')),
    media: plan.medium.name,
    records: plan.records.map((file) => `${file.bytes} ${file.path}${'sha256' in file ? ` ${file.sha256}` : ''}`),
    splits: plan.layout.splits.map(({ name, bytes, parts }) => `${name} ${bytes} ${parts}`),
    volumes: plan.layout.volumes.map(({ archives }) => archives.map(fingerprintOf)),
  };
  return createHash('sha256')
    .update(canonicalJson(value as unknown as Json))
    .digest('hex');
}

function fingerprintOf(file: BundleFile): string {
  const { path, bytes } = file;
  const slice = 'slice' in file && file.slice !== undefined ? ` ${file.slice.from}-${file.slice.to}` : '';
  return `${bytes} ${path}${slice} ${contentOf(file)}`;
}

function contentOf(file: BundleFile): string {
  if (file.kind === 'whole') return file.source.sha256;
  if (file.kind !== 'squashed') return '';
  const hash = createHash('sha256');
  for (const entry of file.archive.entries)
    hash.update(`${entry.name} ${entry.kind === 'file' ? entry.bytes : entry.digest}\n`);
  return hash.digest('hex');
}

export function bytesOfVolume({ archives }: { readonly archives: readonly BundleFile[] }): number {
  return sumOfBytes(archives);
}

export function bytesOfVolumes(volumes: BundleLayout['volumes']): number {
  return volumes.reduce((sum, volume) => sum + bytesOfVolume(volume), 0);
}

/** Whether the far side joins it before it uploads: `seq-upload.sh ingest`. */
export function isTakenIn({ layout: { volumes, splits } }: Pick<BundlePlan, 'layout'>): boolean {
  return volumes.length > 1 || splits.length > 0;
}

/** `site: 12 blobs, 5.6 GiB on 2 volumes` */
export function planInWords({ content, carried, layout: { volumes } }: BundlePlan): string {
  const bytes = formatBytes(bytesOfVolumes(volumes));
  return `${content.kind}: ${counted(carried.blobs, 'blob')}, ${bytes} on ${counted(volumes.length, 'volume')}`;
}
