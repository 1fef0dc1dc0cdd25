import { Digest } from '../oci/digest';
import type { Seal } from '../sequence/seal';
import type { BundleStatement } from './bundle-statement';
import { BundleStatement as StatementSchema, parseBundleStatement, renderBundleStatement } from './bundle-statement';

const statement: BundleStatement = {
  purpose: 'bundle',
  mirror: 'platform',
  transfer: 'T0007',
  number: 7,
  head: { number: 5, seal: `sha256:${'a'.repeat(64)}` as Seal },
  sites: ['bravo', 'charlie'],
  made: '2026-11-28T06:08:52Z',
  expires: '2027-02-26T06:08:52Z',
  sums: Digest.parse(`sha256:${'b'.repeat(64)}`),
};
const text = renderBundleStatement(statement);
const parsed = (changed: string) => parseBundleStatement(changed, 'bundle-statement.env');

describe('the statement of a bundle', () => {
  it('has a line for each key', () => {
    expect(text.replace(/([ab])\1{63}/g, '$1…')).toMatchInlineSnapshot(`
      "purpose=bundle
      mirror=platform
      transfer=T0007
      number=7
      head=seq5
      head_number=5
      seal=sha256:a…
      sites=bravo,charlie
      made=2026-11-28T06:08:52Z
      expires=2027-02-26T06:08:52Z
      sums=sha256:b…
      "
    `);
  });

  it.each([
    { name: 'a complete one', facts: {} },
    { name: 'one for any site', facts: { sites: [] } },
    { name: 'one that does not expire', facts: { expires: undefined } },
    { name: 'a bundle for no site', facts: { transfer: 'seq5-add-tempo', number: 0, sites: [] } },
  ])('is read back as it was written: $name', ({ facts }) => {
    expect(parsed(renderBundleStatement({ ...statement, ...facts }))).toEqual(
      StatementSchema.parse({ ...statement, ...facts }),
    );
  });

  it('may have keys of later versions', () => {
    expect(parsed(`${text}later=1\n`)).toEqual(statement);
  });

  it.each([
    { name: 'one of another purpose', changed: text.replace('purpose=bundle', 'purpose=chain'), says: /purpose/ },
    { name: 'one without a purpose', changed: text.replace('purpose=bundle\n', ''), says: /purpose/ },
    {
      name: 'one with two expiries',
      changed: `${text}expires=2099-01-01T00:00:00Z\n`,
      says: /it has the key expires twice/,
    },
    { name: 'one with two mirrors', changed: `mirror=other\n${text}`, says: /it has the key mirror twice/ },
    {
      name: 'one whose head is two sequences',
      changed: text.replace('head=seq5', 'head=seq6'),
      says: /different sequences/,
    },
    { name: 'one with the number of another transfer', changed: text.replace('number=7', 'number=9'), says: /number/ },
    { name: 'one without its sites', changed: text.replace(/sites=.*\n/, ''), says: /sites/ },
    { name: 'one with something that is not a site', changed: text.replace('bravo', '../x'), says: /sites/ },
    { name: 'one that expires at no moment', changed: text.replace(/expires=.*/, 'expires=never'), says: /expires/ },
    { name: 'one with DOS line ends', changed: text.replaceAll('\n', '\r\n'), says: /printable ASCII/ },
    { name: 'one without its last line feed', changed: text.slice(0, -1), says: /line feed/ },
    { name: 'one with a comment', changed: `# by hand\n${text}`, says: /without a key: # by hand/ },
    { name: 'one with an empty line', changed: `\n${text}`, says: /without a key/ },
    { name: 'one that is too long', changed: `${text}${'x=1\n'.repeat(20_000)}`, says: /characters/ },
  ])('is refused: $name', ({ changed, says }) => {
    expect(() => parsed(changed)).toThrow(
      expect.objectContaining({ code: 'SEQ0652', what: expect.stringMatching(says) }),
    );
  });
});
