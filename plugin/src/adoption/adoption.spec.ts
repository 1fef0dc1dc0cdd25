import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import type { ChainBuilder } from '../../../testing/worlds/chain';
import { aChain } from '../../../testing/worlds/chain';
import { listSequences } from '../chain/list-sequences';
import type { MirroredImage } from '../oci/image';
import { closureOf } from '../sequence/closure';
import { parseCustody } from '../sequence/custody';
import { applyImageChanges } from '../sequence/images';
import type { Inventory } from '../sequence/inventory';
import { decodeInventory } from '../sequence/inventory';
import { applyAdoption } from './apply-adoption';
import type { AdoptionWorld, OriginalOptions } from './original.fixture';
import { anAdoptionWorld, originalMetadata, run, writeOriginals } from './original.fixture';

const threeSteps = () =>
  aChain().baseline('baseline').differential('add-logging', { adds: 2 }).differential('add-ubi9', { updates: 1 });

describe('adopting', () => {
  let world: AdoptionWorld;
  beforeEach(async () => {
    world = await anAdoptionWorld();
  });
  afterEach(() => world.remove());

  const read = (path: string) => readFile(join(world.root, path), 'utf8');
  const states = async () =>
    (await listSequences(world.location)).sequences.map(({ folder, state }) => `${folder} ${state}`);

  it('finds that folders of the original script are all complete, and that the last one alone is enough', async () => {
    await writeOriginals(world.old, threeSteps().build(), { archives: 'complete', metadata: true });
    const { sequences, refused, notes } = await world.plan();
    expect({ refused, notes }).toEqual({ refused: undefined, notes: [] });
    expect(
      sequences.map(({ folder, metadata }) => [folder, metadata.content_type, metadata.air_gapped_transfer.complete]),
    ).toEqual([
      ['seq1-baseline', 'baseline', true],
      ['seq2-add-logging', 'baseline', true],
      ['seq3-add-ubi9', 'baseline', true],
    ]);
    expect(sequences[2]?.corrections.map((line) => line.replace(/\(.*\)/, '(…)'))).toEqual([
      'its seq-metadata.yaml is not YAML (…), so it was read line by line',
      'said to be differential and to need seq1-baseline, seq2-add-logging: it is a baseline and needs no other sequence, since its own archives have every blob of its images',
    ]);
    expect(sequences[2]?.metadata).toMatchObject({ adopted: true, oc_mirror_version: '4.19.0-202507292137' });
  });

  it('changes nothing while it only plans', async () => {
    await writeOriginals(world.old, threeSteps().build(), { archives: 'complete', metadata: true });
    const before = await world.files();
    await world.plan();
    expect(await world.files()).toEqual(before);
  });

  it('seals what it adopts with hard links, and leaves the originals', async () => {
    await writeOriginals(world.old, threeSteps().build(), { archives: 'differential', metadata: true });
    const before = await world.files('old');
    const { adopted } = await world.adopt();
    expect(adopted.map(({ archivesAre }) => archivesAre)).toEqual(['linked', 'linked', 'linked']);
    expect(await states()).toEqual(['seq1-baseline sealed', 'seq2-add-logging sealed', 'seq3-add-ubi9 sealed']);
    expect(await world.files('old')).toEqual(before);
    const [original, adoptedFile] = await Promise.all(
      [world.old, world.content].map((folder) => stat(join(folder, 'seq2-add-logging', 'mirror_000001.tar'))),
    );
    expect([adoptedFile?.ino, adoptedFile?.nlink]).toEqual([original?.ino, 3]);
    expect(await read('mirror/content/seq3-add-ubi9/seq-metadata.yaml')).toContain('adopted: true');
  });

  const chains = fc
    .record({
      seed: fc.integer({ min: 1, max: 1e6 }),
      steps: fc.array(
        fc.record({
          adds: fc.integer({ min: 0, max: 2 }),
          updates: fc.integer({ min: 0, max: 1 }),
          removes: fc.integer({ min: 0, max: 1 }),
          base: fc.constantFrom('previous' as const, 'none' as const),
        }),
        { maxLength: 3 },
      ),
    })
    .map(({ seed, steps }) =>
      steps.reduce<ChainBuilder>(
        (chain, step, index) => chain.differential(`step-${index}`, step),
        aChain({ seed }).baseline('start'),
      ),
    );

  it.each(['differential', 'complete'] as const)(
    'gives a chain without records the same blobs and closures (%s archives)',
    async (archives: OriginalOptions['archives']) => {
      await fc.assert(
        fc.asyncProperty(chains, async (builder) => {
          const own = await anAdoptionWorld();
          try {
            const chain = builder.build();
            await writeOriginals(own.old, chain, { archives });
            const { sequences } = await own.plan();
            const inventories = sequences.map(({ texts }) =>
              decodeInventory(texts.get('seq-inventory.jsonl') ?? '', 'it'),
            );
            const blobs = new Map(
              inventories.flatMap((inventory) => inventory.blobs.map((blob) => [blob.digest, blob])),
            );
            const truth = new Map(
              chain.sequences.flatMap(({ inventory }) => inventory.blobs.map((blob) => [blob.digest, blob])),
            );
            imagesOf(inventories).forEach((images, index) => {
              const expected = chain.sequences[index]!;
              const closureIn = (all: typeof blobs, of: readonly MirroredImage[]) =>
                [
                  ...closureOf(
                    of.map(({ digest }) => digest),
                    all,
                  ).blobs.keys(),
                ].sort();
              expect(places(images)).toEqual(places(expected.images));
              expect(closureIn(blobs, images)).toEqual(closureIn(truth, expected.images));
              if (archives === 'complete') return;
              expect(inventories[index]?.blobs).toEqual(sorted(expected.inventory.blobs));
              expect(sequences[index]?.metadata.air_gapped_transfer.dependencies).toEqual(
                expected.metadata.air_gapped_transfer.dependencies,
              );
            });
          } finally {
            await own.remove();
          }
        }),
        { numRuns: 25 },
      );
    },
    120_000,
  );

  it('gives numbers after those of the chain, whatever they were', async () => {
    await writeOriginals(join(world.root, 'first'), aChain().baseline('baseline').build(), { archives: 'complete' });
    await world.adopt({ source: join(world.root, 'first') });
    const [, second] = await writeOriginals(world.old, threeSteps().build(), { archives: 'complete' });
    await rename(second as string, join(world.old, 'seq12-Add Logging, again'));
    const { sequences } = await world.plan();
    expect(sequences.map(({ folder }) => folder)).toEqual(['seq2-baseline', 'seq3-add-ubi9', 'seq4-add-logging-again']);
    await world.adopt();
    expect(await states()).toEqual([
      'seq1-baseline sealed',
      'seq2-baseline sealed',
      'seq3-add-ubi9 sealed',
      'seq4-add-logging-again sealed',
    ]);
  });

  it('does nothing the second time, and recognises what it has by name or content', async () => {
    const chain = threeSteps().build();
    await writeOriginals(world.old, chain, { archives: 'complete' });
    await world.adopt();
    await writeOriginals(join(world.root, 'copy'), chain, { archives: 'complete' });
    for (const source of [world.old, join(world.root, 'copy'), world.content]) {
      const plan = await world.plan({ source });
      expect(plan.sequences).toEqual([]);
      expect(plan.already.map(({ folder }) => folder)).toEqual(['seq1-baseline', 'seq2-add-logging', 'seq3-add-ubi9']);
    }
  });

  it('moves archives away from their old place, and nothing else', async () => {
    await writeOriginals(world.old, threeSteps().build(), { archives: 'complete', metadata: true });
    const { removed } = await world.adopt({ taking: 'move' });
    expect(removed).toHaveLength(3);
    expect([...(await world.files('old')).keys()]).toEqual(
      ['seq1-baseline', 'seq2-add-logging', 'seq3-add-ubi9'].flatMap((folder) => [
        `content/${folder}/imageset-config.yaml`,
        `content/${folder}/seq-metadata.yaml`,
      ]),
    );
    expect(await states()).toEqual(['seq1-baseline sealed', 'seq2-add-logging sealed', 'seq3-add-ubi9 sealed']);
  });

  it('copies if asked to', async () => {
    await writeOriginals(world.old, threeSteps().build(), { archives: 'complete' });
    await world.adopt({ taking: 'copy' });
    const { nlink } = await stat(join(world.old, 'seq1-baseline', 'mirror_000001.tar'));
    expect(nlink).toBe(1);
    expect(await states()).toEqual(['seq1-baseline sealed', 'seq2-add-logging sealed', 'seq3-add-ubi9 sealed']);
  });

  describe('in place', () => {
    it('lists what is not adopted as foreign, and says what to do', async () => {
      await writeOriginals(world.content, threeSteps().build(), { archives: 'complete', metadata: true });
      const { sequences } = await listSequences(world.location);
      expect(sequences.map(({ state }) => state)).toEqual(['foreign', 'foreign', 'foreign']);
      expect(sequences[0]?.problem).toMatchObject({ code: 'SEQ0245', next: 'nx g seqmirror:adopt mirror/content' });
    });

    it('turns folders of the original script into sequences where they are', async () => {
      await writeOriginals(world.content, threeSteps().build(), { archives: 'complete', metadata: true });
      await writeFile(join(world.content, 'seq2-add-logging', 'seq-upload.sh'), '#!/bin/bash\n');
      await world.adopt({ source: world.content });
      expect(await states()).toEqual(['seq1-baseline sealed', 'seq2-add-logging sealed', 'seq3-add-ubi9 sealed']);
      expect(await read('mirror/content/seq2-add-logging/seq-upload.original.sh')).toBe('#!/bin/bash\n');
      expect(await read('mirror/content/seq2-add-logging/seq-upload.sh')).toContain('# seq-upload.sh: uploads');
      const { nlink } = await stat(join(world.content, 'seq2-add-logging', 'mirror_000001.tar'));
      expect(nlink).toBe(2);
    });

    it('closes gaps and corrects names by renaming folders', async () => {
      const [, second, third] = await writeOriginals(world.content, threeSteps().build(), {
        archives: 'complete',
        metadata: true,
      });
      await rename(third as string, join(world.content, 'seq7-Add UBI9'));
      await rename(second as string, join(world.content, 'seq5-add-logging'));
      await world.adopt({ source: world.content });
      expect(await states()).toEqual(['seq1-baseline sealed', 'seq2-add-logging sealed', 'seq3-add-ubi9 sealed']);
      expect([...(await world.files('mirror/content')).keys()].some((path) => /^seq[57]/.test(path))).toBe(false);
    });
  });

  it('refuses to adopt before a sequence that is planned and not sealed', async () => {
    await writeOriginals(world.old, threeSteps().build(), { archives: 'complete' });
    await mkdir(join(world.content, 'seq2-planned'), { recursive: true });
    await writeFile(join(world.content, 'seq2-planned', 'imageset-config.yaml'), 'kind: ImageSetConfiguration\n');
    await expect(world.plan()).rejects.toMatchObject({
      code: 'SEQ0250',
      what: 'The planned sequence seq2-planned has the number that seq2-add-logging needs',
    });
  });

  it('stops before the first folder with a configuration that oc-mirror refuses', async () => {
    const [, second] = await writeOriginals(world.old, threeSteps().build(), { archives: 'complete' });
    await writeFile(
      join(second as string, 'imageset-config.yaml'),
      'kind: ImageSetConfiguration\nmirror: { operatrs: [] }\n',
    );
    const plan = await world.plan();
    expect(plan.sequences.map(({ folder }) => folder)).toEqual(['seq1-baseline']);
    expect(plan.refused).toMatchObject({
      name: 'seq2-add-logging',
      reason: { code: 'SEQ0101' },
      waiting: ['seq3-add-ubi9'],
    });
    await applyAdoption(plan, run);
    expect(await states()).toEqual(['seq1-baseline sealed']);
  });

  it('is refused if the chain has changed since it was planned', async () => {
    await writeOriginals(world.old, threeSteps().build(), { archives: 'complete' });
    const plan = await world.plan();
    await writeOriginals(join(world.root, 'other'), aChain({ seed: 7 }).baseline('other').build(), {
      archives: 'complete',
    });
    await world.adopt({ source: join(world.root, 'other') });
    await expect(applyAdoption(plan, run)).rejects.toMatchObject({ code: 'SEQ0250' });
    expect(await states()).toEqual(['seq1-other sealed']);
  });

  describe('damaged archives', () => {
    const flip = async (path: string, offset: number): Promise<void> => {
      const content = await readFile(path);
      content[offset] = (content[offset] as number) ^ 0xff;
      await writeFile(path, content);
    };

    it('are adopted with what is sound in them, and incomplete images are named', async () => {
      const [first] = await writeOriginals(world.old, aChain().baseline('baseline').build(), { archives: 'complete' });
      const path = join(first as string, 'mirror_000001.tar');
      const { size } = await stat(path);
      await flip(path, size - 1024 - 100);
      const { sequences } = await world.plan();
      expect(sequences[0]?.damage).toMatchObject({
        damagedBlobs: 1,
        brokenImages: [expect.stringContaining('registry.example/')],
      });
      expect(sequences[0]?.metadata.air_gapped_transfer).toMatchObject({
        complete: false,
        dependencies: [],
        missing_blobs: 1,
      });
      await world.adopt();
      expect(await states()).toEqual(['seq1-baseline sealed']);
      const custody = parseCustody(await read('mirror/content/seq1-baseline/custody.yaml'), 'custody.yaml');
      expect(custody).toMatchObject({
        state: 'held',
        note: expect.stringContaining('Adopted damaged: 1 image is not complete'),
      });
    });

    it('are adopted up to where they were cut', async () => {
      const chain = threeSteps().build();
      const [, second] = await writeOriginals(world.old, chain, { archives: 'complete' });
      const path = join(second as string, 'mirror_000001.tar');
      const content = await readFile(path);
      await writeFile(path, content.subarray(0, content.length - 4096 - 512 * 7));
      const { sequences } = await world.plan();
      const cut = sequences[1];
      expect(cut?.damage?.brokenArchives).toEqual(['mirror_000001.tar']);
      // The sequence before has the shared layers, so it needs that one too.
      expect(cut?.metadata.air_gapped_transfer.complete).toBe(false);
      expect(cut?.texts.get('seq-inventory.jsonl')?.split('\n').length).toBeGreaterThan(10);
      await world.adopt();
      expect(await states()).toEqual(['seq1-baseline sealed', 'seq2-add-logging sealed', 'seq3-add-ubi9 sealed']);
      expect(await readFile(join(world.content, 'seq2-add-logging', 'mirror_000001.tar'))).toEqual(
        await readFile(path),
      );
    });

    it('name what was shipped by a run whose archives are gone', async () => {
      const [first] = await writeOriginals(world.old, threeSteps().build(), { archives: 'differential' });
      await rename(join(first as string, 'mirror_000001.tar'), join(world.root, 'gone.tar'));
      const { sequences, notes } = await world.plan();
      expect(notes).toEqual(['seq1-baseline has no archives, so it was ignored']);
      expect(sequences[0]?.folder).toBe('seq1-add-logging');
      expect(sequences[0]?.damage?.missing.length).toBeGreaterThan(0);
      expect(sequences[0]?.metadata.air_gapped_transfer).toMatchObject({ complete: false, dependencies: [] });
    });
  });

  it('reads a description with quotes in it', async () => {
    const [first] = await writeOriginals(world.old, aChain().baseline('baseline').build(), { archives: 'complete' });
    const text = originalMetadata({ number: 1, folder: 'seq1-the "big" one' }, []);
    await writeFile(join(first as string, 'seq-metadata.yaml'), text);
    const { sequences } = await world.plan();
    expect(sequences[0]?.metadata.description).toBe('the "big" one');
  });
});

function imagesOf(inventories: readonly Inventory[]): MirroredImage[][] {
  const states: MirroredImage[][] = [];
  for (const { images } of inventories) states.push(applyImageChanges(states.at(-1) ?? [], images));
  return states;
}

function places(images: readonly MirroredImage[]): string[] {
  return images
    .map(({ source, repository, tag, digest, attachedTo }) => [source, repository, tag, digest, attachedTo].join(' '))
    .sort();
}

function sorted<T extends { readonly digest: string }>(blobs: readonly T[]): T[] {
  return [...blobs].sort((a, b) => (a.digest < b.digest ? -1 : 1));
}
