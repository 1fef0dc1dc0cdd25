/** Lost sequences: custody.yaml says that nobody has them, and sequences that need them are no longer called whole. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { storeFolder } from '../../plugin/src/mirror/data-directory';
import { baseOf, openSealedChain } from '../../plugin/src/mirror/sealed-chain';
import type { Digest } from '../../plugin/src/oci/digest';
import { declareLost, renderCustody } from '../../plugin/src/sequence/custody';
import { runSeed, withSeed } from '../size';
import type { SealedMirror, SealedSequence } from './sealed-mirror';
import { buildSealedMirror } from './sealed-mirror';
import { validated } from './validated';

jest.setTimeout(10 * 60_000);

const plan = { sequences: 4, images: 3, layers: 2, layerBytes: 20_000, archiveBytes: 100_000 };

describe(withSeed('Lost custody'), () => {
  let mirror: SealedMirror;
  /** Blobs by the sequence whose archives have them. */
  let broughtBy: ReadonlyMap<number, ReadonlySet<Digest>>;
  beforeEach(async () => {
    mirror = await buildSealedMirror({ ...plan, seed: runSeed() });
    const sequences = await sealedUpTo(plan.sequences);
    broughtBy = new Map(
      sequences.map(({ entry, inventory }) => [entry.number, new Set(inventory.blobs.map(({ digest }) => digest))]),
    );
  });
  afterEach(() => mirror?.remove());

  async function sealedUpTo(last: number) {
    return (await openSealedChain(mirror.mirror, { upTo: last, trust: 'as recorded' })).sequences;
  }

  async function lose({ number, folder, path }: SealedSequence): Promise<void> {
    const { entry } = (await sealedUpTo(number)).at(-1)!;
    await rm(storeFolder(mirror.mirror.data, folder, entry.seal), { recursive: true });
    for (const archive of mirror.sequences[number - 1]!.archives) await rm(archive.path);
    await writeFile(join(path, 'custody.yaml'), renderCustody(declareLost(undefined, 'the tape was eaten')));
  }

  /** Whether some of its images need a blob that only the lost sequence's archives had. */
  function needs(sequence: SealedSequence, lost: number): boolean {
    if (sequence.number < lost) return false;
    const others = [...broughtBy].filter(([number]) => number !== lost && number <= sequence.number);
    const elsewhere = new Set(others.flatMap(([, blobs]) => [...blobs]));
    return [...mirror.blobsOf(sequence).keys()].some(
      (digest) => broughtBy.get(lost)?.has(digest) && !elsewhere.has(digest),
    );
  }

  it.each([1, 2, 3, 4])('of seq%i breaks what needs it, and nothing else', async (number) => {
    const sequence = mirror.sequences[number - 1]!;
    await lose(sequence);
    const { sequences, sound } = await validated(mirror);
    expect(sound).toBe(false);
    const broken = sequences.filter(({ verdict }) => verdict === 'BROKEN').map(({ name }) => name);
    expect(broken).toEqual(mirror.sequences.filter((each) => needs(each, number)).map(({ folder }) => folder));
    expect(broken).toContain(sequence.folder);
  });

  it.each([1, 3])('of seq%i makes the next sequence fetch what only it had', async (number) => {
    await lose(mirror.sequences[number - 1]!);
    const base = baseOf(plan.sequences + 1, 'previous', await sealedUpTo(plan.sequences));
    const mine = broughtBy.get(number)!;
    const others = new Set([...base.holders.values()].flatMap((blobs) => [...blobs]));
    expect(base.holders.has(number)).toBe(false);
    for (const digest of mine) expect(base.blobs.has(digest)).toBe(others.has(digest));
  });

  it('is over when custody.yaml is restored', async () => {
    const sequence = mirror.sequences[0]!;
    const path = join(sequence.path, 'custody.yaml');
    await writeFile(path, renderCustody(declareLost(undefined, 'mislaid')));
    expect((await validated(mirror)).sound).toBe(false);
    expect(await readFile(path, 'utf8')).toContain('state: lost');
    await rm(path);
    expect((await validated(mirror)).sound).toBe(true);
  });
});
