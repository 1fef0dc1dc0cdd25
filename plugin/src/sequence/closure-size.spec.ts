import fc from 'fast-check';
import { aChain } from '../../../testing/worlds/chain';
import type { BlobRecord } from '../oci/blob';
import { digestFromHex } from '../oci/digest';
import { blobSetOf, bytesOf, closureOf } from './closure';
import { ClosureSize } from './closure-size';
import type { ImageRecord } from './inventory-record';

const digest = (number: number) => digestFromHex(number.toString(16).padStart(64, '0'));
const blob = (number: number, bytes: number, ...refs: number[]): BlobRecord => ({
  digest: digest(number),
  bytes,
  ...(refs.length > 0 && { mediaType: 'application/vnd.oci.image.manifest.v1+json', refs: refs.map(digest) }),
});
const image = (number: number, change: ImageRecord['change'] = 'added'): ImageRecord => ({
  ...{ record: 'image', change, kind: 'additional', source: `quay.io/a/b:${number}` },
  ...{ digest: digest(number), repository: 'a/b', tag: String(number) },
});

describe('ClosureSize', () => {
  it('is what closureOf finds, after every sequence of any chain', () => {
    const step = fc.record({ adds: fc.nat(4), updates: fc.nat(2), removes: fc.nat(3) });
    fc.assert(
      fc.property(fc.integer(), fc.array(step, { minLength: 1, maxLength: 6 }), (seed, steps) => {
        const { sequences } = steps
          .reduce(
            (before, options, index) => before.differential(`s${index}`, options),
            aChain({ seed }).baseline('first'),
          )
          .build();
        const size = new ClosureSize();
        const blobs: BlobRecord[] = [];
        for (const { inventory, images } of sequences) {
          size.add(inventory);
          blobs.push(...inventory.blobs);
          const { blobs: closure } = closureOf(
            images.map((each) => each.digest),
            blobSetOf(blobs),
          );
          expect(size.bytes).toBe(bytesOf(closure));
        }
      }),
      { numRuns: 50 },
    );
  });

  it('counts a blob once, whatever refers to it, until nothing does', () => {
    const size = new ClosureSize();
    size.add({ images: [image(1), image(2)], blobs: [blob(1, 10, 9, 9), blob(2, 20, 9), blob(9, 1000)] });
    expect(size.bytes).toBe(1030);
    size.add({ images: [image(1, 'removed')], blobs: [] });
    expect(size.bytes).toBe(1020);
    size.add({ images: [image(2, 'removed')], blobs: [] });
    expect(size.bytes).toBe(0);
  });

  it('counts a blob that is recorded after it was named, with what it refers to', () => {
    const size = new ClosureSize();
    size.add({ images: [image(1)], blobs: [blob(1, 10, 2)] });
    size.add({ images: [], blobs: [blob(2, 20, 3), blob(3, 30)] });
    expect(size.bytes).toBe(60);
    size.add({ images: [image(1, 'removed')], blobs: [] });
    expect(size.bytes).toBe(0);
  });

  it('comes to an end with records that refer to each other in a circle', () => {
    const size = new ClosureSize();
    size.add({ images: [image(1)], blobs: [blob(1, 10, 2), blob(2, 20, 1)] });
    expect(size.bytes).toBe(30);
  });
});
