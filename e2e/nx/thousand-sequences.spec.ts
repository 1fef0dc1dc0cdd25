import { configOf } from '../harness/small-chain';
import { createWorkspace, removeWorkspaces } from '../harness/workspace';

jest.setTimeout(10 * 60_000);

describe('a mirror of a thousand sequences', () => {
  afterAll(removeWorkspaces);

  it('is a thousand and one projects, each sequence behind the one before', async () => {
    const workspace = await createWorkspace({ nxJson: { plugins: ['seqmirror'] } });
    await workspace.write('mirror/seqmirror.yaml', 'schema: seqmirror/v1\nid: mirror-1\n');
    const numbers = Array.from({ length: 1000 }, (_, index) => index + 1);
    for (const number of numbers) {
      await workspace.write(`mirror/content/seq${number}-step/imageset-config.yaml`, configOf(1));
    }
    expect(await workspace.projects()).toHaveLength(1001);
    const edges = numbers.slice(1).map((number) => `mirror-seq${number} → mirror-seq${number - 1}`);
    expect(await workspace.edges()).toEqual(['mirror → mirror-seq1000', ...edges].sort());
  });
});
