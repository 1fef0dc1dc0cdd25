import { renderCustody } from './custody';

const where = '/media/archive';
const sequence = { number: 1, folder: 'seq1-baseline', bytes: 3 * 1024 ** 2 };
const inWords = (outcome: Parameters<typeof renderCustody>[0]) => renderCustody(outcome, { root: 'mirror' });

describe('renderCustody', () => {
  it('lists copies, and names what only this machine has, and what nobody has', () => {
    const state = 'retired' as const;
    const stored = { where: 'store', verified: '2026-11-27' };
    expect(
      inWords({
        kind: 'listed',
        mirror: 'mirror',
        sequences: [
          {
            ...sequence,
            state: 'held',
            isHere: true,
            copies: [stored, { where, verified: '2026-11-28' }, { where: 'tape' }],
          },
          { ...sequence, number: 2, folder: 'seq2-add', state: 'held', isHere: true, copies: [] },
          { ...sequence, number: 3, folder: 'seq3-gone', state, isHere: false, copies: [] },
        ],
      }),
    ).toMatchInlineSnapshot(`
      "mirror: copies of the archives of 3 sequences
        SEQ  NAME        BYTES  STATE    COPY            VERIFIED
          1  baseline  3.0 MiB  held     this machine    2026-11-27
                                         /media/archive  2026-11-28
                                         tape            never
          2  add       3.0 MiB  held     this machine    never
          3  gone      3.0 MiB  retired  -               -
      No copy is known of seq3-gone
      Only this machine has seq2-add
      Next: nx run mirror:custody --copy=<place>"
    `);
  });

  it('says what was copied, what was there, and what was left', () => {
    const outcome = {
      mirror: 'mirror',
      place: where,
      sequences: [
        { ...sequence, copied: [] },
        { ...sequence, number: 2, folder: 'seq2-add', copied: ['mirror_000001.tar', 'mirror_000002.tar'] },
      ],
      left: ['seq3-gone'],
    };
    expect(inWords({ kind: 'copied', ...outcome })).toMatchInlineSnapshot(`
      "mirror: /media/archive has the archives of 2 sequences (6.0 MiB), each byte read back
        seq2-add: mirror_000001.tar, mirror_000002.tar copied
        there already: seq1-baseline
      Not copied, because their archives are not on this machine: seq3-gone
      Next: git add mirror && git commit"
    `);
    expect(inWords({ kind: 'planned', ...outcome })).toMatchInlineSnapshot(`
      "mirror: dry run; 2 archives would be copied to /media/archive
        seq2-add: mirror_000001.tar, mirror_000002.tar
        a file of this name exists: seq1-baseline
      Not copied, because their archives are not on this machine: seq3-gone
      Next: the same command without --dryRun"
    `);
  });

  it('says of each copy what was found, and what to do', () => {
    const archives = ['mirror_000001.tar'];
    const copies = [
      { ...sequence, where, found: 'damaged' as const, archives },
      { ...sequence, number: 2, folder: 'seq2-add', where, found: 'missing' as const, archives },
      { ...sequence, where: 'tape', found: 'unreachable' as const, archives: [], why: 'its name is no place' },
      { ...sequence, where: 's3://archive/ocp', found: 'sound' as const, archives: [] },
    ];
    const outcome = { kind: 'verified' as const, mirror: 'mirror', depth: 'full' as const, copies, sound: false };
    expect(inWords(outcome)).toMatchInlineSnapshot(`
      "mirror: 3 of 4 copies cannot be relied on now
        SEQ  NAME        BYTES  COPY              FOUND
          1  baseline  3.0 MiB  /media/archive    DAMAGED: mirror_000001.tar
          2  add       3.0 MiB  /media/archive    MISSING: mirror_000001.tar
          1  baseline  3.0 MiB  tape              not reachable: its name is no place
          1  baseline  3.0 MiB  s3://archive/ocp  sound
      custody.yaml does not list the damaged copies any more. Delete their files, then copy the archives again:
        nx run mirror:custody --copy=/media/archive
      Copies that are missing or not reachable stay recorded. Mount the disk, and run the same command again. If such a copy does not exist any more, delete its lines in custody.yaml
      Next: git add mirror && git commit"
    `);
    expect(inWords({ ...outcome, depth: 'quick', copies: copies.slice(3), sound: true })).toMatchInlineSnapshot(`
      "mirror: all copies are of the right size
        SEQ  NAME        BYTES  COPY              FOUND
          1  baseline  3.0 MiB  s3://archive/ocp  sound
      Only sizes and stated hashes were compared. This is no proof: for a proof, leave out --quick"
    `);
  });
});
