import { configOf } from '../harness/small-chain';
import { createWorkspace, removeWorkspaces } from '../harness/workspace';

jest.setTimeout(10 * 60_000);

describe('a mirror of a thousand sequences', () => {
  afterAll(removeWorkspaces);

  it('is a thousand and one projects, each sequence behind the one before, until most of them are sealed', async () => {
    const workspace = await createWorkspace({ nxJson: { plugins: ['seqmirror'] } });
    await workspace.write('mirror/seqmirror.yaml', 'schema: seqmirror/v1\nid: mirror-1\n');
    const numbers = Array.from({ length: 1000 }, (_, index) => index + 1);
    for (const number of numbers) {
      await workspace.write(`mirror/content/seq${number}-step/imageset-config.yaml`, configOf(1));
    }
    expect(await workspace.projects()).toHaveLength(1001);
    const edges = numbers.slice(1).map((number) => `mirror-seq${number} → mirror-seq${number - 1}`);
    expect(await workspace.edges()).toEqual(['mirror → mirror-seq1000', ...edges].sort());

    // The graph does not look into it.
    for (const number of numbers) await workspace.write(`mirror/content/seq${number}-step/seq-metadata.yaml`, '');
    expect(await workspace.projects()).toHaveLength(26);
    expect(await workspace.edges()).toEqual(
      ['mirror → mirror-seq1000', 'mirror-seq977 → mirror-older', ...edges.slice(-23)].sort(),
    );
  });
});
