import * as fc from 'fast-check';
import { Seal } from '../../sequence/seal';
import { headInLedgerText } from '../ledger-head';
import type { Confidence, Ledger, LedgerEntry } from './ledger';
import {
  emptyLedger,
  headOfLedger,
  ledgerBy,
  parseLedger,
  renderLedger,
  rolledBack,
  withEntry,
  withoutCleaned,
} from './ledger';

const entry = (sequence: number, more: Partial<LedgerEntry> = {}): LedgerEntry => ({
  sequence,
  seal: Seal.parse(`sha256:${String(sequence).padStart(64, '0')}`),
  confidence: 'proven',
  held_in: 'both',
  at: '2026-11-09T08:00:00Z',
  ...more,
});
const ledgerOf = (...numbers: number[]): Ledger => ({
  ...emptyLedger,
  entries: numbers.map((number) => entry(number)),
});

describe('a ledger', () => {
  it('is YAML that people read', () => {
    const ledger = rolledBack(
      withEntry(ledgerOf(1), entry(2, { receipt: 'a'.repeat(64) })),
      { kind: 'restored', to: 1 },
      {
        at: '2026-11-10T09:00:00Z',
        note: 'restored from tape',
      },
    );
    expect(renderLedger(ledger)).toMatchInlineSnapshot(`
      "# What this site has acknowledged: it holds all that the images of these sequences need.
      # Written by acknowledge and rollback. The next bundle leaves out what stands here.

      schema: seqmirror/v1
      entries:
        - sequence: 1
          seal: sha256:0000000000000000000000000000000000000000000000000000000000000001
          confidence: proven
          held_in: both
          at: 2026-11-09T08:00:00Z
      rollbacks:
        - at: 2026-11-10T09:00:00Z
          from: 2
          to: 1
          note: restored from tape
      "
    `);
  });

  it('reads what it wrote', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 999_999 })), (numbers) => {
        const ledger = ledgerOf(...numbers.sort((a, b) => a - b));
        expect(parseLedger(renderLedger(ledger), 'ledger.yaml')).toEqual(ledger);
        expect(headInLedgerText(renderLedger(ledger))).toBe(headOfLedger(ledger)?.sequence);
      }),
    );
  });

  it('has its entries in order, each sequence once', () => {
    const ledger = [5, 2, 9, 2].reduce((before, number) => withEntry(before, entry(number)), emptyLedger);
    expect(ledger.entries.map(({ sequence }) => sequence)).toEqual([2, 5, 9]);
  });

  it.each([
    {
      name: 'a sequence that appears twice',
      text: renderLedger(ledgerOf(1)).replace(/entries:\n([\s\S]*)/, 'entries:\n$1$1'),
    },
    { name: 'an unknown key', text: `${renderLedger(ledgerOf(1))}more: 1\n` },
    { name: 'something that is not a confidence', text: renderLedger(ledgerOf(1)).replace('proven', 'certain') },
    { name: 'something that is not a seal', text: renderLedger(ledgerOf(1)).replace('sha256:', 'sha512:') },
  ])('refuses $name', ({ text }) => {
    expect(() => parseLedger(text, 'ledger.yaml')).toThrow('SEQ0211');
  });
});

describe('rolledBack', () => {
  const how = { at: '2026-11-10T09:00:00Z', note: 'why' };

  it('keeps what the site still has', () => {
    const { entries, rollbacks } = rolledBack(ledgerOf(1, 2, 4), { kind: 'restored', to: 2 }, how);
    expect(entries.map(({ sequence }) => sequence)).toEqual([1, 2]);
    expect(rollbacks).toEqual([{ ...how, from: 4, to: 2 }]);
  });

  it('keeps nothing of a site that was wiped', () => {
    expect(rolledBack(ledgerOf(1, 2), { kind: 'wiped' }, how).entries).toEqual([]);
  });

  it('keeps what a registry holds when a cache is wiped', () => {
    const ledger = withEntry(ledgerOf(1), entry(2, { held_in: 'cache' }));
    const { entries } = rolledBack(ledger, { kind: 'cache wiped' }, how);
    expect(entries).toEqual([entry(1, { held_in: 'registry' })]);
  });

  it('changes nothing the second time', () => {
    const once = rolledBack(ledgerOf(1, 2), { kind: 'restored', to: 1 }, how);
    expect(rolledBack(once, { kind: 'restored', to: 1 }, how)).toBe(once);
  });
});

describe('withoutCleaned', () => {
  const at = '2026-11-10T09:00:00Z';
  const cleaned = (...numbers: number[]) => numbers.map((sequence) => ({ sequence, seal: entry(sequence).seal, at }));

  it('forgets what a registry has no more, and remembers that it was ours', () => {
    const once = withoutCleaned(ledgerOf(1, 2, 3), cleaned(1));
    const twice = withoutCleaned(once, cleaned(1, 2));
    expect(twice).toEqual({ ...ledgerOf(3), cleaned: cleaned(1, 2) });
    expect(parseLedger(renderLedger(twice), 'ledger.yaml')).toEqual(twice);
    expect(headInLedgerText(renderLedger(twice))).toBe(3);
    expect(headInLedgerText(renderLedger({ ...twice, entries: [entry(1)] }))).toBe(1);
  });

  it('has nothing of ours in a registry that was wiped', () => {
    const ledger = withoutCleaned(ledgerOf(1, 2), cleaned(1));
    const how = { at, note: 'why' };
    expect(rolledBack(ledger, { kind: 'restored', to: 1 }, how).cleaned).toEqual(cleaned(1));
    expect(rolledBack(ledger, { kind: 'wiped' }, how)).not.toHaveProperty('cleaned');
  });
});

describe('ledgerBy', () => {
  it('leaves out what is not known well enough', () => {
    const ledger = withEntry(ledgerOf(1), entry(2, { confidence: 'attested' }));
    const least = (confidence: Confidence) => ledgerBy(ledger, confidence).entries.map(({ sequence }) => sequence);
    expect(ledger.entries[0]?.confidence).toBe('proven');
    expect([least('assumed'), least('attested'), least('proven')]).toEqual([[1, 2], [1, 2], [1]]);
  });
});

describe('headInLedgerText', () => {
  it.each([
    { text: '', head: undefined },
    { text: 'entries: []', head: undefined },
    { text: 'entries:\n  - sequence: 2 # the first\n  - sequence: 12\n  broken: [', head: 12 },
    { text: '- sequence: 0\n- sequence: 1e9\n- sequence: no', head: undefined },
    { text: '\u0000\u0001', head: undefined },
  ])('returns $head for $text', ({ text, head }) => expect(headInLedgerText(text)).toBe(head));
});
