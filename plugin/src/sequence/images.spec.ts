import fc from 'fast-check';
import { digestOf } from '../../../testing/images/small-image';
import type { MirroredImage } from '../oci/image';
import { ImagesSoFar, applyImageChanges, countImages, imageChanges, summariseChanges } from './images';

const image = (source: string, content = 'a', more: Partial<MirroredImage> = {}): MirroredImage => ({
  kind: 'additional',
  source,
  digest: digestOf(content),
  repository: source,
  tag: '1',
  ...more,
});
const anyImages = fc.uniqueArray(
  fc.record({
    kind: fc.constantFrom('release' as const, 'operator' as const, 'additional' as const, 'helm' as const),
    source: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    digest: fc.constantFrom('1', '2', '3').map(digestOf),
    repository: fc.constant('r'),
    tag: fc.constantFrom('1', '2'),
  }),
  { selector: (each) => JSON.stringify(each), maxLength: 12 },
);

describe('imageChanges', () => {
  it('has no records for images that stay', () => {
    expect(imageChanges([image('a'), image('b')], [image('b'), image('a')])).toEqual([]);
  });

  it('removes and adds an image whose tag moved', () => {
    expect(imageChanges([image('a', '1')], [image('a', '2')])).toMatchObject([
      { change: 'removed', digest: digestOf('1') },
      { change: 'added', digest: digestOf('2') },
    ]);
  });

  it('turns one list into the other when applied', () => {
    fc.assert(
      fc.property(anyImages, anyImages, (previous, current) => {
        const applied = applyImageChanges(previous, imageChanges(previous, current));
        expect(new Set(applied)).toEqual(new Set(current));
      }),
    );
  });
});

describe('applyImageChanges', () => {
  const [removal] = imageChanges([image('a')], []);
  const [addition] = imageChanges([], [image('a')]);

  it.each([
    { name: 'that is removed but not there', previous: [image('b')], record: removal! },
    { name: 'that is added but there already', previous: [image('a')], record: addition! },
  ])('refuses an image $name', ({ previous, record }) => {
    expect(() => applyImageChanges(previous, [record])).toThrow(expect.objectContaining({ code: 'SEQ0215' }));
  });
});

describe('ImagesSoFar', () => {
  it('takes and refuses what applyImageChanges does, one inventory after the other', () => {
    const record = fc.record({
      from: fc.constantFrom(...['a', 'b'].map((source) => image(source)), image('a', 'b')),
      change: fc.constantFrom('added' as const, 'removed' as const),
    });
    const inventories = fc.array(fc.array(record, { maxLength: 4 }), { maxLength: 6 });
    fc.assert(
      fc.property(inventories, (all) => {
        const soFar = new ImagesSoFar();
        let images: MirroredImage[] = [];
        for (const records of all.map((some) =>
          some.map(({ from, change }) => ({ record: 'image' as const, change, ...from })),
        )) {
          let isRefused = false;
          try {
            images = applyImageChanges(images, records);
          } catch {
            isRefused = true;
          }
          if (isRefused) expect(() => soFar.add(records)).toThrow(expect.objectContaining({ code: 'SEQ0215' }));
          else soFar.add(records);
        }
      }),
    );
  });
});

describe('summariseChanges', () => {
  it('tells added, updated and removed sources apart', () => {
    const previous = [image('stays'), image('moves', '1'), image('goes')];
    const current = [image('stays'), image('moves', '2'), image('comes')];
    expect(summariseChanges(previous, current)).toEqual({ added: ['comes'], updated: ['moves'], removed: ['goes'] });
  });

  it('leaves signatures out', () => {
    const signature = image('a.sig', 's', { attachedTo: digestOf('a') });
    expect(summariseChanges([image('a')], [image('a'), signature])).toEqual({ added: [], updated: [], removed: [] });
  });
});

describe('countImages', () => {
  it('counts each kind, without attached images', () => {
    const images = [image('a'), image('b', 'b', { kind: 'release' }), image('s', 's', { attachedTo: digestOf('a') })];
    expect(countImages(images)).toEqual({ release: 1, operator: 0, additional: 1, helm: 0 });
  });
});
