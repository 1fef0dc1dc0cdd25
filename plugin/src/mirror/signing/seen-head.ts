/**
 * The last head of a mirror's chain that this machine signed or took in: `<data>/head-seen.json`. An older bundle is
 * not accepted as the chain, although its signature counts for ever.
 */
import { join } from 'node:path';
import { z } from 'zod';
import type { ChainLock } from '../../sequence/chain-lock';
import { headOf } from '../../sequence/chain-lock';
import { SequenceNumber } from '../../sequence/one-line';
import { Seal } from '../../sequence/seal';
import { writeFileAtomically } from '../../system/atomic-file';
import { valueOfJson } from '../../system/json-text';
import type { PathBelow } from '../../system/path-below';
import { readTextIfThere } from '../../system/text-file';
import { inData } from '../data-directory';
import type { Mirror } from '../mirror';

const SeenHead = z.strictObject({ number: SequenceNumber, seal: Seal });
export type SeenHead = z.infer<typeof SeenHead>;

function fileOf({ data }: Mirror): PathBelow {
  return inData(data, join(data.root, 'head-seen.json'));
}

/** `undefined` if none was seen, or the note cannot be read. */
export async function headSeen(mirror: Mirror): Promise<SeenHead | undefined> {
  const text = await readTextIfThere(fileOf(mirror));
  return text === undefined ? undefined : SeenHead.safeParse(valueOfJson(text)).data;
}

/** A lower head than the former is remembered only if the former was made void. */
export async function rememberHead(mirror: Mirror, lock: ChainLock): Promise<void> {
  const head = headOf(lock);
  const seen = await headSeen(mirror);
  const isVoid = lock.entries.some(({ seal, state }) => state === 'void' && seal === seen?.seal);
  if (head === undefined || (seen !== undefined && head.number < seen.number && !isVoid)) return;
  const { number, seal } = head;
  await writeFileAtomically(fileOf(mirror), `${JSON.stringify({ number, seal })}\n`);
}
