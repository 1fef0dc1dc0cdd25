/** What a bundle of each kind holds. Pure. */
import type { SealedSequence } from '../mirror/sealed-chain';
import type { BundleKind } from '../mirror/sites/sites';
import { headOfChain } from '../mirror/sites/sites';
import type { BlobRecord, BlobSet } from '../oci/blob';
import type { Digest } from '../oci/digest';
import type { MirroredImage } from '../oci/image';
import { kindOf } from '../oci/media-types';
import type { ChainEntry } from '../sequence/chain-lock';
import { bytesOf } from '../sequence/closure';
import type { Need } from './needs';
import { blobsThere, needsOf } from './needs';
import type { Holder } from './usable';

/** The head of a bundle, with the sequences before it. */
export interface BundleChain {
  /** 1 to the head, in order. */
  readonly sequences: readonly SealedSequence[];
  readonly head: SealedSequence;
  readonly images: readonly MirroredImage[];
  readonly closure: BlobSet;
}

export interface BundleContent {
  readonly kind: BundleKind;
  /** Sequences whose archives are carried as they are; the kinds `baseline` and `site` are squashed instead. */
  readonly whole: readonly SealedSequence[];
  /** The blobs in a squash. */
  readonly blobs: readonly BlobRecord[];
  /** Layers of the head that a squash leaves out, because the sites hold them already. */
  readonly leftOut: { readonly blobs: number; readonly bytes: number };
  /** What a site must have already. */
  readonly needs: readonly Need[];
  /** Sequences before the head that are carried whole. */
  readonly holds: readonly ChainEntry[];
}

export function bundleChainOf(sequences: readonly SealedSequence[]): BundleChain {
  const head = sequences.at(-1) as SealedSequence;
  return { sequences, head, ...headOfChain(sequences, head.entry.number) };
}

/** @param holders the sites that it is for; a bundle for several carries what any of them lacks */
export function contentOf(kind: BundleKind, chain: BundleChain, holders: readonly Holder[]): BundleContent {
  const { sequences, head, closure } = chain;
  const nothing = { leftOut: { blobs: 0, bytes: 0 }, needs: [], holds: [] };
  switch (kind) {
    case 'baseline':
      return { kind, whole: [], blobs: [...closure.values()], ...nothing };
    case 'cumulative':
      return { kind, whole: sequences, blobs: [], ...nothing, holds: entriesBefore(head, sequences) };
    case 'individual':
      return {
        kind,
        whole: [head],
        blobs: [],
        ...nothing,
        needs: dependenciesOfHead(head, sequences).map((entry) => [{ entry, place: 'registry' }]),
      };
    case 'site':
      return contentWithout(chain, needsOf(chain, { holders, besides: manifestsAndConfigs(closure) }));
  }
}

/** A head without the layers that sites have. Manifests and image configs are small, and always carried. */
export function contentWithout(chain: BundleChain, needs: readonly Need[]): BundleContent {
  const { closure } = chain;
  const small = manifestsAndConfigs(closure);
  const leftOut = new Map(
    [...blobsThere(chain, needs)].flatMap((digest) =>
      small.has(digest) ? [] : [[digest, closure.get(digest) as BlobRecord] as const],
    ),
  );
  return {
    kind: 'site',
    whole: [],
    blobs: [...closure.values()].filter(({ digest }) => !leftOut.has(digest)),
    leftOut: { blobs: leftOut.size, bytes: bytesOf(leftOut) },
    needs,
    holds: [],
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

/** The blobs of the head that the far side lists as missing, and everything small. */
export function contentOfNeed({ closure }: BundleChain, lacking: ReadonlySet<Digest>): BundleContent {
  const small = manifestsAndConfigs(closure);
  const blobs = [...closure.values()].filter(({ digest }) => small.has(digest) || lacking.has(digest));
  const bytes = bytesOf(closure) - blobs.reduce((sum, blob) => sum + blob.bytes, 0);
  const leftOut = { blobs: closure.size - blobs.length, bytes };
  return { kind: 'site', whole: [], blobs, leftOut, needs: [], holds: [] };
}

function entriesBefore(head: SealedSequence, sequences: readonly SealedSequence[]): ChainEntry[] {
  return sequences.map(({ entry }) => entry).filter(({ number }) => number < head.entry.number);
}

function dependenciesOfHead({ metadata }: SealedSequence, sequences: readonly SealedSequence[]): ChainEntry[] {
  const numbers = new Set<string>(metadata.air_gapped_transfer.dependencies);
  return sequences.map(({ entry }) => entry).filter(({ number }) => numbers.has(`seq${number}`));
}
