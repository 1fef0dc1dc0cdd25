import fc from 'fast-check';
import { digestOf } from '../../../testing/images/small-image';
import type { MirroredImage } from '../oci/image';
import { imageChanges } from './images';
import type { RecordedLinks } from './link-holders';
import { linkHolders } from './link-holders';

const image = (tag: string, content: string, source = `quay.io/app:${tag}`): MirroredImage => ({
  kind: 'additional',
  source,
  repository: 'app',
  tag,
  digest: digestOf(content),
});

/** Sequences 1, 2 … of these images. */
function chainOf(
  steps: readonly { readonly images: readonly MirroredImage[]; readonly since?: number | undefined }[],
): RecordedLinks[] {
  return steps.map(({ images, since }, index) => ({
    since: since === undefined ? undefined : `seq${since}`,
    changes: imageChanges(steps[index - 1]?.images ?? [], images),
  }));
}

describe('linkHolders', () => {
  const [a, b, moved] = [image('a', 'x'), image('b', 'y'), image('a', 'z')];

  it.each<{ name: string; steps: Parameters<typeof chainOf>[0]; of: MirroredImage; holder: number }>([
    {
      name: 'all of a sequence where nothing else is recorded, as by earlier versions',
      steps: [{ images: [a] }, { images: [a, b] }],
      of: a,
      holder: 2,
    },
    {
      name: 'those that a sequence adds',
      steps: [{ images: [a] }, { images: [a, b], since: 1 }],
      of: b,
      holder: 2,
    },
    {
      name: 'those that it keeps in the sequence that added them',
      steps: [{ images: [a] }, { images: [a, b], since: 1 }, { images: [a, b], since: 2 }],
      of: a,
      holder: 1,
    },
    {
      name: 'those of a tag that moved back in the sequence that moved it back',
      steps: [{ images: [a] }, { images: [moved], since: 1 }, { images: [a], since: 2 }],
      of: a,
      holder: 3,
    },
    {
      name: 'those that were dropped and came back in the sequence that brought them back',
      steps: [{ images: [a, b] }, { images: [b], since: 1 }, { images: [a, b], since: 2 }],
      of: a,
      holder: 3,
    },
    {
      name: 'those of a sequence that was put behind another since where they were, though that one dropped the image',
      steps: [{ images: [a, b] }, { images: [b], since: 1 }, { images: [a, b], since: 1 }],
      of: a,
      holder: 1,
    },
    {
      name: 'an image under another source as another one',
      steps: [{ images: [a] }, { images: [{ ...a, source: 'quay.io/other:a' }], since: 1 }],
      of: { ...a, source: 'quay.io/other:a' },
      holder: 2,
    },
  ])('finds $name', ({ steps, of, holder }) => expect(linkHolders(chainOf(steps)).of(of)).toBe(holder));

  it('knows nothing of images that the last one does not have', () => {
    const holders = linkHolders(chainOf([{ images: [a] }, { images: [b], since: 1 }]));
    expect([holders.of(a), [...holders.numbers]]).toEqual([undefined, [2]]);
  });

  it.each([
    { name: 'itself', since: (number: number) => number },
    { name: 'a later one', since: (number: number) => number + 1 },
    { name: 'one that is far away', since: () => 999_999 },
  ])('counts a sequence that is planted as holding what $name holds as holding it itself', ({ since }) => {
    const holders = linkHolders(chainOf([{ images: [a] }, { images: [a, b], since: since(2) }]));
    expect([holders.of(a), holders.of(b)]).toEqual([2, 2]);
  });

  it('looks at each sequence once, however a planted chain refers back', () => {
    const steps = Array.from({ length: 2000 }, (_, index) => ({
      images: [a],
      since: index < 2 ? undefined : index - 1,
    }));
    expect(linkHolders(chainOf(steps)).of(a)).toBe(2);
  });

  it('names archives that, unpacked in their order, leave every tag at its image, whatever else was unpacked before', () => {
    const places = ['a', 'b', 'c'];
    const step = fc.record({
      contents: fc.tuple(...places.map(() => fc.constantFrom('x', 'y', undefined))),
      isWhole: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 8 }), (life) => {
        const steps = life.map(({ contents, isWhole }, index) => ({
          images: contents.flatMap((content, at) => (content === undefined ? [] : [image(places[at]!, content)])),
          since: isWhole || index === 0 ? undefined : index,
        }));
        const chain = chainOf(steps);
        const all = new Map<string, string>();
        for (const [index, { images }] of steps.entries()) {
          const holders = linkHolders(chain.slice(0, index + 1));
          const unpacked = (numbers: Iterable<number>, tags: Map<string, string>) => {
            for (const number of [...numbers].sort((one, other) => one - other)) {
              const there = linkHolders(chain.slice(0, number));
              for (const each of steps[number - 1]!.images)
                if (there.of(each) === number) tags.set(each.tag, each.digest);
            }
            return tags;
          };
          const expected = images.map(({ tag, digest }) => [tag, digest]);
          // By itself; on top of all before; on top of sequences that were unpacked in any order, after its own needs.
          const alone = unpacked(new Set([...holders.numbers, index + 1]), new Map());
          unpacked([index + 1], all);
          const back = unpacked(new Set([...holders.numbers, index + 1]), new Map(places.map((tag) => [tag, 'other'])));
          for (const tags of [alone, all, back])
            expect(expected.map(([tag]) => [tag, tags.get(tag!)])).toEqual(expected);
        }
      }),
    );
  });
});
