import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { anImage } from '../../testing/images/image';
import type { Lab } from '../../testing/lab/lab';
import { startLab } from '../../testing/lab/lab';
import { randomFrom } from '../../testing/lab/random';
import { planSequence } from '../harness/image-set';
import { run } from '../harness/run';
import { mirrorInOrder, preparedWorkspace } from '../harness/small-chain';
import { removeWorkspaces, type Workspace } from '../harness/workspace';
import { killedRun } from './killed-run';

jest.setTimeout(10 * 60_000);

const kills = 3;
const seed = Number(process.env['SEQMIRROR_SEED'] ?? Math.floor(Math.random() * 1e6));
const image = 'quay.io/acme/app:1.0';
// Eight layers on volumes that hold three each.
const layers = Array.from({ length: 8 }, (_, index) => ({ name: `layer ${index}`, bytes: 30_000_000 }));
const media = String(110_000_000);

describe(`nx run mirror-seq1:bundle, killed at ${kills} random moments (SEQMIRROR_SEED=${seed})`, () => {
  let upstream: Lab;
  let workspace: Workspace;

  beforeAll(async () => {
    upstream = await startLab({ images: [anImage(image, { layers })] });
    workspace = await preparedWorkspace(upstream, 'mirror');
    await planSequence(workspace, 'seq1-baseline', [image]);
    await mirrorInOrder(workspace, ['seq1']);
  });
  afterAll(async () => {
    await removeWorkspaces();
    await upstream.stop();
  });

  const task = 'mirror-seq1:bundle';
  const optionsFor = (output: string) => [`--media=${media}`, `--output=${output}`];
  const volumesIn = async (output: string): Promise<string[]> =>
    (await readdir(output).catch(() => [] as string[])).sort().map((name) => join(output, name));
  const isComplete = (volume: string) =>
    stat(join(volume, 'SHA256SUMS')).then(
      () => true,
      () => false,
    );
  const check = (volume: string) =>
    run('sha256sum', ['-c', '--quiet', '--strict', 'SHA256SUMS'], { cwd: volume, env: process.env });

  /** Kills Nx and all that it started, some time after the first byte of the output. */
  const killedAfter = (output: string, afterMs: number) =>
    killedRun(workspace, {
      task,
      options: optionsFor(output),
      victim: 'group',
      moment: async () => {
        while ((await volumesIn(output)).length === 0) await setTimeout(10);
        await setTimeout(afterMs);
      },
    });

  it('ends whole when run again, and shows no volume as complete that is not', async () => {
    const undisturbed = join(workspace.root, '../undisturbed');
    const began = performance.now();
    await workspace.nxWorks('run', task, ...optionsFor(undisturbed));
    const undisturbedMs = (performance.now() - began) / 2;
    const expected = await volumesIn(undisturbed);
    expect(expected.length).toBeGreaterThan(2);

    const random = randomFrom(seed);
    let killed = 0;
    for (let kill = 0; kill < kills; kill += 1) {
      const output = join(workspace.root, `../disk-${kill}`);
      const afterMs = ((kill + random()) / kills) * undisturbedMs;
      killed += (await killedAfter(output, afterMs)).killed ? 1 : 0;
      for (const volume of await volumesIn(output))
        if (await isComplete(volume)) expect({ afterMs, ...(await check(volume)) }).toMatchObject({ code: 0 });
      await workspace.seqmirrorWorks('bundle', 'seq1', ...optionsFor(output));
      const volumes = await volumesIn(output);
      expect(volumes).toHaveLength(expected.length);
      for (const [at, volume] of volumes.entries()) {
        expect({ afterMs, ...(await check(volume)) }).toMatchObject({ code: 0 });
        const names = await readdir(join(volume, 'archives'));
        expect(names).toEqual(await readdir(join(expected[at] as string, 'archives')));
        for (const name of names) {
          const [ours, theirs] = await Promise.all(
            [volume, expected[at] as string].map((folder) => readFile(join(folder, 'archives', name))),
          );
          expect(ours?.equals(theirs as Buffer)).toBe(true);
        }
      }
      await rm(output, { recursive: true });
    }
    expect(killed).toBeGreaterThan(0);
  });
});
