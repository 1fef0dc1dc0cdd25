import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../../../testing/lab/lab';
import { crashAt } from '../../../testing/worlds/crash';
import { archiveOf, lose, loseFrames, reissue, reissued, sealStands } from '../../../testing/worlds/reissuing';
import type { World } from '../../../testing/worlds/world';
import { app, aSealedMirror, startUpstream, ubi } from '../../../testing/worlds/world';
import { digestOf } from '../archive/archive.fixture';
import { renderCustody } from '../sequence/custody';
import { parseSequenceMetadata, renderSequenceMetadata } from '../sequence/metadata';
import { renderSha256Sums } from '../sequence/sha256-sums';

let upstream: Lab;

beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.stop());

const seq1 = 'seq1-baseline';
const seq2 = 'seq2-add-app';

/** The hash of every file, except leftovers of a killed attempt to take the lock, which do no harm. */
async function seen(world: World): Promise<Record<string, string>> {
  const files = [...(await world.files())].filter(([path]) => !/^data\/test\/\.?lock/.test(path));
  return Object.fromEntries(
    files.map(([path, text]) => [path, path.endsWith('.tar') ? digestOf(Buffer.from(text, 'latin1')) : text]),
  );
}

/** Reissues seq2 and kills it at its first, second, … change, until a run survives. After each kill a second run repairs it. */
async function atEveryChange(prepare: (world: World) => Promise<void>): Promise<void> {
  const prepared = await aSealedMirror(upstream, { [seq1]: [ubi], [seq2]: [ubi, app] });
  const seal = await sealStands(prepared, seq2);
  await prepare(prepared);
  const results: { nth: number; seen: Record<string, string> }[] = [];
  for (let nth = 1, killed = true; killed; nth += 1) {
    const world = await prepared.copy();
    try {
      killed = await crashAt(nth, () => reissue(world, seq2));
      // The lock of a dead process is stale, but this process lives on.
      await rm(join(world.data, 'lock'), { force: true });
      expect(await sealStands(world, seq2)).toBe(seal);
      // Everything that is visible in the store and in content/ is whole.
      for (const [path, text] of await world.files()) {
        if (/^(mirror\/content|data\/test\/store)\/.*\/mirror_\d+\.tar$/.test(path))
          expect(text.slice(-1024)).toBe('\0'.repeat(1024));
      }
      if (killed) await reissue(world, seq2);
      expect(await sealStands(world, seq2)).toBe(seal);
      expect((await reissue(world, seq2)).kind).toBe('sound');
      await archiveOf(world, seq2);
      results.push({ nth, seen: await seen(world) });
    } finally {
      await world.remove();
    }
  }
  await prepared.remove();
  expect(results.length).toBeGreaterThan(15);
  for (const { nth, seen: found } of results) expect({ nth, found }).toEqual({ nth, found: results.at(-1)?.seen });
}

describe('after a kill at any change of the file system', () => {
  it('reissuing again ends with the archive as it was sealed', async () => {
    await atEveryChange(async (world) => {
      await lose(world, seq2);
      await loseFrames(world);
    });
  }, 240_000);

  it('reissuing again ends with archives, sums and records of one packaging, and custody held', async () => {
    await atEveryChange(async (world) => {
      // As if another engine had packaged it: three archives, of which the last two are lost.
      const file = `mirror/content/${seq2}/seq-metadata.yaml`;
      const metadata = parseSequenceMetadata(await world.read(file), file);
      const [first] = metadata.archives;
      const others = ['mirror_000002.tar', 'mirror_000003.tar'].map((name) => ({
        name,
        size: '2.0 KiB',
        bytes: 2048,
        sha256: '0'.repeat(64),
      }));
      const archives = [...(first === undefined ? [] : [first]), ...others];
      await world.write(file, renderSequenceMetadata({ ...metadata, archives }));
      await world.write(`mirror/content/${seq2}/SHA256SUMS`, renderSha256Sums(archives));
      await world.write(
        `mirror/content/${seq2}/custody.yaml`,
        renderCustody({ schema: 'seqmirror/v1', state: 'lost', copies: [] }),
      );
      await lose(world, seq2);
      await loseFrames(world);
    });
  }, 240_000);
});

describe('a commit in the folder of a reissue', () => {
  it.each([
    { name: 'is not JSON', text: '{' },
    { name: 'names a file outside the mirror', text: commitWith({ records: ['../../../../.bashrc'] }) },
    {
      name: 'would remove a file that is not an archive',
      text: commitWith({ removed: ['../seq1-baseline/mirror_000001.tar'] }),
    },
    { name: 'is for another sequence', text: commitWith({}) },
  ])('is thrown away if it $name', async ({ text }) => {
    const world = await aSealedMirror(upstream, { [seq1]: [app] });
    try {
      const before = await seen(world);
      const { seal } = parseSequenceMetadata(await world.read(`mirror/content/${seq1}/seq-metadata.yaml`), '');
      await world.write(`data/test/reissue/${seq1}.${seal.slice(7, 19)}/commit.json`, text);
      expect((await reissue(world, seq1)).kind).toBe('sound');
      expect(await seen(world)).toEqual(before);
    } finally {
      await world.remove();
    }
  });
});

function commitWith(facts: object): string {
  const entry = { number: 1, folder: seq1, seal: `sha256:${'0'.repeat(64)}` };
  return JSON.stringify({ schema: 'seqmirror/v1', entry, archives: [], removed: [], records: [], ...facts });
}

describe('a sequence that is repackaged', () => {
  it('has the new archives in SHA256SUMS and seq-metadata.yaml, under the same seal', async () => {
    const world = await aSealedMirror(upstream, { [seq1]: [ubi] });
    try {
      const file = `mirror/content/${seq1}/seq-metadata.yaml`;
      const sealed = parseSequenceMetadata(await world.read(file), file);
      const [first] = sealed.archives;
      const extra = { name: 'mirror_000002.tar', size: '1.0 KiB', bytes: 1024, sha256: '0'.repeat(64) };
      await world.write(file, renderSequenceMetadata({ ...sealed, archives: [first!, extra] }));
      await lose(world, seq1);
      await loseFrames(world);
      const { packaging } = await reissued(world, seq1);
      expect(packaging).toBe('repackaged');
      const metadata = parseSequenceMetadata(await world.read(file), file);
      expect({ ...metadata, archives: [], air_gapped_transfer: {} }).toEqual({
        ...sealed,
        archives: [],
        air_gapped_transfer: {},
      });
      expect(metadata.archives.map(({ name, sha256 }) => ({ name, sha256 }))).toEqual([
        { name: 'mirror_000001.tar', sha256: first?.sha256 },
      ]);
      const { size } = await stat(join(world.root, 'mirror/content', seq1, 'mirror_000001.tar'));
      expect(metadata.air_gapped_transfer).toMatchObject({ transfer_bytes: size, cumulative_bytes: size });
      expect(await world.read(`mirror/content/${seq1}/SHA256SUMS`)).toBe(`${first?.sha256}  mirror_000001.tar\n`);
    } finally {
      await world.remove();
    }
  });
});
