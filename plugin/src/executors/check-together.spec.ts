import type { ExecutorContext } from '@nx/devkit';
import type { Lab } from '../../../testing/lab/lab';
import type { World } from '../../../testing/worlds/world';
import { app, aWorld, startUpstream, tools, ubi } from '../../../testing/worlds/world';
import checkTogether from './check-together';

const folders = ['seq1-baseline', 'seq2-add-app', 'seq3-add-tools'];
const task = (number: number) => `mirror-seq${number}:mirror`;

describe('the check of several sequences in one process', () => {
  let upstream: Lab;
  let world: World;

  beforeAll(async () => {
    upstream = await startUpstream();
    world = await aWorld(upstream);
    const images = [[ubi], [ubi, app], [ubi, app, tools]];
    for (const [index, folder] of folders.entries()) {
      await world.sequence(folder, images[index] ?? []);
      await world.seal(folder);
    }
  });
  afterAll(async () => {
    await world?.remove();
    await upstream?.stop();
  });

  function check(numbers: readonly number[]) {
    const inputs = Object.fromEntries(
      numbers.map((number) => [task(number), { sequence: `mirror/content/${folders[number - 1]}` }]),
    );
    const dependencies = Object.fromEntries(
      numbers.map((number) => [task(number), numbers.includes(number - 1) ? [task(number - 1)] : []]),
    );
    const graph = { roots: [], tasks: {}, dependencies, continuousDependencies: {} };
    return checkTogether(graph, inputs, { sequence: '' }, context());
  }

  function context(): ExecutorContext {
    return {
      root: world.root,
      cwd: world.root,
      isVerbose: false,
      projectsConfigurations: { version: 2, projects: { mirror: { root: 'mirror' } } },
      projectGraph: { nodes: {}, dependencies: {} },
      nxJsonConfiguration: {},
    };
  }

  it('has a result for each task, with the hashed facts that a cache hit replays', async () => {
    expect(await check([1, 2, 3])).toEqual({
      [task(1)]: { success: true, terminalOutput: 'seq1-baseline: sealed 2026-11-23T06:01:00Z, nothing to do\n' },
      [task(2)]: { success: true, terminalOutput: 'seq2-add-app: sealed 2026-11-23T06:03:00Z, nothing to do\n' },
      [task(3)]: { success: true, terminalOutput: 'seq3-add-tools: sealed 2026-11-23T06:05:00Z, nothing to do\n' },
    });
  });

  it('fails an edited sequence, and leaves out what comes after it in the same batch, so that Nx skips it', async () => {
    const config = await world.read('mirror/content/seq2-add-app/imageset-config.yaml');
    await world.sequence('seq2-add-app', [ubi]);
    expect(await check([1, 2, 3])).toEqual({
      [task(1)]: expect.objectContaining({ success: true }),
      [task(2)]: {
        success: false,
        terminalOutput: expect.stringMatching(/^SEQ0201 .*\n {2}Why: .*\n {2}Next: .*\n {2}More: .*\n$/),
      },
    });
    expect(await check([1, 3])).toMatchObject({ [task(3)]: { success: true } });
    await world.write('mirror/content/seq2-add-app/imageset-config.yaml', config);
  });

  it('checks the sequences that one task stands for, in its result and in those of later tasks', async () => {
    const older = 'mirror-older:mirror';
    const checkOlder = () =>
      checkTogether(
        {
          ...{ roots: [], tasks: {}, continuousDependencies: {} },
          dependencies: { [older]: [], [task(3)]: [older] },
        },
        {
          [older]: { sequence: `mirror/content/${folders[1]}`, earlier: true },
          [task(3)]: { sequence: `mirror/content/${folders[2]}` },
        },
        { sequence: '' },
        context(),
      );
    expect(await checkOlder()).toEqual({
      [older]: { success: true, terminalOutput: 'mirror: 2 sequences are sealed (seq1, seq2), nothing to do\n' },
      [task(3)]: { success: true, terminalOutput: 'seq3-add-tools: sealed 2026-11-23T06:05:00Z, nothing to do\n' },
    });
    const config = await world.read('mirror/content/seq1-baseline/imageset-config.yaml');
    await world.sequence('seq1-baseline', [app]);
    expect(await checkOlder()).toEqual({
      [older]: { success: false, terminalOutput: expect.stringMatching(/^SEQ0201 .*seq1-baseline/) },
    });
    await world.write('mirror/content/seq1-baseline/imageset-config.yaml', config);
  });

  it('fails if the mirror cannot be read', async () => {
    const settings = await world.read('mirror/seqmirror.yaml');
    await world.write('mirror/seqmirror.yaml', '{{{');
    expect(await check([1, 2])).toEqual({
      [task(1)]: { success: false, terminalOutput: expect.stringContaining('SEQ01') },
    });
    await world.write('mirror/seqmirror.yaml', settings);
  });
});
