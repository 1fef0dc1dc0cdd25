import type { Digest } from '../../oci/digest';
import type { SequenceVerdict, Validation } from '../../validation/validation';
import { renderValidation } from './validation';

const proven: SequenceVerdict = {
  name: 'seq1-baseline',
  number: 1,
  verdict: 'PROVEN',
  given: [],
  findings: [],
  brokenImages: [],
  images: 191,
  blobs: 4114,
  archives: 6,
  bytes: 25_769_803_776,
  travels: { links: 9000, workingDir: [], other: [], otherCount: 0, owners: [], otherRepositories: [] },
};
const validation = (sequences: readonly SequenceVerdict[], rest: Partial<Validation> = {}): Validation => ({
  subject: 'mirror',
  depth: 'deep',
  sequences,
  volumes: [],
  findings: [],
  recorded: [],
  sound: true,
  ...rest,
});

describe('renderValidation', () => {
  it('is short if all is well', () => {
    expect(renderValidation(validation([proven]))).toMatchInlineSnapshot(`
      "seq1-baseline: PROVEN; 4114 blobs in 6 archives (24.0 GiB), 191 images

      mirror: 1 PROVEN (deep: every byte of 24.0 GiB in 6 archives)"
    `);
  });

  it('shows what a proof takes for granted', () => {
    const given = { ...proven, name: 'seq5-add-ubi9', number: 5, verdict: 'PROVEN GIVEN' as const };
    expect(
      renderValidation(
        validation([
          { ...given, given: ['seq1', 'seq2', 'seq3'] },
          { ...given, verdict: 'RECORDS OK', given: ['seq1', 'seq5'], archives: 0, bytes: 0 },
          { ...given, name: 'content', number: undefined, given: ['earlier archives of this folder'] },
        ]),
      ),
    ).toMatchInlineSnapshot(`
      "seq5-add-ubi9: PROVEN GIVEN seq1 to seq3 (not checked); 4114 blobs in 6 archives (24.0 GiB), 191 images
      seq5-add-ubi9: RECORDS OK, archives not here
      content: PROVEN GIVEN earlier archives of this folder (not checked); 4114 blobs in 6 archives (24.0 GiB), 191 images

      mirror: 2 PROVEN GIVEN, 1 RECORDS OK (deep: every byte of 48.0 GiB in 12 archives)"
    `);
  });

  it('says in full what is wrong, and what else leaves with the archives', () => {
    const broken: SequenceVerdict = {
      ...proven,
      verdict: 'BROKEN',
      findings: [
        {
          severity: 'error',
          code: 'SEQ0303',
          what: 'seq1-baseline: quay.io/acme/app:1 (operator web-terminal) is not complete',
          next: 'Reissue it: nx run mirror:reissue --sequence=seq1',
        },
      ],
      brokenImages: [
        {
          source: 'quay.io/acme/app:1',
          repository: 'acme/app',
          tag: '1',
          digest: `sha256:${'0'.repeat(64)}` as Digest,
          operators: ['web-terminal'],
          lacking: [],
        },
      ],
      travels: {
        links: 9000,
        workingDir: [
          { folder: 'hold-release', entries: 2, bytes: 9000 },
          { folder: 'logs', entries: 3, bytes: 123_456 },
        ],
        other: ['\u001b]0;gone\u0007', 'b', 'c', 'd'],
        otherCount: 4,
        owners: ['jenkins:docker (1000:1000)'],
        otherRepositories: ['a/a', 'b/b', 'c/c', 'd/d', 'e/e', 'f/f'],
      },
    };
    expect(renderValidation(validation([broken], { sound: false }))).toMatchInlineSnapshot(`
      "seq1-baseline: BROKEN, 1 error; 4114 blobs in 6 archives (24.0 GiB), 191 images
        other content: 3 files of logs (120.6 KiB); owners jenkins:docker (1000:1000); links of 6 repositories of other configurations (a/a, b/b, c/c, d/d, e/e, …); 4 other entries (\\u001b]0;gone\\u0007, b, c, …)
      SEQ0303 seq1-baseline: quay.io/acme/app:1 (operator web-terminal) is not complete
        Next:  Reissue it: nx run mirror:reissue --sequence=seq1

      mirror: 1 BROKEN (deep: every byte of 24.0 GiB in 6 archives)"
    `);
  });

  it('counts what is proven in a long chain, and names the rest', () => {
    const chain = Array.from({ length: 30 }, (_, index) => ({
      ...proven,
      name: `seq${index + 1}-step`,
      number: index + 1,
    }));
    const text = renderValidation(
      validation(
        chain.map((each) => (each.number === 7 ? { ...each, verdict: 'BROKEN' as const } : each)),
        { depth: 'quick', sound: false },
      ),
    );
    expect(text).toMatchInlineSnapshot(`
      "seq7-step: BROKEN, 0 errors; 4114 blobs in 6 archives (24.0 GiB), 191 images

      mirror: 29 PROVEN, 1 BROKEN (quick: records and headers, but no blobs; 720.0 GiB in 180 archives)"
    `);
  });

  it('says what to commit', () => {
    expect(renderValidation(validation([proven], { recorded: ['seq1-baseline'] }))).toContain(
      'Recorded in custody.yaml of seq1-baseline; commit it',
    );
  });
});
