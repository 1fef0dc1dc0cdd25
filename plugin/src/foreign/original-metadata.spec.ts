import { ocMirrorVersionIn, readOriginalMetadata } from './original-metadata';
import { originalMetadata } from '../adoption/original.fixture';

describe('readOriginalMetadata', () => {
  const earlier = [
    { number: 1, folder: 'seq1-baseline' },
    { number: 2, folder: 'seq2-20250818-0127' },
  ];

  it('reads what the script wrote, although quotes inside quotes are not YAML', () => {
    const { metadata, trouble } = readOriginalMetadata(originalMetadata({ number: 3, folder: 'seq3-a' }, earlier));
    expect(metadata).toMatchObject({
      sequence_number: 3,
      description: 'a',
      content_type: 'differential',
      archives: [{ name: 'mirror_000001.tar', size: '22G' }],
      air_gapped_transfer: {
        complete: false,
        dependencies: ['seq1-baseline', 'seq2-20250818-0127'],
        differential_size: '30G',
        cumulative_size: '52G',
      },
    });
    expect(trouble).toContain('line 6');
  });

  it('uses the valid part of a text that is partly wrong', () => {
    const { metadata } = readOriginalMetadata('sequence_number: one\ndescription: good\nsomething: else\n');
    expect(metadata).toMatchObject({ description: 'good', something: 'else' });
    expect(metadata?.sequence_number).toBeUndefined();
  });

  it.each(['- a\n- b\n', '"', '\u0000'])('says what is wrong with %j', (content) => {
    expect(readOriginalMetadata(content)).toMatchObject({ metadata: undefined, trouble: expect.any(String) });
  });
});

describe('ocMirrorVersionIn', () => {
  it.each([
    [
      'Client Version: version.Info{Major:"", Minor:"", GitVersion:"4.19.0-202507292137.p0.g1", GitCommit:"1"}',
      '4.19.0-202507292137.p0.g1',
    ],
    ['4.19.0-202507292137', '4.19.0-202507292137'],
    ['Client Version: 4.20.1', '4.20.1'],
    ['unknown', undefined],
    ['', undefined],
    ['oc-mirror: command not found', undefined],
    [undefined, undefined],
  ])('finds in %j %j', (noted, version) => expect(ocMirrorVersionIn(noted)).toBe(version));
});
