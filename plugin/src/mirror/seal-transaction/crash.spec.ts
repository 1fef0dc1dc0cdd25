/** Kills the transaction at each change that it makes; texts stand in for archives. */
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { crashAt } from '../../../../testing/worlds/crash';
import type { SealTransaction } from './seal-transaction';
import { applyTransaction, reissueStage, sealStage } from './seal-transaction';
import { transactions } from './transactions.fixture';
import { archive, entryOf, first, folder, lockOf, metadata, seal, sequence, World } from './transaction.fixture';

const steps = [2, 3, 4, 5, 6, 7, 8, 9, 10] as const;
type Step = (typeof steps)[number];

const stageFor = ({ mirror }: World, { origin }: Pick<SealTransaction, 'origin'>) =>
  origin === 'reissued' ? reissueStage(mirror.data, { folder, seal }) : sealStage(mirror.data, folder);

/** Which steps in the head comment of seal-transaction.ts are done, as far as files show. */
async function stepsDone(world: World, transaction: SealTransaction): Promise<Record<Step, boolean>> {
  const { texts, uploadFiles: uploads = new Map<string, string>(), replaces } = transaction;
  const stage = stageFor(world, transaction);
  const text = (path: string) => readFile(path, 'utf8').catch(() => undefined);
  const inode = (path: string) =>
    stat(path)
      .then(({ ino }) => ino)
      .catch(() => undefined);
  const written: boolean[] = [];
  for (const [name, wanted] of texts) written.push((await text(world.content(folder, name))) === wanted);
  const isSealed = written.at(-1) === true;
  const uploaded: boolean[] = [];
  for (const [name, wanted] of uploads) uploaded.push((await text(world.content(folder, name))) === wanted);
  if (uploaded.at(-1) === true) expect(uploaded).toEqual([true, true, true]);
  const isStored = (await text(world.store())) === 'archive' && (await text(world.frame())) === 'frame';
  const isLinked = isStored && (await inode(world.store())) === (await inode(world.content(folder, archive)));
  return {
    2: existsSync(stage.commit) || isSealed,
    3: isStored && !existsSync(world.store().replace('000001', '000002')),
    4: isLinked && !existsSync(world.content(folder, 'mirror_000002.tar')),
    5: written.slice(0, -1).every(Boolean),
    6: (await text(world.content('chain.lock'))) === lockOf(entryOf(first), entryOf(sequence)),
    7: isSealed,
    8: uploaded.every(Boolean),
    9: replaces === undefined || !existsSync(world.content(replaces.folder)),
    10: !existsSync(stage.root),
  };
}

describe.each(transactions)('a transaction of a sequence that is $name', ({ prepare, isThere }) => {
  it('can be killed after each of its steps, which come in order, and ends with the same result', async () => {
    const reached = new Set<number>();
    const ends: { nth: number; texts: Record<string, string> }[] = [];
    for (let nth = 1, killed = true; killed; nth += 1) {
      const world = await World.make();
      try {
        const transaction = { ...(await prepare(world)), folder, metadata };
        const work = () => applyTransaction(world.mirror, transaction);
        const before = await stepsDone(world, transaction);
        killed = await crashAt(nth, work);
        const after = await stepsDone(world, transaction);
        // A reissue has its line in chain.lock and its upload files already; only a renumbering replaces something.
        const done = steps.filter((step) => !before[step]).map((step) => after[step]);
        reached.add(done.filter(Boolean).length);
        expect({ nth, done }).toEqual({ nth, done: [...done].sort().reverse() });
        if (isThere) expect(await readFile(world.content(folder, archive), 'utf8')).toMatch(/^(?:archive|damaged)$/);

        const isCommitted = existsSync(stageFor(world, transaction).commit);
        const notes = await world.recover();
        expect({ nth, notes }).toEqual({ nth, notes: isCommitted ? [expect.stringContaining('finished it')] : [] });
        if (!isCommitted) await work();
        if (transaction.uploadFiles !== undefined) {
          expect((await stat(world.content(folder, 'seq-upload.sh'))).mode & 0o777).toBe(0o755);
          const theirs = world.content(folder, 'seq-upload.original.sh');
          if (transaction.origin === 'adopted in place') expect(await readFile(theirs, 'utf8')).toBe('theirs\n');
          else expect(existsSync(theirs)).toBe(false);
        }
        ends.push({ nth, texts: await world.texts() });
      } finally {
        await world.remove();
      }
    }
    expect([...reached].sort()).toEqual(Array.from({ length: Math.max(...reached) + 1 }, (_, count) => count));
    for (const { nth, texts } of ends) expect({ nth, texts }).toEqual({ nth, texts: ends.at(-1)?.texts });
  }, 120_000);
});
