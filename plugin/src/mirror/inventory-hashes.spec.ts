import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FixtureSequence } from '../../../testing/worlds/chain';
import { aChain } from '../../../testing/worlds/chain';
import { inTemporaryFolder } from '../archive/archive.fixture';
import { digestFromHex } from '../oci/digest';
import { encodeInventory } from '../sequence/inventory';
import { sealOf, sealOfHashes } from '../sequence/seal';
import { inventoryHashes } from './inventory-hashes';

const { sequences } = aChain().baseline('ubi9', { adds: 40 }).differential('nothing', { adds: 0 }).build();
const [baseline, unchanged] = sequences as [FixtureSequence, FixtureSequence];

const contentOf = ({ number, metadata, inventory }: FixtureSequence) => ({
  number,
  previous: metadata.previous,
  config: {},
  pinned: {},
  provenance: metadata.provenance,
  ...inventory,
});

async function hashesOf(folder: string, text: string) {
  const path = join(folder, 'seq-inventory.jsonl');
  await writeFile(path, text);
  return inventoryHashes(path);
}

describe('inventoryHashes', () => {
  it.each([
    { name: 'many images and blobs', sequence: baseline },
    { name: 'neither', sequence: unchanged },
    { name: 'images alone', sequence: { ...baseline, inventory: { ...baseline.inventory, blobs: [] } } },
    { name: 'blobs alone', sequence: { ...baseline, inventory: { ...baseline.inventory, images: [] } } },
  ])('makes the seal of an inventory with $name', ({ sequence }) =>
    inTemporaryFolder(async (folder) => {
      const content = contentOf(sequence);
      const hashes = await hashesOf(folder, encodeInventory(sequence.inventory));
      expect(sealOfHashes({ ...content, ...hashes })).toBe(sealOf(content));
    }),
  );

  it('makes the seal of an inventory whose first blob crosses the border of two pieces', () =>
    inTemporaryFolder(async (folder) => {
      const [image] = baseline.inventory.images;
      const source = (length: number) => 'registry.example/'.padEnd(length, 'a');
      const filled = Array.from({ length: 240 }, (_, number) => ({
        ...image!,
        source: `${source(880)}:${String(number).padStart(4, '0')}`,
      }));
      for (let tail = 100; tail < 130; tail += 1) {
        const inventory = { ...baseline.inventory, images: [...filled, { ...image!, source: source(tail * 5) }] };
        const content = { ...contentOf(baseline), ...inventory };
        const hashes = await hashesOf(folder, encodeInventory(inventory));
        expect(sealOfHashes({ ...content, ...hashes })).toBe(sealOf(content));
      }
    }));

  it.each([
    { name: 'other line ends', edit: (text: string) => text.replaceAll('\n', '\r\n') },
    { name: 'one line less', edit: (text: string) => text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1) },
    { name: 'no line end after the last line', edit: (text: string) => text.slice(0, -1) },
    { name: 'an empty file', edit: () => '' },
  ])('makes another seal for a text with $name', ({ edit }) =>
    inTemporaryFolder(async (folder) => {
      const content = contentOf(baseline);
      const hashes = await hashesOf(folder, edit(encodeInventory(baseline.inventory)));
      expect(sealOfHashes({ ...content, ...hashes })).not.toBe(sealOf(content));
    }),
  );

  it('hashes a long file in pieces as it hashes a short one at once', () =>
    inTemporaryFolder(async (folder) => {
      const [blob] = baseline.inventory.blobs;
      const blobs = Array.from({ length: 12_000 }, (_, number) => ({
        ...blob!,
        digest: digestFromHex(number.toString(16).padStart(64, '0')),
      }));
      for (const inventory of [
        { ...baseline.inventory, blobs },
        { images: [], blobs },
      ]) {
        const content = { ...contentOf(baseline), ...inventory };
        const text = encodeInventory(inventory);
        expect(text.length).toBeGreaterThan(1024 ** 2);
        expect(sealOfHashes({ ...content, ...(await hashesOf(folder, text)) })).toBe(sealOf(content));
      }
    }));

  it('says which file cannot be read', () =>
    expect(inventoryHashes('/nowhere/seq-inventory.jsonl')).rejects.toMatchObject({ code: 'SEQ0702' }));
});
