/** Makes a transfer bundle of a sealed sequence: plans it, writes it, and notes whom it was sent to. */
import { resolve } from 'node:path';
import type { Writable } from 'node:stream';
import type { HashPool } from '../archive/hashing/hashing';
import { startHashPool } from '../archive/hashing/hashing';
import { requireRecordedImageSet } from '../imageset/document';
import { notSealedYet } from '../mirror/errors';
import { requireSealed } from '../mirror/find-sequence';
import type { Mirror, MirrorLocation } from '../mirror/mirror';
import { openMirror, readChain, sequencePath } from '../mirror/mirror';
import { recordFile, recordNames } from '../mirror/records';
import type { Run } from '../mirror/run';
import type { ProvenSequence } from '../mirror/sealed-chain';
import { openSealedChain } from '../mirror/sealed-chain';
import { signatureOver } from '../mirror/signer';
import { signerFor } from '../mirror/signing/signing';
import type { BundleKind, KnownSite, Transfer } from '../mirror/sites/sites';
import { nextTransfer, writeTransfer } from '../mirror/sites/sites';
import { timestampOf } from '../sequence/one-line';
import { formatBytes } from '../system/byte-size';
import { counted } from '../system/counted';
import type { Finding } from '../system/errors';
import { isSeqmirrorError } from '../system/errors';
import { readText } from '../system/text-file';
import { recordSchema } from '../yaml/schema-version';
import { blobSources } from './blob-sources';
import { holdersOf, sitesNamed } from './bundle-sites';
import type { BundleChain, BundleContent } from './content';
import { bundleChainOf, contentOf, contentOfNeed, contentWithout } from './content';
import { filesNowhere, bundleOptionsContradict } from './errors';
import type { KindRow } from './kinds';
import { kindRow } from './kinds';
import { digestsNeeded } from './needed-digests';
import type { Need, Relied } from './needs';
import { neededInCache } from './needs';
import type { BundlePlan } from './plan';
import { bytesOfVolumes } from './plan';
import type { BundleGround } from './prepare-bundle';
import { filesForHead, planBundle } from './prepare-bundle';
import { bundleRecords } from './records';
import { checkReissue, checkReissued, transferNamed } from './reissue-volume';
import type { Holder } from './usable';
import { anyFolder, mediumOf } from './volumes/volumes';
import type { WrittenBundle } from './write/write';
import { sumsFile, writeBundle } from './write/write';

export interface BundleOptions extends Run {
  readonly location: MirrorLocation;
  /** The sequence that is the head: `seq2-add-logging`. */
  readonly folder: string;
  /** A folder, absolute or from the top of the workspace; of `tar` a file. Not needed to plan. */
  readonly output?: string | undefined;
  /** Default: `site` where sites are named, else `baseline`. */
  readonly kind?: BundleKind | undefined;
  readonly sites: readonly string[];
  readonly media?: string | undefined;
  /** Say what each kind would take, and write nothing. */
  readonly plan: boolean;
  /** Hard links where archives go along as they are. */
  readonly link: boolean;
  /** Read every volume back from its medium. */
  readonly verify: boolean;
  /** As for sites that hold nothing. */
  readonly fresh: boolean;
  /** A file with the digests that the far side lacks. */
  readonly need?: string | undefined;
  /** A transfer that is made again as it was. */
  readonly reissue?: string | undefined;
  /** Only this volume. */
  readonly volume?: number | undefined;
  readonly format: 'folder' | 'tar';
  /** Path of seqmirror-upload.js, which goes along; `undefined`: the far side has to have oc-mirror. */
  readonly uploader: string | undefined;
  /** Of `tar` with output `-`. */
  readonly stream?: Writable | undefined;
}

export type BundleOutcome =
  | { readonly kind: 'planned'; readonly plan: BundlePlan | undefined; readonly rows: readonly KindRow[] }
  | {
      readonly kind: 'written';
      readonly plan: BundlePlan;
      readonly output: string;
      readonly volumes: WrittenBundle['volumes'];
      readonly verified: boolean;
      readonly transfer: Transfer | undefined;
      readonly warnings: readonly Finding[];
    };

