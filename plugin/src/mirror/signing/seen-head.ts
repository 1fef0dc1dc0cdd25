/**
 * The head of a mirror's chain that was signed or taken in last on this machine: `<data>/head-seen.json`. A bundle that is
 * older than it is not taken for the chain, although its signature counts for ever.
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

/** `undefined` where none was seen, and where what was noted cannot be read. */
export async function headSeen(mirror: Mirror): Promise<SeenHead | undefined> {
  const text = await readTextIfThere(fileOf(mirror));
  return text === undefined ? undefined : SeenHead.safeParse(valueOfJson(text)).data;
}

/** A head that is lower than the one of before is remembered only where that one was made void. */
export async function rememberHead(mirror: Mirror, lock: ChainLock): Promise<void> {
  const head = headOf(lock);
  const seen = await headSeen(mirror);
  const isVoid = lock.entries.some(({ seal, state }) => state === 'void' && seal === seen?.seal);
  if (head === undefined || (seen !== undefined && head.number < seen.number && !isVoid)) return;
  const { number, seal } = head;
  await writeFileAtomically(fileOf(mirror), `${JSON.stringify({ number, seal })}\n`);
}
