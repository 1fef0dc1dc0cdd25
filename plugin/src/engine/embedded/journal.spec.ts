import { mkdtemp, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { digestOf } from '../../registry/scripted-registry.fixture';
import { beginJournal, readJournal, resumeJournal } from './journal';

const layout = digestOf('layout');
const [a, b, c] = [digestOf('a'), digestOf('b'), digestOf('c')] as const;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seqmirror-journal-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function writeTwoEntries(): Promise<string> {
  const journal = await beginJournal(folder, layout);
  await journal.append({ done: [a], partial: new Map([[b, 10]]) });
  await journal.append({ done: [b], partial: new Map([[c, 20]]) });
  await journal.close();
  return join(folder, 'journal.jsonl');
}

describe('journal', () => {
  it('adds up what is done, and keeps the last entry on what is not', async () => {
    await writeTwoEntries();
    expect(await readJournal(folder)).toEqual({ layout, done: new Set([a, b]), partial: new Map([[c, 20]]) });
  });

  it('cut anywhere still has a part of its entries, and can be continued', async () => {
    const path = await writeTwoEntries();
    const whole = await readFile(path);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length }), async (length) => {
        await writeTwoEntries();
        await truncate(path, length);
        const cut = await readJournal(folder);
        if (cut === undefined) return;
        const journal = await resumeJournal(folder);
        await journal.append({ done: [c], partial: new Map() });
        await journal.close();
        const after = await readJournal(folder);
        expect([...(after?.done ?? [])]).toEqual([...cut.done, c]);
        expect([a, b].slice(0, cut.done.size)).toEqual([...cut.done]);
      }),
      { numRuns: 50 },
    );
  });

  it('is undefined if there is no file, or another one', async () => {
    expect(await readJournal(folder)).toBeUndefined();
  });
});
