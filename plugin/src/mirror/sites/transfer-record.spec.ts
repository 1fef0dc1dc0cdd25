import { Seal } from '../../sequence/seal';
import type { Transfer } from './transfer-record';
import { nextTransferId, parseTransfer, renderTransfer, transferBytes } from './transfer-record';

const seal = (digit: string) => Seal.parse(`sha256:${digit.repeat(64)}`);
const transfer: Transfer = {
  schema: 'seqmirror/v1',
  id: 'T0002',
  sites: ['alpha', 'bravo'],
  kind: 'site',
  head: { number: 2, folder: 'seq2-add-logging', seal: seal('2') },
  needs: [seal('1')],
  volumes: [
    { label: 'T0002-1', bytes: 25_000_000_000, sha256: 'a'.repeat(64) },
    { label: 'T0002-2', bytes: 1_200_000, sha256: 'b'.repeat(64) },
  ],
  made: '2026-11-24T10:00:00Z',
  state: 'sent',
};

describe('a transfer', () => {
  it('is YAML that people read', () =>
    expect(renderTransfer(transfer)).toMatchInlineSnapshot(`
      "# A bundle that was sent. sent, acknowledged, or lost: lost ones need nothing, the next bundle starts over.

      schema: seqmirror/v1
      id: T0002
      sites:
        - alpha
        - bravo
      kind: site
      head:
        number: 2
        folder: seq2-add-logging
        seal: sha256:2222222222222222222222222222222222222222222222222222222222222222
      needs:
        - sha256:1111111111111111111111111111111111111111111111111111111111111111
      volumes:
        - label: T0002-1
          bytes: 25000000000
          sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
        - label: T0002-2
          bytes: 1200000
          sha256: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
      made: 2026-11-24T10:00:00Z
      state: sent
      "
    `));

  it('is read back as it was written', () => {
    expect(parseTransfer(renderTransfer(transfer), 'T0002.yaml')).toEqual(transfer);
  });

  it('has the bytes of all its volumes', () => expect(transferBytes(transfer)).toBe(25_001_200_000));

  it.each([
    { name: 'an id that is a path', change: ['id: T0002', 'id: ../T0002'] },
    { name: 'something that is not a state', change: ['state: sent', 'state: flying'] },
    { name: 'no site', change: [/sites:\n.*\n.*\n/, 'sites: []\n'] },
  ] as const)('refuses $name', ({ change: [from, to] }) => {
    expect(() => parseTransfer(renderTransfer(transfer).replace(from, to), 'T0002.yaml')).toThrow('SEQ0211');
  });
});

describe('nextTransferId', () => {
  it.each([
    { taken: [], next: 'T0001' },
    { taken: ['T0001', 'T0007', 'T0003'], next: 'T0008' },
    { taken: ['T9999'], next: 'T10000' },
    { taken: ['README', 'T12', '.T0004.yaml.tmp'], next: 'T0001' },
  ])('is $next if $taken are taken', ({ taken, next }) => expect(nextTransferId(taken)).toBe(next));
});
