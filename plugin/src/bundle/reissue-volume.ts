/** Volumes of a bundle that was sent before, made again as they were. */
import type { Mirror } from '../mirror/mirror';
import type { Transfer } from '../mirror/sites/sites';
import { noSuchTransfer, readTransfers, siteFolders } from '../mirror/sites/sites';
import { reissueDiffers } from './errors';
import type { BundlePlan } from './plan';
import { labelOf } from './plan';
import type { WrittenBundle } from './write/write';

/** @throws SEQ0624 when no site has it */
export async function transferNamed(mirror: Mirror, id: string): Promise<Transfer> {
  const transfers = (await Promise.all((await siteFolders(mirror)).map((site) => readTransfers(mirror, site)))).flat();
  const found = transfers.find((transfer) => transfer.id === id);
  if (found !== undefined) return found;
  throw noSuchTransfer({ id, known: [...new Set(transfers.map((transfer) => transfer.id))].sort() });
}

/** @throws SEQ0678 when the plan is not the one of then */
export function checkReissue(transfer: Transfer, plan: BundlePlan): void {
  const refuse = (why: string): never => {
    throw reissueDiffers({ id: transfer.id, why });
  };
  if (plan.head.seal !== transfer.head.seal)
    refuse(`its head was ${transfer.head.folder}, sealed ${transfer.head.seal}`);
  const labels = plan.layout.volumes.map(({ number }) => labelOf(plan, number));
  const before = transfer.volumes.map(({ label }) => label);
  if (labels.join(' ') !== before.join(' ')) refuse(`it had ${before.length} volumes, and would have ${labels.length}`);
}

/** @throws SEQ0678 when a volume that was made again is not what was sent, byte for byte */
export function checkReissued(transfer: Transfer, { volumes }: WrittenBundle): void {
  for (const { label, sha256, bytes } of volumes) {
    const before = transfer.volumes.find((volume) => volume.label === label);
    if (before?.sha256 !== sha256 || before.bytes !== bytes)
      throw reissueDiffers({ id: transfer.id, why: `${label} has other checksums now` });
  }
}
