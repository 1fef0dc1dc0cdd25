import type { CreateDependenciesContext } from '@nx/devkit';
import { createDependencies } from './create-dependencies';

/** Projects as Nx passes them: by name, with the files in each. */
function contextOf(projects: Record<string, { root: string; files: readonly string[] }>): CreateDependenciesContext {
  const entries = Object.entries(projects);
  return {
    projects: Object.fromEntries(entries.map(([name, { root }]) => [name, { root }])),
    fileMap: {
      nonProjectFiles: [],
      projectFileMap: Object.fromEntries(
        entries.map(([name, { root, files }]) => [
          name,
          files.map((file) => ({ file: root === '.' ? file : `${root}/${file}`, hash: '' })),
        ]),
      ),
    },
  } as unknown as CreateDependenciesContext;
}

const mirror = { root: 'mirror', files: ['seqmirror.yaml', 'content/chain.lock'] };
const sequence = (folder: string, ...files: string[]) => ({ root: `mirror/content/${folder}`, files });

describe('createDependencies', () => {
  it('draws the chain, and the mirror to its end', () => {
    expect(
      createDependencies(
        undefined,
        contextOf({
          mirror,
          'mirror-seq1': sequence('seq1-baseline', 'imageset-config.yaml'),
          'mirror-seq2': sequence('seq2-add-logging', 'imageset-config.yaml'),
        }),
      ),
    ).toEqual([
      {
        source: 'mirror-seq2',
        target: 'mirror-seq1',
        sourceFile: 'mirror/content/seq2-add-logging/imageset-config.yaml',
        type: 'static',
      },
      { source: 'mirror', target: 'mirror-seq2', type: 'implicit' },
    ]);
  });

  it('draws a folder that claims a taken number beside the folder that has it', () => {
    expect(
      createDependencies(
        undefined,
        contextOf({
          mirror,
          'mirror-seq1': sequence('seq1-baseline', 'imageset-config.yaml'),
          'mirror-seq2': sequence('seq2-a', 'imageset-config.yaml'),
          'mirror-seq2-b': sequence('seq2-b', 'imageset-config.yaml'),
        }),
      ),
    ).toMatchObject([
      { source: 'mirror-seq2', target: 'mirror-seq1' },
      { source: 'mirror-seq2-b', target: 'mirror-seq1' },
      { source: 'mirror', target: 'mirror-seq2' },
    ]);
  });

  it('names no source file that does not exist', () => {
    expect(
      createDependencies(
        undefined,
        contextOf({
          mirror,
          'mirror-seq1': sequence('seq1-baseline', 'imageset-config.yaml'),
          'mirror-seq2': sequence('seq2-add-logging', 'seq-metadata.yaml'),
        }),
      ),
    ).toContainEqual({ source: 'mirror-seq2', target: 'mirror-seq1', type: 'implicit' });
  });

  it('keeps Nx from storing an edge over a gap, which would outlast the gap', () => {
    expect(
      createDependencies(
        undefined,
        contextOf({
          mirror,
          'mirror-seq1': sequence('seq1-baseline', 'imageset-config.yaml'),
          'mirror-seq3': sequence('seq3-add-web', 'imageset-config.yaml'),
        }),
      ),
    ).toContainEqual({ source: 'mirror-seq3', target: 'mirror-seq1', type: 'implicit' });
  });

  it('uses folders, whatever a project.json has named the projects', () => {
    expect(
      createDependencies(
        undefined,
        contextOf({
          '@acme/chain': mirror,
          first: sequence('seq1-baseline', 'imageset-config.yaml'),
          second: sequence('seq2-add-logging', 'imageset-config.yaml'),
        }),
      ),
    ).toMatchObject([
      { source: 'second', target: 'first' },
      { source: '@acme/chain', target: 'second' },
    ]);
  });

  it('draws nothing for a folder that no project owns, nor for workspaces without a mirror', () => {
    const nested = { root: 'mirror', files: ['seqmirror.yaml', 'content/seq1-a/imageset-config.yaml'] };
    expect(createDependencies(undefined, contextOf({ mirror: nested }))).toEqual([]);
    expect(createDependencies(undefined, contextOf({ lib: { root: 'lib', files: ['index.ts'] } }))).toEqual([]);
  });
});
