import fc from 'fast-check';
import type { FixtureSequence } from '../../../testing/worlds/chain';
import { aChain } from '../../../testing/worlds/chain';
import type { BlobRecord } from '../oci/blob';
import type { Digest } from '../oci/digest';
import { closureOf } from '../sequence/closure';
import type { SequenceHolding } from './prove';
import { prove } from './prove';

const byDigest = (blobs: readonly BlobRecord[]) => new Map(blobs.map((blob) => [blob.digest, blob]));
const without = (blobs: ReadonlyMap<Digest, BlobRecord>, gone: ReadonlySet<Digest>) =>
  new Map([...blobs].filter(([digest]) => !gone.has(digest)));

const { sequences } = aChain()
  .baseline('ubi9', { adds: 4 })
  .differential('logging', { adds: 2, updates: 1 })
  .differential('tempo', { adds: 1, removes: 1 })
  .build();
const [, , last] = sequences as [FixtureSequence, FixtureSequence, FixtureSequence];

function holdings({
  lookedAt,
  gone = new Set(),
}: {
  lookedAt: readonly number[];
  gone?: ReadonlySet<Digest> | undefined;
}): SequenceHolding[] {
  return sequences.map(({ number, inventory }) => {
    const recorded = byDigest(inventory.blobs);
    return { number, recorded, sound: lookedAt.includes(number) ? without(recorded, gone) : undefined };
  });
}

describe('prove', () => {
  it('needs nothing if everything was checked and is sound', () =>
    expect(prove(last.images, holdings({ lookedAt: [1, 2, 3] }))).toEqual({ given: [], broken: [] }));

  it('names the sequences that it needs and that were not checked', () => {
    const needs = last.metadata.air_gapped_transfer.dependencies.map((name) => Number(name.slice(3)));
    expect(prove(last.images, holdings({ lookedAt: [3] }))).toEqual({ given: needs, broken: [] });
    expect(prove(last.images, holdings({ lookedAt: [] })).given).toEqual([...needs, 3]);
  });

  it('calls exactly those images broken whose closure lacks a blob', () => {
    const everything = byDigest(sequences.flatMap(({ inventory }) => [...inventory.blobs]));
    fc.assert(
      fc.property(fc.subarray([...everything.keys()], { maxLength: 6 }), (some) => {
        const gone = new Set(some);
        const { broken } = prove(last.images, holdings({ lookedAt: [1, 2, 3], gone }));
        const expected = last.images.filter(({ digest }) =>
          [...closureOf([digest], everything).blobs.keys()].some((blob) => gone.has(blob)),
        );
        expect(broken.map(({ repository, tag }) => `${repository}:${tag}`)).toEqual(
          expected.map(({ repository, tag }) => `${repository}:${tag}`),
        );
        for (const { lacking } of broken) expect(lacking.every((digest) => gone.has(digest))).toBe(true);
      }),
    );
  });

  it('finds a blob that is gone from one sequence in another that has it too', () => {
    const [first] = sequences as [FixtureSequence];
    const digest = first.inventory.blobs[0]!.digest;
    const [a, b, c] = holdings({ lookedAt: [1, 2, 3], gone: new Set([digest]) }) as [
      SequenceHolding,
      SequenceHolding,
      SequenceHolding,
    ];
    const spare = { ...b, sound: new Map([...b.sound!, [digest, first.inventory.blobs[0]!]]) };
    expect(prove(last.images, [a, spare, c]).broken).toEqual([]);
  });

  it('calls an image broken if no record has its manifest', () => {
    const images = [{ ...last.images[0]!, digest: `sha256:${'0'.repeat(64)}` as Digest }];
    expect(prove(images, holdings({ lookedAt: [1, 2, 3] })).broken).toMatchObject([{ lacking: [images[0]!.digest] }]);
  });
});
