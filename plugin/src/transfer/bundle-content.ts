/** What a bundle of each kind holds of a chain. Pure. */
import type { BlobRecord, BlobSet } from '../archive/blob-record';
import type { MirroredImage } from '../engine/engine';
import type { SealedSequence } from '../mirroring/sealed-chain';
import type { Digest } from '../registry/digest';
import { kindOf } from '../registry/media-types';
import type { ChainEntry } from '../sequence/chain-lock';
import { bytesOf } from '../sequence/closure';
import { headOfChain } from './held';
import type { BundleKind } from './transfer-record';
import type { Holder } from './usable';
import { reliedOn, usableBlobs } from './usable';

/** The head of a bundle, the sequences before it included. */
export interface BundleChain {
  /** 1 to the head, in their order. */
  readonly sequences: readonly SealedSequence[];
  readonly head: SealedSequence;
  readonly images: readonly MirroredImage[];
  readonly closure: BlobSet;
}

export interface BundleContent {
  readonly kind: BundleKind;
  /** Sequences whose archives are carried as they are; the kinds `baseline` and `site` are squashed instead. */
  readonly whole: readonly SealedSequence[];
  /** Of a squash: the blobs in it. */
  readonly blobs: readonly BlobRecord[];
  /** Of a squash: layers of the head that the sites hold already. */
  readonly leftOut: { readonly blobs: number; readonly bytes: number };
  /** Sequences that a site must have already. */
  readonly needs: readonly ChainEntry[];
  /** Of a squash, those of them that it must have in the cache of the oc-mirror that uploads it. */
  readonly needsInCache: readonly ChainEntry[];
  /** Sequences before the head that are carried whole. */
  readonly holds: readonly ChainEntry[];
}

export function bundleChainOf(sequences: readonly SealedSequence[]): BundleChain {
  const head = sequences.at(-1) as SealedSequence;
  return { sequences, head, ...headOfChain(sequences, head.entry.number) };
}

/** @param holders the sites that it is for; several get what any of them lacks */
export function contentOf(kind: BundleKind, chain: BundleChain, holders: readonly Holder[]): BundleContent {
  const { sequences, head, closure } = chain;
  const nothing = { leftOut: { blobs: 0, bytes: 0 }, needs: [], needsInCache: [], holds: [] };
  switch (kind) {
    case 'baseline':
      return { kind, whole: [], blobs: [...closure.values()], ...nothing };
    case 'cumulative':
      return { kind, whole: sequences, blobs: [], ...nothing, holds: entriesBefore(head, sequences) };
    case 'individual':
      return { kind, whole: [head], blobs: [], ...nothing, needs: dependenciesOfHead(head, sequences) };
    case 'site':
      return { kind, whole: [], ...lackingAt(chain, holders), holds: [] };
  }
}

/**
 * Layers that every site holds are left out, if sequences that all of them have acknowledged hold them, each where it is
 * of use: these are what the far side is asked for. Manifests and image configs are small, and always there.
 */
function lackingAt(
  { sequences, images, closure }: BundleChain,
  holders: readonly Holder[],
): Pick<BundleContent, 'blobs' | 'leftOut' | 'needs' | 'needsInCache'> {
  const small = manifestsAndConfigs(closure);
  const needs: ChainEntry[] = [];
  const needsInCache: ChainEntry[] = [];
  const leftOut = new Map<Digest, BlobRecord>();
  for (const { entry } of [...sequences].reverse()) {
    const place = reliedOn(holders, entry.seal);
    if (place === undefined || leftOut.size + small.size === closure.size) continue;
    const usable = usableBlobs({ images, closure }, { chain: sequences, number: entry.number, place });
    const covered = [...usable].filter((digest) => !small.has(digest) && !leftOut.has(digest));
    if (covered.length === 0) continue;
    needs.unshift(entry);
    if (place === 'cache') needsInCache.unshift(entry);
    for (const digest of covered) leftOut.set(digest, closure.get(digest) as BlobRecord);
  }
  return {
    blobs: [...closure.values()].filter(({ digest }) => !leftOut.has(digest)),
    leftOut: { blobs: leftOut.size, bytes: bytesOf(leftOut) },
    needs,
    needsInCache,
  };
}

/** A manifest names its config before its layers (registry/manifest.ts, refsOf). */
export function manifestsAndConfigs(closure: BlobSet): Set<Digest> {
  const small = new Set<Digest>();
  for (const { digest, mediaType, refs = [] } of closure.values()) {
    const kind = kindOf(mediaType);
    if (kind === undefined) continue;
    small.add(digest);
    const [config] = refs;
    if (kind === 'image' && config !== undefined) small.add(config);
  }
  return small;
}

/** The blobs of the head that the far side lacks, by its own words, and all that is small. */
export function contentOfNeed({ closure }: BundleChain, lacking: ReadonlySet<Digest>): BundleContent {
  const small = manifestsAndConfigs(closure);
  const blobs = [...closure.values()].filter(({ digest }) => small.has(digest) || lacking.has(digest));
  const bytes = bytesOf(closure) - blobs.reduce((sum, blob) => sum + blob.bytes, 0);
  const leftOut = { blobs: closure.size - blobs.length, bytes };
  return { kind: 'site', whole: [], blobs, leftOut, needs: [], needsInCache: [], holds: [] };
}

function entriesBefore(head: SealedSequence, sequences: readonly SealedSequence[]): ChainEntry[] {
  return sequences.map(({ entry }) => entry).filter(({ number }) => number < head.entry.number);
}

function dependenciesOfHead({ metadata }: SealedSequence, sequences: readonly SealedSequence[]): ChainEntry[] {
  const numbers = new Set<string>(metadata.air_gapped_transfer.dependencies);
  return sequences.map(({ entry }) => entry).filter(({ number }) => numbers.has(`seq${number}`));
}