/**
 * Makes a bundle. Can be killed at any moment and run again: what is whole on the medium is not written again.
 *
 * @throws SEQ0239 for what isn't sealed, SEQ0670 to SEQ0679 for media, archives and options, SEQ0611 for sites
 */
export async function bundleSequence(options: BundleOptions): Promise<BundleOutcome> {
  refuseContradictions(options);
  const mirror = await openMirror(options.location);
  const sequences = await sealedUpTo(mirror, options.folder);
  const pool = startHashPool();
  try {
    return await bundle(options, { mirror, sequences, pool });
  } finally {
    await pool.close();
  }
}

interface Opened {
  readonly mirror: Mirror;
  readonly sequences: readonly ProvenSequence[];
  readonly pool: HashPool;
}

async function bundle(options: BundleOptions, opened: Opened): Promise<BundleOutcome> {
  const { mirror, sequences, pool } = opened;
  const { progress, signal, now } = options;
  progress.step('plan');
  const again = options.reissue === undefined ? undefined : await transferNamed(mirror, options.reissue);
  const sites = await sitesNamed(mirror, again?.sites ?? options.sites);
  const holders = holdersOf(sites);
  const chain = bundleChainOf(sequences);
  const { folder } = chain.head.entry;
  const configText = await readText(sequencePath(mirror, folder, recordNames.config));
  const document = requireRecordedImageSet(configText, recordFile(mirror, folder, recordNames.config));
  const ground: BundleGround = {
    mirror,
    chain,
    document,
    records: await bundleRecords(mirror, sequences, options),
    medium: mediumFor(options, sites),
    sites: sites.map(({ site }) => site.name),
    id: again?.id ?? (sites.length === 0 ? folder : await nextTransfer(mirror)),
    ...(await filesForHead(mirror, chain, document, { pool, signal })),
  };
  const known = options.fresh ? [] : holders;
  if (options.plan) return { kind: 'planned', ...(await everyKind(ground, known, options)) };

  const plan = await planBundle(ground, await contentFor(options, again, { chain, holders: known }));
  if (again !== undefined) checkReissue(again, plan);
  const wanted = new Map(plan.content.blobs.map((blob) => [blob.digest, blob]));
  const sources = await blobSources(mirror, sequences, wanted, { signal });
  const volumes = plan.layout.volumes.length;
  progress.done(
    `${plan.content.kind}: ${counted(plan.carried.blobs, 'blob')}, ${formatBytes(bytesOfVolumes(plan.layout.volumes))} on ${counted(volumes, 'volume')}`,
  );
  const made = again?.made ?? timestampOf(now());
  const output = options.output ?? '';
  const root = output === '-' ? '-' : resolve(options.location.workspaceRoot, output);
  const run = { ...options, root, made, sources, pool, sign: signSums(mirror) };
  const outcome = await writeBundle(plan, run);
  if (again !== undefined) checkReissued(again, outcome);
  const transfer =
    again ?? (sites.length === 0 || options.volume !== undefined ? undefined : transferOf(plan, outcome));
  if (transfer !== undefined && again === undefined) await writeTransfer(mirror, transfer);
  const warnings =
    ground.lacking.length === 0 || plan.content.whole.length > 0
      ? []
      : [filesNowhere({ folder, lacking: ground.lacking })];
  return { kind: 'written', plan, output, ...outcome, transfer, warnings };
}

/** @throws SEQ0625 when bundles have to be signed, and nothing says how */
function signSums(mirror: Mirror): ((sums: string) => Promise<Buffer>) | undefined {
  const signer = signerFor(mirror, sumsFile);
  return signer === undefined ? undefined : (sums) => signatureOver(sums, sumsFile, signer);
}

