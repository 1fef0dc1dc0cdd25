import type { Custody } from './custody';
import { isLost, parseCustody, renderCustody } from './custody';
import { prettierFormats } from './prettier.fixture';

const custody: Custody = {
  schema: 'seqmirror/v1',
  state: 'retired',
  copies: [{ where: 'store of builder-3', verified: '2026-11-23' }, { where: 'tape LT-0042' }],
  note: 'moved: see ticket #12',
};

describe('renderCustody', () => {
  it('is short', () => {
    expect(renderCustody(custody)).toMatchInlineSnapshot(`
      "# Who has this sequence's archives. \`lost\` makes later sequences fetch its blobs again.

      schema: seqmirror/v1
      state: retired
      copies:
        - where: store of builder-3
          verified: 2026-11-23
        - where: tape LT-0042
      note: |-
        moved: see ticket #12
      "
    `);
  });

  it('is read back, and left alone by prettier', async () => {
    const text = renderCustody(custody);
    expect(parseCustody(text, 'custody.yaml')).toEqual(custody);
    for (const formatted of await prettierFormats(text)) expect(formatted).toBe(text);
  });
});

describe('parseCustody', () => {
  it.each([
    { name: 'an unknown state', text: 'schema: seqmirror/v1\nstate: gone\ncopies: []\n' },
    { name: 'no list of copies', text: 'schema: seqmirror/v1\nstate: held\n' },
    {
      name: 'a date that is none',
      text: 'schema: seqmirror/v1\nstate: held\ncopies: [{ where: a, verified: 2026-13-01 }]\n',
    },
  ])('refuses $name', ({ text }) => {
    expect(() => parseCustody(text, 'custody.yaml')).toThrow(expect.objectContaining({ code: 'SEQ0211' }));
  });
});

describe('isLost', () => {
  it.each([
    ['held', false],
    ['retired', false],
    ['lost', true],
  ] as const)('of %s is %s', (state, lost) => {
    expect(isLost({ ...custody, state })).toBe(lost);
  });
});
