import fc from 'fast-check';
import type { Custody } from './custody';
import {
  declareHeld,
  declareLost,
  declareRetired,
  dueForVerification,
  isLost,
  parseCustody,
  renderCustody,
  servesAsBase,
  storeCopy,
  withVerifiedCopy,
} from './custody';
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
      "# Who has this sequence's archives.
      # Later sequences fetch its blobs again if it is lost, or retired without a copy.

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
      name: 'a date that does not exist',
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
  ] as const)('for custody %s is %s', (state, lost) => {
    expect(isLost({ ...custody, state })).toBe(lost);
  });
});

describe('withVerifiedCopy', () => {
  it('begins custody with the copy', () => {
    expect(withVerifiedCopy(undefined, { where: 'tape LT-0042', date: '2026-11-24' })).toEqual({
      schema: 'seqmirror/v1',
      state: 'held',
      copies: [{ where: 'tape LT-0042', verified: '2026-11-24' }],
    });
  });

  it('changes the date of a known copy, and nothing else', () => {
    expect(withVerifiedCopy(custody, { where: 'tape LT-0042', date: '2026-11-24' })).toEqual({
      ...custody,
      copies: [custody.copies[0], { where: 'tape LT-0042', verified: '2026-11-24' }],
    });
  });

  it('says that a lost sequence is held again', () => {
    const lost = declareLost(custody, '3 blobs are nowhere');
    expect(withVerifiedCopy(lost, { where: 'tape LT-0042', date: '2026-11-24' })).toMatchObject({
      state: 'held',
      note: custody.note,
    });
  });
});

describe('declareRetired', () => {
  const held = withVerifiedCopy(custody, { where: storeCopy, date: '2026-11-24' });

  it('forgets the copy in the store, and keeps the others', () => {
    expect(declareRetired({ ...held, state: 'held' }, undefined)).toEqual(custody);
    expect(declareRetired(undefined, undefined)).toEqual({ schema: 'seqmirror/v1', state: 'retired', copies: [] });
  });

  it('notes where the archives were moved', () => {
    const moved = declareRetired(held, { where: '/media/old', date: '2026-11-28' });
    expect(moved).toEqual({ ...custody, copies: [...custody.copies, { where: '/media/old', verified: '2026-11-28' }] });
    expect(parseCustody(renderCustody(moved), 'custody.yaml')).toEqual(moved);
  });
});

describe('servesAsBase', () => {
  it.each([
    ['held', true, true],
    ['retired', true, false],
    ['lost', false, false],
  ] as const)('for custody %s is %s with a copy, %s without', (state, withCopy, without) => {
    expect(servesAsBase({ ...custody, state })).toBe(withCopy);
    expect(servesAsBase({ ...custody, state, copies: [] })).toBe(without);
  });
});

describe('declareLost and declareHeld', () => {
  it("give the reason, and keep people's notes", () => {
    const lost = declareLost(custody, '3 blobs are nowhere');
    expect(lost).toMatchObject({ state: 'lost', note: 'reissue: 3 blobs are nowhere | moved: see ticket #12' });
    expect(declareLost(lost, '2 blobs are nowhere').note).toBe('reissue: 2 blobs are nowhere | moved: see ticket #12');
    expect(declareHeld(lost)).toEqual({ ...custody, state: 'held' });
  });

  it('write records that can be read back, whatever the reason is', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 700 }), fc.boolean(), (why, known) => {
        const lost = declareLost(known ? custody : undefined, `1 blob ${why}`);
        expect(parseCustody(renderCustody(lost), 'custody.yaml')).toEqual(lost);
        const held = declareHeld(lost);
        expect(parseCustody(renderCustody(held), 'custody.yaml')).toEqual(held);
      }),
    );
  });
});

describe('dueForVerification', () => {
  const copies = [
    { where: 'a', verified: '2026-11-03', bytes: 100 },
    { where: 'b', verified: undefined, bytes: 50 },
    { where: 'c', verified: '2026-11-01', bytes: 100 },
  ];
  const due = (share: number) => dueForVerification(copies, share).map(({ where }) => where);

  it('takes those never checked first, then the oldest check, until the share is reached', () => {
    expect([due(0.01), due(0.3), due(0.61), due(1)]).toEqual([['b'], ['b', 'c'], ['b', 'c', 'a'], ['b', 'c', 'a']]);
    expect(dueForVerification([], 0.05)).toEqual([]);
  });

  it('reaches every copy in turn', () => {
    const copy = fc.record({ bytes: fc.nat(1000) });
    fc.assert(
      fc.property(fc.array(copy, { minLength: 1, maxLength: 30 }), fc.double({ min: 0.01, max: 1 }), (some, share) => {
        let all: { id: number; bytes: number; verified?: string | undefined }[] = some.map((one, id) => ({
          id,
          ...one,
        }));
        const seen = new Set<number>();
        for (let round = 0; seen.size < some.length; round += 1) {
          expect(round).toBeLessThan(some.length + 1);
          const ids = dueForVerification(all, share).map(({ id }) => id);
          ids.forEach((id) => seen.add(id));
          all = all.map((one) => (ids.includes(one.id) ? { ...one, verified: `${1000 + round}` } : one));
        }
      }),
    );
  });
});
