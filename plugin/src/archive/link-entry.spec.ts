import fc from 'fast-check';
import { digestOf } from './archive.fixture';
import type { LinkEntry } from './link-entry';
import { compareLinks, growLinks } from './link-entry';
import type { LinkName } from './names';
import { linkFileName, parseEntryName } from './names';

const repositories = fc.constantFrom('a', 'a/b', 'lab/app');
const digests = fc.constantFrom('x', 'y', 'z').map(digestOf);
const tags = fc.constantFrom('v1', 'v2', '4.19.2-x86_64');
const names: fc.Arbitrary<LinkName> = fc.oneof(
  fc.record({
    link: fc.constantFrom('layer' as const, 'revision' as const),
    repository: repositories,
    digest: digests,
  }),
  fc.record({ link: fc.constant('tag' as const), repository: repositories, tag: tags }),
  fc.record({ link: fc.constant('tag-index' as const), repository: repositories, tag: tags, digest: digests }),
);

describe('links of an index', () => {
  it('have the names and digests that they were added with, and each name once', () => {
    fc.assert(
      fc.property(fc.array(names), digests, (all, target) => {
        const growing = growLinks();
        const expected: LinkEntry[] = [];
        for (const parsed of all) {
          const name = linkFileName(parsed);
          expect(growing.claim(parsed)).toBe(!expected.some((known) => known.name === name));
          if (expected.some((known) => known.name === name)) continue;
          const own = parsed.link === 'tag' ? target : parsed.digest;
          growing.add(parsed, own);
          expected.push({ ...parsed, name, target: own });
        }
        expect(growing.links.map((link) => ({ name: link.name, target: link.target }))).toEqual(
          expected.map(({ name, target: own }) => ({ name, target: own })),
        );
        growing.links.forEach((link, number) => expect(link).toMatchObject(expected[number] as object));
      }),
    );
  });

  it('are named as they are parsed', () => {
    fc.assert(
      fc.property(
        names,
        (parsed) => void expect(parseEntryName(linkFileName(parsed))).toEqual({ kind: 'link', ...parsed }),
      ),
    );
  });

  it('compare as equal exactly if their names are equal', () => {
    fc.assert(
      fc.property(names, names, (a, b) => {
        const growing = growLinks();
        growing.add(a, 'digest' in a ? a.digest : digestOf('x'));
        growing.add(b, 'digest' in b ? b.digest : digestOf('y'));
        const [first, second] = growing.links as [LinkEntry, LinkEntry];
        expect(compareLinks(first, second) === 0).toBe(first.name === second.name);
        expect(Math.sign(compareLinks(first, second))).toBe(0 - Math.sign(compareLinks(second, first)));
      }),
    );
  });
});
