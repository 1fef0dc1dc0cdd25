import { digestFromHex } from '../../oci/digest';
import type { ReissueOutcome } from '../../reissue/reissue';
import { jsonDocument } from './document';
import { reissueInJson } from './reissue';

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

describe('reissueInJson', () => {
  it('has the plan without the content of each archive', () => {
    const outcome: ReissueOutcome = { kind: 'planned', mirror: 'mirror', folder: 'seq1-baseline', plan };
    const text = jsonDocument('reissue', reissueInJson(outcome));
    expect(JSON.parse(text)).toMatchObject({
      schema: 'seqmirror/reissue/v1',
      plan: {
        archives: [
          { name: 'mirror_000002.tar', how: 'copied', from: '/mnt/a/x.tar' },
          { name: 'mirror_000003.tar', how: 'repackaged', blobs: 1 },
        ],
      },
    });
    expect(text).not.toContain('entries');
  });
});
