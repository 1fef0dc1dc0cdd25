import type { Chain, Mirror, MirrorLocation } from '../mirror/mirror';
import { openMirror, readChain } from '../mirror/mirror';
import { collectError } from '../system/collect-error';

export interface ChainOrigin {
  readonly mirror: Mirror;
  readonly chain: Chain;
}

/**
 * The mirror in which a disk is validated. If the disk has only a part of the chain, the mirror's records continue it.
 */
export async function originOf(location: MirrorLocation): Promise<ChainOrigin | undefined> {
  const { value } = await collectError(async () => {
    const mirror = await openMirror(location);
    return { mirror, chain: await readChain(mirror) };
  });
  return value;
}
