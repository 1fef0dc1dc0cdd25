/**
 * Makes a transfer bundle of a sealed sequence: content.ts decides what is in it, layout.ts what goes where, write/
 * writes it, and transfer.ts records whom it was sent to. Called by the target `bundle`; stands on the chain's records
 * and the sites'.
 */
import { resolve } from 'node:path';
import type { HashPool } from '../archive/hashing/hashing';
import { startHashPool } from '../archive/hashing/hashing';
import { newestSealed } from '../mirror/find-sequence';
import type { Mirror } from '../mirror/mirror';
import { openMirror, readChain } from '../mirror/mirror';
import type { SealedSequence } from '../mirror/sealed-chain';
import type { Transfer } from '../mirror/sites/sites';
import { writeTransfer } from '../mirror/sites/sites';
import { timestampOf } from '../sequence/one-line';
import type { Finding } from '../system/errors';
import { filesNowhere } from './errors';
import { groundOf } from './ground';
import { sealedUpTo } from './head-chain';
import type { KindRow } from './kinds';
import { everyKind, plannedBundle } from './kinds';
import type { BundleOptions } from './options';
import { expiryOf, refuseContradictions } from './options';
import type { BundlePlan } from './plan';
import { planInWords } from './plan';
import { checkReissued, transferNamed, transferOf } from './transfer';
import type { WrittenBundle } from './write/write';
import { writeBundle } from './write/write';

export type { BundleOptions };

/** The options that decide what a bundle is, and how it is written. */
export type AskedBundle = Pick<
  BundleOptions,
  'kind' | 'fresh' | 'need' | 'reissue' | 'volume' | 'link' | 'format' | 'image' | 'verify' | 'expires'
>;

/** What `bundleSequence` planned or wrote. */
export type BundleOutcome =
  | {
      readonly kind: 'planned';
      readonly plan: BundlePlan | undefined;
      readonly rows: readonly KindRow[];
      /** The options, so that the planned bundle can be asked for again, to be written. */
      readonly asked: AskedBundle;
    }
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
 * Makes a bundle. Can be killed at any moment and run again: files that are whole on the medium are not written again.
 *
 * @throws SEQ0239 if nothing is sealed, or not this sequence, SEQ0670 to SEQ0679 for media, archives and options, SEQ0611 for
 *   sites
 *
 * @example
 * ```ts
 * const plain = { plan: false, link: false, verify: true, fresh: false, format: 'folder' } as const;
 * const carried = { sites: ['bravo'], output: '/media/disk', uploader: await enclosedUploader() };
 * const outcome = await bundleSequence({ ...run, ...plain, ...carried, location });
 * ```
 */
export async function bundleSequence(options: BundleOptions): Promise<BundleOutcome> {
  const mirror = await openMirror(options.location);
  const folder = options.folder ?? newestSealed(mirror, await readChain(mirror)).folder;
  refuseContradictions(options);
  const sequences = await sealedUpTo(mirror, folder);
  const pool = startHashPool();
  try {
    return await bundle(options, { mirror, sequences, pool });
  } finally {
    await pool.close();
  }
}

async function bundle(
  options: BundleOptions,
  { mirror, sequences, pool }: { mirror: Mirror; sequences: readonly SealedSequence[]; pool: HashPool },
): Promise<BundleOutcome> {
  const { progress, now, output = '', location } = options;
  progress.step('plan');
  const again = options.reissue === undefined ? undefined : await transferNamed(mirror, options.reissue);
  const ground = await groundOf(options, { mirror, sequences, pool, again });
  if (options.plan) return { kind: 'planned', asked: options, ...(await everyKind(ground, options, again)) };

  const { plan, sources } = await plannedBundle(ground, options, again);
  progress.done(planInWords(plan));
  const made = again?.made ?? timestampOf(now());
  const root = output === '-' ? '-' : resolve(location.workspaceRoot, output);
  const days = options.expires ?? mirror.settings.signing?.expires;
  const expires = expiryOf({ days, again: again === undefined ? undefined : now() });
  const outcome = await writeBundle(plan, {
    ...options,
    mirror,
    root,
    made,
    expires,
    sources,
    pool,
    env: location.env,
  });
  if (again !== undefined) checkReissued(again, outcome);
  const isSent = ground.sites.length > 0 && options.volume === undefined;
  const transfer = again ?? (isSent ? transferOf(plan, outcome) : undefined);
  if (transfer !== undefined && again === undefined) await writeTransfer(mirror, transfer);
  const { folder } = ground.chain.head.entry;
  const warnings =
    ground.lacking.length === 0 || plan.content.whole.length > 0
      ? []
      : [filesNowhere({ folder, lacking: ground.lacking })];
  return { kind: 'written', plan, output, ...outcome, transfer, warnings };
}
