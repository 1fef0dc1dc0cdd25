import fc from 'fast-check';
import { mirrorsIn } from './layout';

const sequence = (folder: string, ...names: string[]) => names.map((name) => `mirror/content/${folder}/${name}`);
const settings = 'mirror/seqmirror.yaml';

function only(files: readonly string[]) {
  const [mirror, ...others] = mirrorsIn(files);
  expect(others).toEqual([]);
  if (mirror === undefined) throw new Error('no mirror was found');
  return mirror;
}

describe('mirrorsIn', () => {
  it('orders sequences by number, and links each to the one before it', () => {
    const { sequences } = only([
      ...sequence('seq10-late', 'imageset-config.yaml'),
      ...sequence('seq2-add-logging', 'imageset-config.yaml'),
      settings,
      ...sequence('seq1-baseline', 'imageset-config.yaml'),
    ]);
    expect(sequences.map(({ number, previous }) => [number, previous?.number])).toEqual([
      [1, undefined],
      [2, 1],
      [10, 2],
    ]);
  });

  it('calls a sequence sealed whose metadata is in the list', () => {
    const { sequences } = only([
      settings,
      ...sequence('seq1-baseline', 'imageset-config.yaml', 'seq-metadata.yaml'),
      ...sequence('seq2-add-logging', 'imageset-config.yaml', 'sequence.yaml'),
    ]);
    expect(sequences.map(({ sealed }) => sealed)).toEqual([true, false]);
  });

  it('gives a number that is claimed twice to the sealed folder', () => {
    const { sequences, rivals } = only([
      settings,
      ...sequence('seq1-baseline', 'imageset-config.yaml'),
      ...sequence('seq2-add-logging', 'imageset-config.yaml'),
      ...sequence('seq2-add-tempo', 'imageset-config.yaml', 'seq-metadata.yaml'),
    ]);
    expect(sequences.map(({ folder }) => folder)).toEqual(['seq1-baseline', 'seq2-add-tempo']);
    expect(rivals.map(({ folder, previous }) => [folder, previous?.folder])).toEqual([
      ['seq2-add-logging', 'seq1-baseline'],
    ]);
  });

  it('gives a number that two sealed folders claim to the first by name', () => {
    const { sequences, rivals } = only([
      settings,
      ...sequence('seq1-tempo', 'imageset-config.yaml', 'seq-metadata.yaml'),
      ...sequence('seq1-logging', 'imageset-config.yaml', 'seq-metadata.yaml'),
    ]);
    expect([...sequences, ...rivals].map(({ folder }) => folder)).toEqual(['seq1-logging', 'seq1-tempo']);
  });

  it.each(['seq', 'seq5', 'seq0-zero', 'seq01-a', 'seqtwo-a', 'seq2-Add', 'sequence'])(
    'calls %s misnamed',
    (folder) => {
      const { sequences, misnamed } = only([settings, ...sequence(folder, 'imageset-config.yaml')]);
      expect(sequences).toEqual([]);
      expect(misnamed.map(({ root }) => root)).toEqual([`mirror/content/${folder}`]);
    },
  );

  it('still takes a folder that has lost its imageset configuration for a sequence', () => {
    const { sequences } = only([settings, ...sequence('seq1-baseline', 'seq-metadata.yaml')]);
    expect(sequences).toMatchObject([
      { hasConfig: false, sourceFile: 'mirror/content/seq1-baseline/seq-metadata.yaml' },
    ]);
  });

  it('ignores sequence folders without a mirror, and files of others', () => {
    expect(
      mirrorsIn([
        'docs/content/seq1-intro/imageset-config.yaml',
        'libs/a/src/index.ts',
        'mirror/content/seq1-baseline/deeper/imageset-config.yaml',
        'mirror/content/readme.md',
        'seqmirror.yaml.bak',
      ]),
    ).toEqual([]);
  });

  it('keeps mirrors apart, including one at the top of the workspace', () => {
    const mirrors = mirrorsIn([
      'seqmirror.yaml',
      'content/seq1-a/imageset-config.yaml',
      'teams/b/seqmirror.yaml',
      'teams/b/content/seq1-b/imageset-config.yaml',
    ]);
    expect(mirrors.map(({ root, sequences }) => [root, sequences.map(({ root }) => root)])).toEqual([
      ['.', ['content/seq1-a']],
      ['teams/b', ['teams/b/content/seq1-b']],
    ]);
  });

  it('depends only on the set of files', () => {
    const names = fc.constantFrom('imageset-config.yaml', 'sequence.yaml', 'seq-metadata.yaml');
    const folders = fc.constantFrom('seq1-a', 'seq1-b', 'seq2-a', 'seq3-a', 'seq3-b', 'seqx');
    const files = fc
      .uniqueArray(fc.tuple(folders, names).map(([folder, name]) => `mirror/content/${folder}/${name}`))
      .map((some) => [settings, ...some]);
    fc.assert(
      fc.property(
        files.chain((some) => fc.tuple(fc.constant(some), fc.shuffledSubarray(some, { minLength: some.length }))),
        ([some, shuffled]) => expect(mirrorsIn(shuffled)).toEqual(mirrorsIn(some)),
      ),
    );
  });
});
