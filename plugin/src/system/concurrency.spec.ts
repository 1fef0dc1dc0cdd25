import { setTimeout as sleep } from 'node:timers/promises';
import { mapConcurrently } from './concurrency';

describe('mapConcurrently', () => {
  it('keeps the order of the items, and never more at once than allowed', async () => {
    let underWay = 0;
    let most = 0;
    const results = await mapConcurrently([5, 1, 4, 2, 3], { limit: 2 }, async (item) => {
      most = Math.max(most, (underWay += 1));
      await sleep(item);
      underWay -= 1;
      return item * 10;
    });
    expect(results).toEqual([50, 10, 40, 20, 30]);
    expect(most).toBe(2);
  });

  it('starts nothing new after a failure, and lets work under way end', async () => {
    const started: number[] = [];
    const ended: number[] = [];
    const work = mapConcurrently([1, 2, 3, 4], { limit: 2 }, async (item) => {
      started.push(item);
      if (item === 1) throw new Error('the first one failed');
      await sleep(5);
      ended.push(item);
    });
    await expect(work).rejects.toThrow('the first one failed');
    expect({ started, ended }).toEqual({ started: [1, 2], ended: [2] });
  });

  it('stops at the next item on its signal', async () => {
    const abort = new AbortController();
    const work = mapConcurrently([1, 2, 3], { limit: 1, signal: abort.signal }, async () =>
      abort.abort(new Error('enough')),
    );
    await expect(work).rejects.toThrow('enough');
  });

  it('does nothing for an empty list', async () => {
    expect(await mapConcurrently([], { limit: 4 }, async () => 1)).toEqual([]);
  });
});
