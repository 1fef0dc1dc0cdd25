import type { Mirror } from '../mirror/mirror';
import { readChain } from '../mirror/mirror';
import { sealedEntry } from '../sequence/chain-lock';
import type { SequenceFolder } from '../sequence/folder';
import { imageTotal } from '../sequence/images';
import { counted } from '../system/counted';
import type { MirrorOutcome, MirrorSequenceOptions } from './outcome';
import { prepare } from './prepare';

/**
 * What mirroring would bring: the same checks as the real run, the engine's own plan, and nothing written. Behind a
 * sequence that isn't sealed nothing can be said yet, since what is new depends on it.
 */
export async function planSequence(
  mirror: Mirror,
  sequence: SequenceFolder,
  options: MirrorSequenceOptions,
): Promise<MirrorOutcome> {
  const chain = await readChain(mirror);
  const unsealed = chain.folders.find(
    ({ number }) => number < sequence.number && sealedEntry(chain.lock, number) === undefined,
  );
  if (unsealed !== undefined) return { kind: 'waiting', folder: sequence.folder, waitsFor: unsealed.folder };
  options.progress.step('plan');
  const { engine, request } = await prepare(mirror, sequence, options);
  const plan = await engine.engine.plan(request, engine.version);
  options.progress.done(`${counted(imageTotal(plan.images), 'image')} looked up`);
  return { kind: 'planned', folder: sequence.folder, engine, plan };
}
