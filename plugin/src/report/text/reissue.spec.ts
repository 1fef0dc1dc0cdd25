import { digestFromHex } from '../../oci/digest';
import type { ReissueOutcome } from '../../reissue/reissue';
import { renderReissue } from './reissue';

const blob = { digest: digestFromHex('a'.repeat(64)), bytes: 124_000_000 };
const plan: Extract<ReissueOutcome, { kind: 'planned' }>['plan'] = {
  folder: 'seq1-baseline',
  sound: ['mirror_000001.tar'],
  damaged: [
    { name: 'mirror_000002.tar', why: 'it has 512 bytes instead of 5905580032' },
    { name: 'mirror_000003.tar', why: 'it is missing in the store and in the folder of the sequence' },
  ],
  recipes: [
    { how: 'copied', name: 'mirror_000002.tar', bytes: 5_905_580_032, path: '/mnt/a/x.tar', where: '/mnt/a/x.tar' },
    {
      how: 'composed',
      asSealed: false,
      name: 'mirror_000003.tar',
      bytes: 124_010_000,
      archive: { name: 'mirror_000003.tar', entries: [], bytes: 124_010_000 },
      blobs: [blob],
    },
  ],
  sources: [
    { kind: 'chain', where: 'seq2-add-logging', blobs: 12, bytes: 80_000_000 },
    { kind: 'registry', where: 'quay.io/acme/app', blobs: 1, bytes: 44_000_000 },
  ],
  without: [],
  warnings: [],
  bytes: 6_029_590_032,
};

describe('renderReissue', () => {
  it('shows what a dry run would do', () => {
    const outcome: ReissueOutcome = { kind: 'planned', mirror: 'mirror', folder: 'seq1-baseline', plan };
    expect(renderReissue(outcome)).toMatchInlineSnapshot(`
      "seq1-baseline: dry run; nothing was written
        1 archive undamaged, not changed
        mirror_000002.tar: it has 512 bytes instead of 5905580032
        mirror_000003.tar: it is missing in the store and in the folder of the sequence
        mirror_000002.tar  5.5 GiB  copied as a whole from /mnt/a/x.tar
        mirror_000003.tar  118.3 MiB  repackaged, 1 blob
            76.3 MiB  12 blobs from seq2-add-logging
            42.0 MiB  1 blob from registry quay.io/acme/app"
    `);
  });

  it('shows what was done and what comes next', () => {
    const outcome: ReissueOutcome = {
      kind: 'reissued',
      mirror: 'mirror',
      number: 1,
      folder: 'seq1-baseline',
      plan,
      packaging: 'repackaged',
      archivesAre: 'linked',
      warnings: [],
    };
    expect(renderReissue(outcome).split('\n').slice(-2)).toEqual([
      '  Repackaged: SHA256SUMS and seq-metadata.yaml have the new checksums',
      'Next: commit seq1-baseline, then nx run mirror:validate --sequence=seq1',
    ]);
  });

  it('is short about sound archives', () => {
    expect(
      renderReissue({ kind: 'sound', mirror: 'mirror', folder: 'seq1-baseline', archives: 3, linked: false }),
    ).toBe('seq1-baseline: 3 archives are as sealed, nothing to do');
  });
});
