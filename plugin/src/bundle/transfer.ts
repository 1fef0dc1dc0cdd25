/** The record of a bundle that is sent, and the rules for one that was sent before and is made again as it was. */
import type { Mirror } from '../mirror/mirror';
import type { Transfer } from '../mirror/sites/sites';
import { noSuchTransfer, readTransfers, siteFolders } from '../mirror/sites/sites';
import { counted } from '../system/counted';
import { recordSchema } from '../yaml/schema-version';
import type { BundleChain } from './content';
import { reissueDiffers } from './errors';
import type { Need, ReliedSequence } from './needs';
import { neededInCache } from './needs';
import type { BundlePlan } from './plan';
import { labelOf } from './plan';
import type { WrittenBundle } from './write/write';

export function transferOf(plan: BundlePlan, { volumes, made }: WrittenBundle): Transfer {
  const { number, folder, seal } = plan.head;
  return {
    schema: recordSchema,
    id: plan.id,
    sites: [...plan.sites],
    kind: plan.content.kind,
    head: { number, folder, seal },
    needs: plan.content.needs.map(sealsOf),
    needs_in_cache: neededInCache(plan.content.needs).map(({ seal }) => seal),
    max_nested_paths:
      plan.shallow.length === 0
        ? undefined
        : Object.fromEntries(plan.shallow.map(({ site, maxNestedPaths }) => [site, maxNestedPaths])),
    volumes: volumes.map(({ label, bytes, sha256 }) => ({ label, bytes, sha256 })),
    made,
    state: 'sent',
  };
}

/** A single seal instead of a list of one. */
function sealsOf(need: Need): Transfer['needs'][number] {
  const [first, ...others] = need.map(({ entry }) => entry.seal);
  return first !== undefined && others.length === 0 ? first : need.map(({ entry }) => entry.seal);
}

/** @throws SEQ0624 when no site has it */
export async function transferNamed(mirror: Mirror, id: string): Promise<Transfer> {
  const transfers = (await Promise.all((await siteFolders(mirror)).map((site) => readTransfers(mirror, site)))).flat();
  const found = transfers.find((transfer) => transfer.id === id);
  if (found !== undefined) return found;
  throw noSuchTransfer({ id, known: [...new Set(transfers.map((transfer) => transfer.id))].sort() });
}

/** @throws SEQ0678 when the plan differs from the one that was sent */
export function checkReissue(transfer: Transfer, plan: BundlePlan): void {
  const refuse = (why: string): never => {
    throw reissueDiffers({ id: transfer.id, why });
  };
  if (plan.head.seal !== transfer.head.seal)
    refuse(`the transfer had the head ${transfer.head.folder} with the seal ${transfer.head.seal}`);
  const labels = plan.layout.volumes.map(({ number }) => labelOf(plan, number));
  const before = transfer.volumes.map(({ label }) => label);
  if (labels.join(' ') !== before.join(' '))
    refuse(`it had ${counted(before.length, 'volume')}, but now it would have ${labels.length}`);
}

/** @throws SEQ0678 when a volume that was made again differs from what was sent */
export function checkReissued(transfer: Transfer, { volumes }: WrittenBundle): void {
  for (const { label, sha256, bytes } of volumes) {
    const before = transfer.volumes.find((volume) => volume.label === label);
    if (before?.sha256 !== sha256 || before.bytes !== bytes)
      throw reissueDiffers({ id: transfer.id, why: `the checksums of ${label} have changed` });
  }
}

/** The needs of a transfer that is made again: whoever it was for had what it needs, in the place where it needs it. */
export function needsAtThatTime({ needs, needs_in_cache: inCache }: Transfer, { sequences }: BundleChain): Need[] {
  const relied = (seal: string): ReliedSequence[] =>
    sequences
      .filter(({ entry }) => entry.seal === seal)
      .map(({ entry }) => ({ entry, place: inCache?.some((each) => each === seal) === false ? 'registry' : 'cache' }));
  return needs.map((need) => (Array.isArray(need) ? need : [need]).flatMap(relied));
}

/** The path depths that its README.txt gives for registries, whatever is in site.yaml now. */
export function shallowAtThatTime({ max_nested_paths: depths = {} }: Transfer): BundlePlan['shallow'] {
  return Object.entries(depths).map(([site, maxNestedPaths]) => ({ site, maxNestedPaths }));
}
