/**
 * Chains damaged at random, on a disk: what other programs find and what we say are the same. Precisely:
 *
 * - nothing happened: every sequence is PROVEN, sha256sum and tar accept every file, skopeo copies every image;
 * - a sequence is BROKEN if and only if sha256sum refuses its folder, or an image of it cannot be copied out of a registry
 *   that holds what its archives and those of its base hold, as far as a reader gets through them, or a file lies there
 *   that oc-mirror would read too;
 * - the images that we name as broken are exactly those that skopeo cannot copy;
 * - an archive that tar refuses is one that we refuse.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { baseChain } from '../../plugin/src/sequence/base';
import type { DebianRegistry } from '../../testing/lab/debian-registry';
import { startDebianRegistry } from '../../testing/lab/debian-registry';
import { diceFrom } from '../../testing/lab/random';
import { describeWith } from '../../testing/lab/requirements';
import { onDisk } from '../damage/carried';
import type { SealedMirror, SealedSequence } from '../damage/sealed-mirror';
import { buildSealedMirror } from '../damage/sealed-mirror';
import { naming, validated, verdictOf } from '../damage/validated';
import { runSeed, sizeOf, withSeed } from '../size';
import { damageAtRandom } from './damage-at-random';
import { notCopied, readableOnDisk, sha256sumAccepts, strayArchives, tarLists, unpackInto } from './judges';

jest.setTimeout(sizeOf({ small: 20, full: 120 }) * 60_000);

const chains = sizeOf({ small: 5, full: 200 });
const plan = { sequences: 4, images: 2, layers: 1, layerBytes: 8_000, archiveBytes: 40_000 };

describeWith(['docker-registry', 'skopeo'], withSeed(`${chains} damaged chains`), () => {
  let mirror: SealedMirror;
  let other: SealedMirror;
  let registry: DebianRegistry;
  let scratch: string;
  beforeAll(async () => {
    mirror = await buildSealedMirror({ ...plan, seed: runSeed() });
    other = await buildSealedMirror({ ...plan, seed: runSeed() + 1 });
    registry = await startDebianRegistry({ readOnly: true });
    scratch = await mkdtemp(join(tmpdir(), 'seqmirror-judges-'));
  });
  afterAll(async () => {
    await registry?.stop();
    await mirror?.remove();
    await other?.remove();
    await rm(scratch, { recursive: true, force: true });
  });

  it('are judged alike by sha256sum, tar, skopeo and us', async () => {
    const wrong: string[] = [];
    const seen = { proven: 0, broken: 0, images: 0 };
    for (let chain = 0; chain < chains; chain += 1) {
      const dice = diceFrom(runSeed(), 'judges', chain);
      await onDisk(mirror, async (disk) => {
        // Now and then nothing happens: false alarms would show.
        const damage = dice.once(10) ? [] : await damageAtRandom({ disk, mirror, other, dice });
        const validation = await validated(mirror, { path: disk });
        const readable = readableOnDisk();
        for (const sequence of mirror.sequences) {
          const { verdict, findings, brokenImages } = verdictOf(validation, sequence.folder);
          const say = (what: string): void =>
            void wrong.push(
              `chain ${chain} (${damage.join('; ') || 'nothing'}), ${sequence.folder}: ${what}; ${JSON.stringify(findings.map(({ code, what: told }) => `${code} ${told}`)).slice(0, 500)}`,
            );
          await unpackInto(registry, { disk, sequences: chainOf(sequence), readable });
          const lost = await notCopied(registry, sequence.images, scratch);
          const named = new Set(brokenImages.map(({ repository, tag }) => `${repository}:${tag}`));
          const isSum = await sha256sumAccepts(join(disk, sequence.folder));
          const strays = await strayArchives(
            join(disk, sequence.folder),
            sequence.archives.map(({ name }) => name),
          );
          if ((verdict === 'BROKEN') !== (!isSum || lost.size > 0 || strays.length > 0))
            say(`${verdict}, sha256sum ${isSum ? 'accepts' : 'refuses'}, ${lost.size} images are lost`);
          const [missed, alarms] = [
            [...lost].filter((image) => !named.has(image)),
            [...named].filter((image) => !lost.has(image)),
          ];
          if (missed.length > 0) say(`not named: ${missed.join()}`);
          if (alarms.length > 0) say(`named, and can be copied: ${alarms.join()}`);
          for (const { name } of sequence.archives) {
            if (!(await tarLists(join(disk, sequence.folder, name))) && naming(findings, name).length === 0)
              say(`tar refuses ${name}`);
          }
          seen[verdict === 'BROKEN' ? 'broken' : 'proven'] += 1;
          seen.images += lost.size;
        }
      });
    }
    console.info(
      `${chains} chains: ${seen.proven} sequences proven, ${seen.broken} broken, ${seen.images} images lost`,
    );
    expect(wrong.slice(0, 10)).toEqual([]);
    expect(Math.min(seen.proven, seen.broken)).toBeGreaterThan(chains / 4);
  });

  function chainOf({ number }: SealedSequence): SealedSequence[] {
    const numbers = [
      ...baseChain(number, new Map(mirror.sequences.map((sequence) => [sequence.number, sequence.base]))),
      number,
    ];
    return mirror.sequences.filter((sequence) => numbers.includes(sequence.number));
  }
});