function refuseContradictions({
  plan,
  output,
  format,
  need,
  kind,
  reissue,
  link,
  volume,
  verify,
}: BundleOptions): void {
  const refuse = (what: string, next: string): never => {
    throw bundleOptionsContradict({ what, next });
  };
  if (!plan && output === undefined)
    refuse('There is no --output', 'Give the folder to write to: --output=/media/disk; or --plan');
  if (need !== undefined && kind !== undefined && kind !== 'site')
    refuse(`--need and --kind=${kind} exclude each other`, 'Leave out --kind: what is needed is what is carried');
  if (reissue !== undefined && (kind !== undefined || need !== undefined))
    refuse('--reissue makes a transfer again as it was', 'Leave out --kind and --need');
  if (format === 'tar' && link) refuse('A tar stream holds no hard links', 'Leave out --link');
  if (format === 'tar' && verify && output === '-')
    refuse('Standard output cannot be read back', 'Leave out --verify; the far side checks SHA256SUMS');
  if (volume !== undefined && volume < 1) refuse(`There is no volume ${volume}`, 'Volumes are counted from 1');
}

async function sealedUpTo(mirror: Mirror, folder: string): Promise<readonly ProvenSequence[]> {
  const chain = await readChain(mirror);
  const { number } = requireSealed(mirror, chain, { folder, refusal: notSealedYet });
  return (await openSealedChain(mirror, { chain, upTo: number, trust: 'proven and signed' })).sequences;
}

/** Of a transfer that is made again: whoever it was for had what it needs, where it needs it. */
function needsAtThatTime({ needs, needs_in_cache: inCache }: Transfer, { sequences }: BundleChain): Need[] {
  const relied = (seal: string): Relied[] =>
    sequences
      .filter(({ entry }) => entry.seal === seal)
      .map(({ entry }) => ({ entry, place: inCache?.some((each) => each === seal) === false ? 'registry' : 'cache' }));
  return needs.map((need) => (Array.isArray(need) ? need : [need]).flatMap(relied));
}

function mediumFor({ media }: BundleOptions, sites: readonly KnownSite[]) {
  const name = media ?? (sites.length === 1 ? sites[0]?.site.media : undefined);
  return name === undefined ? anyFolder : mediumOf(name);
}

async function contentFor(
  { kind, need, sites, location: { workspaceRoot } }: BundleOptions,
  again: Transfer | undefined,
  { chain, holders }: { chain: BundleChain; holders: readonly Holder[] },
): Promise<BundleContent> {
  if (need !== undefined) return contentOfNeed(chain, await digestsNeeded(resolve(workspaceRoot, need), chain.closure));
  if (again?.kind === 'site') return contentWithout(chain, needsAtThatTime(again, chain));
  return contentOf(again?.kind ?? kind ?? (sites.length === 0 ? 'baseline' : 'site'), chain, holders);
}

async function everyKind(
  ground: BundleGround,
  holders: readonly Holder[],
  { kind }: BundleOptions,
): Promise<{ plan: BundlePlan | undefined; rows: KindRow[] }> {
  const kinds: BundleKind[] = [
    ...(holders.length === 0 ? [] : (['site'] as const)),
    'baseline',
    'cumulative',
    'individual',
  ];
  const chosen = kind ?? kinds[0];
  let plan: BundlePlan | undefined;
  const rows: KindRow[] = [];
  for (const each of kinds) {
    try {
      const planned = await planBundle(ground, contentOf(each, ground.chain, holders));
      if (each === chosen) plan = planned;
      rows.push(kindRow(planned));
    } catch (error) {
      if (!isSeqmirrorError(error)) throw error;
      rows.push({
        kind: each,
        not: error.what,
        bytes: 0,
        files: 0,
        volumes: 0,
        leftOut: 0,
        needs: [],
        milliseconds: 0,
      });
    }
  }
  return { plan, rows };
}

/** One seal where it is but one. */
function sealsOf(need: Need): Transfer['needs'][number] {
  const [first, ...others] = need.map(({ entry }) => entry.seal);
  return first !== undefined && others.length === 0 ? first : need.map(({ entry }) => entry.seal);
}

function transferOf(plan: BundlePlan, { volumes, made }: WrittenBundle): Transfer {
  const { number, folder, seal } = plan.head;
  return {
    schema: recordSchema,
    id: plan.id,
    sites: [...plan.sites],
    kind: plan.content.kind,
    head: { number, folder, seal },
    needs: plan.content.needs.map(sealsOf),
    needs_in_cache: neededInCache(plan.content.needs).map(({ seal }) => seal),
    volumes: volumes.map(({ label, bytes, sha256 }) => ({ label, bytes, sha256 })),
    made,
    state: 'sent',
  };
}
