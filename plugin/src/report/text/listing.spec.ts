import type { ListedSequence, SequenceListing } from '../../chain/list-sequences';
import { inShort, renderListing } from './listing';

const gigabyte = 1024 ** 3;

function sealed(number: number, name: string, facts: Partial<NonNullable<ListedSequence['sealed']>>): ListedSequence {
  return {
    number,
    folder: `seq${number}-${name}`,
    description: name,
    state: 'sealed',
    sealed: {
      timestamp: '2026-11-23T06:08:52Z',
      seal: `sha256:${'0'.repeat(64)}`,
      type: 'differential',
      images: 196,
      newBlobs: 1204,
      bytes: 5.5 * gigabyte,
      cumulativeBytes: 29.5 * gigabyte,
      needs: ['seq1'],
      archives: 'store',
      closureBytes: 29 * gigabyte,
      ...facts,
    },
  };
}

function listing(sequences: readonly ListedSequence[]): SequenceListing {
  return {
    mirror: 'mirror',
    sequences,
    findings: [],
    leftOvers: [],
    unfinished: [],
    archiveBytes: 29.5 * gigabyte,
    completeArchivesBytes: 52 * gigabyte,
  };
}

describe('renderListing', () => {
  it('shows what each sequence adds and needs, the sum, and what to run next', () => {
    const text = renderListing(
      listing([
        sealed(1, 'baseline', {
          type: 'baseline',
          images: 191,
          needs: [],
          bytes: 24 * gigabyte,
          cumulativeBytes: 24 * gigabyte,
        }),
        sealed(2, 'add-logging', {}),
        { number: 3, folder: 'seq3-add-ubi9', description: '', state: 'planned' },
      ]),
    );
    expect(`\n${text}`).toMatchInlineSnapshot(`
      "
      SEQ  NAME         STATE    IMAGES      ADDS  NEW SITE  NEEDS    SEALED
        1  baseline     sealed      191  24.0 GiB  24.0 GiB  nothing  2026-11-23
        2  add-logging  sealed      196   5.5 GiB  29.5 GiB  seq1     2026-11-23
        3  add-ubi9     planned       -         -         -  -        -

      2 sealed, 1 planned; a new site needs 29.5 GiB (seq1, seq2)
      All archives of this chain: 29.5 GiB. Without differentials: at least 52.0 GiB
      Next: nx run mirror:seq3"
    `);
  });

  it('keeps to the width of a pane of Nx, and says where archives are only if some are not in the store', () => {
    const name = 'add-cluster-logging';
    const usual = [sealed(1, 'baseline', { needs: [] }), sealed(2, name, {})];
    const widest = (text: string) => Math.max(...text.split('\n').map((line) => line.length));
    const text = renderListing(listing(usual));
    expect([widest(text) <= 83, /ARCHIVES|store/.test(text)]).toEqual([true, false]);
    const some = renderListing(listing([...usual, sealed(3, 'add-ubi9', { archives: 'elsewhere' })]));
    expect(some.match(/ (?:ARCHIVES|store|elsewhere)$/gm)).toEqual([' ARCHIVES', ' store', ' store', ' elsewhere']);
  });

  it('lists a broken sequence as broken, with what to do', () => {
    const text = renderListing(
      listing([
        {
          number: 1,
          folder: 'seq1-baseline',
          description: '',
          state: 'broken',
          problem: { severity: 'error', code: 'SEQ0207', what: 'its records are gone', next: 'git restore them' },
        },
      ]),
    );
    expect(text).toContain('SEQ0207 its records are gone\n  Next:  git restore them');
    expect(text).toContain('0 sealed, 1 broken');
  });

  it('says of a sequence without new blobs that it has none', () => {
    expect(renderListing(listing([sealed(2, 'refresh', { newBlobs: 0 })]))).toContain('no blob');
  });

  it('says how to begin if there is nothing yet', () => {
    expect(renderListing(listing([]))).toContain('nx g seqmirror:sequence');
  });

  it('leaves out old sequences without problems, unless --all is given', () => {
    const chain = listing([
      ...Array.from({ length: 30 }, (_, index) => sealed(index + 1, `month-${index + 1}`, {})),
      { number: 31, folder: 'seq31-next', description: '', state: 'planned' },
    ]);
    const numbersIn = (text: string): number[] =>
      [...text.matchAll(/^ *(\d+) {2}/gm)].map(([, number]) => Number(number));
    const text = renderListing(chain);
    expect(text.split('\n')[0]).toBe('seq1 to seq7: sealed; to list them too: nx run mirror:list --all');
    expect(numbersIn(text)).toEqual(Array.from({ length: 24 }, (_, index) => index + 8));
    expect(text).toContain('\n30 sealed, 1 planned;');
    expect(numbersIn(renderListing(chain, { all: true }))).toHaveLength(31);
    const broken = { ...(chain.sequences[1] as ListedSequence), state: 'broken' as const };
    const withBroken = renderListing({ ...chain, sequences: chain.sequences.with(1, broken) });
    expect(withBroken.split('\n')[0]).toContain('seq1, seq3 to seq7: sealed;');
    expect(numbersIn(withBroken)[0]).toBe(2);
  });
});

it.each([
  [['seq1'], 'seq1'],
  [['seq1', 'seq2'], 'seq1, seq2'],
  [['seq1', 'seq2', 'seq3', 'seq7'], 'seq1 to seq3, seq7'],
])('inShort joins runs of names: %s', (names, text) => {
  expect(inShort(names)).toBe(text);
});
