/** Deletes from the registry of a site the images that no kept sequence needs. */
import type { Run } from '../mirror/run';
import { withoutCleaned, writeLedger } from '../mirror/sites/sites';
import type { Digest } from '../oci/digest';
import { digestFromHex } from '../oci/digest';
import type { PushClient } from '../registry/push';
import { timestampOf } from '../sequence/one-line';
import { canonicalJson } from '../system/canonical-json';
import { mapConcurrently } from '../system/concurrency';
import { counted } from '../system/counted';
import { sha256Of } from '../system/sha256';
import type { PointedAt, UnneededContent, UnneededManifest } from './cleanup-plan';
import { unneededContent } from './cleanup-plan';
import { bundleOnItsWay, keepTooFew, sitePlanChanged } from './errors';
import type { AskedSite, SiteRegistry } from './site-registry';
import { connectionOf, siteRegistry, withClient } from './site-registry';

/** The options of `cleanUpRegistry`. */
export interface CleanupOptions extends Run, AskedSite {
  /** How many of the sequences that the site has acknowledged stay complete, the newest first; at least 1. */
  readonly keep: number;
  /** The id of the plan to apply; without it, the plan is only made. */
  readonly apply?: string | undefined;
}

/** What `cleanUpRegistry` would do, or did. */
export interface CleanupOutcome {
  readonly kind: 'planned' | 'cleaned';
  readonly plan: CleanupPlan;
}

/** The parts of a cleanup. */
export interface CleanupPlan {
  /** `c3f9a12c04b1e`: the hash of what would be done. */
  readonly id: string;
  readonly site: string;
  /** The Nx project of the site. */
  readonly project: string;
  readonly registry: string;
  /** The registry as it was typed, if it is not the one of site.yaml. */
  readonly typed: string | undefined;
  readonly keep: number;
  /** Folders of the sequences that stay complete. */
  readonly kept: readonly string[];
  /** Folders of the sequences that the registry will not have any more. */
  readonly retired: readonly string[];
  /** The manifests to delete, in this order. */
  readonly manifests: readonly UnneededManifest[];
  /** Bytes that a garbage collection of the registry can free afterwards, at most. */
  readonly bytes: number;
  /** What stays although no kept sequence needs it, since other tags point to it. */
  readonly pointedAt: readonly PointedAt[];
}

const deletedAtATime = 4;

/**
 * Plans what can be deleted, or deletes it if `apply` names exactly the plan that is right now. The ledger forgets the
 * sequences first, so that it never lists what is gone. After a stop, the next plan has the rest.
 *
 * @throws SEQ0661 if the plan has changed, SEQ0662 while a bundle is on its way and for a wrong `keep`, SEQ0534 when the
 *   registry deletes nothing, SEQ0658, SEQ0659 and SEQ0611 for the site, SEQ05xx when the registry refuses
 *
 * @example
 * ```ts
 * const { plan } = await cleanUpRegistry({ ...run, location, site: 'bravo', keep: 3 });
 * await cleanUpRegistry({ ...run, location, site: 'bravo', keep: 3, apply: plan.id });
 * ```
 */
export async function cleanUpRegistry(options: CleanupOptions): Promise<CleanupOutcome> {
  const { keep, apply, progress, signal } = options;
  if (!Number.isSafeInteger(keep) || keep < 1) throw keepTooFew({ keep });
  progress.step('check');
  const site = await siteRegistry(options, 'cleanup');
  const { name, project, shown, sequences, head, transfers } = site;
  const onTheirWay = transfers.filter((transfer) => transfer.state === 'sent' && transfer.head.number > head.sequence);
  if (onTheirWay.length > 0) throw bundleOnItsWay({ site: name, project, transfers: onTheirWay.map(({ id }) => id) });
  progress.done(`records of ${counted(sequences.length, 'sequence')}, ${shown}`);

  return withClient(connectionOf(site, options), async (client) => {
    progress.step('ask');
    const found = await unneededContent(site, keep, { client, signal });
    const manifests = found.groups.flat();
    const folderOf = (number: number): string => sequences[number - 1]?.entry.folder ?? '';
    const plan: CleanupPlan = {
      id: idOf(site, found),
      ...{ site: name, project, registry: shown, typed: options.registry, keep },
      kept: found.kept.map(folderOf),
      retired: found.retired.map(folderOf),
      manifests,
      bytes: found.bytes,
      pointedAt: found.pointedAt,
    };
    progress.done(`${counted(manifests.length, 'manifest')} to delete`);
    if (apply === undefined) return { kind: 'planned', plan };
    if (apply !== plan.id) throw sitePlanChanged({ command: 'cleanup', asked: apply });
    await carryOut(site, found, { client, ...options });
    return { kind: 'cleaned', plan };
  });
}

async function carryOut(
  { mirror, name, ledger, sequences }: SiteRegistry,
  { groups, retired }: UnneededContent,
  { client, now, progress, signal }: Run & { readonly client: PushClient },
): Promise<void> {
  progress.step('delete');
  const manifests = groups.flat();
  const [first] = manifests;
  // A registry that deletes nothing says so before the ledger forgets anything.
  if (first !== undefined) await client.deleteManifest(first.repository, nowhere, { signal });
  const at = timestampOf(now());
  const cleaned = retired.flatMap((number) => {
    const { entry } = sequences[number - 1] ?? {};
    return entry === undefined ? [] : [{ sequence: number, seal: entry.seal, at }];
  });
  if (cleaned.length > 0) await writeLedger(mirror, name, withoutCleaned(ledger, cleaned));
  let deleted = 0;
  for (const group of groups)
    await mapConcurrently(group, { limit: deletedAtATime, signal }, async ({ repository, digest }) => {
      await client.deleteManifest(repository, digest, { signal });
      deleted += 1;
      progress.detail(`${deleted} of ${manifests.length} manifests`);
    });
  progress.done(counted(manifests.length, 'manifest'));
}

/** No manifest has this digest. */
const nowhere: Digest = digestFromHex(sha256Of('seqmirror asks whether manifests can be deleted'));

function idOf({ mirror, name, shown, sequences }: SiteRegistry, { kept, retired, groups }: UnneededContent): string {
  const sealOf = (number: number) => sequences[number - 1]?.entry.seal ?? null;
  const content = {
    ...{ mirror: mirror.settings.id, site: name, registry: shown },
    kept: kept.map(sealOf),
    retired: retired.map(sealOf),
    manifests: groups.flat().map(({ repository, digest, tags }) => [repository, digest, ...tags]),
  };
  return `c${sha256Of(canonicalJson(content)).slice(0, 12)}`;
}
