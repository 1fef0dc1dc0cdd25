import { setTimeout } from 'node:timers/promises';
import { anImage } from '../../testing/images/image';
import { startLab, type Lab } from '../../testing/lab/lab';
import { randomFrom } from '../../testing/lab/random';
import { describeWith, programPath } from '../../testing/lab/requirements';
import { provenBlobsIn } from '../harness/chain-records';
import { fileTree } from '../harness/file-tree';
import { planSequence } from '../harness/image-set';
import { mustRun } from '../harness/run';
import { preparedWorkspace } from '../harness/small-chain';
import { removeWorkspaces, type Workspace } from '../harness/workspace';
import { endProcess, killedRun } from './killed-run';
import { keepPristine } from './pristine';

jest.setTimeout(20 * 60_000);

const kills = 20;
const seed = Number(process.env['SEQMIRROR_SEED'] ?? Math.floor(Math.random() * 1e6));
const ubi = 'registry.redhat.io/ubi9/ubi:9.5';
const app = 'quay.io/acme/app:1.0';

describeWith(['oc-mirror'], `nx run with the real oc-mirror, killed ${kills} times (SEQMIRROR_SEED=${seed})`, () => {
  let upstream: Lab;
  let workspace: Workspace;

  beforeAll(async () => {
    const base = { name: 'ubi9-base', bytes: 2_000_000 };
    const layers = [3, 2, 1].map((size) => ({ name: `app ${size}`, bytes: size * 1_000_000 }));
    upstream = await startLab({
      images: [anImage(ubi, { layers: [base] }), anImage(app, { layers: [base, ...layers] })],
    });
    workspace = await preparedWorkspace(upstream, 'mirror');
    const settings = await workspace.read('mirror/seqmirror.yaml');
    const binary = `engine: oc-mirror\nocMirror:\n  binary: ${programPath('oc-mirror')}`;
    await workspace.write('mirror/seqmirror.yaml', settings.replace('engine: embedded', binary));
    await planSequence(workspace, 'seq1-baseline', [ubi]);
    await planSequence(workspace, 'seq2-add-app', [ubi, app]);
    await workspace.nxWorks('run', 'mirror:seq1');
  });
  afterAll(async () => {
    await upstream?.stop();
    await removeWorkspaces();
  });

  it('is sealed and correct after a plain re-run each time, seq1 untouched', async () => {
    const bringBack = await keepPristine(workspace);
    const random = randomFrom(seed);
    upstream.fault({ match: { path: /acme\/app\/blobs\// }, action: { bytesPerSecond: 1_000_000 } });
    const firstRequest = async () => {
      while (upstream.journal.entries.length === 0) await setTimeout(10);
    };
    upstream.journal.clear();
    const undisturbed = workspace.nxWorks('run', 'mirror:seq2');
    await Promise.race([firstRequest(), undisturbed]);
    const began = performance.now();
    await undisturbed;
    const undisturbedMs = performance.now() - began;

    const missed: string[] = [];
    for (let kill = 0; kill < kills; kill += 1) {
      await bringBack();
      upstream.journal.clear();
      const untouched = await fileTree(`${workspace.root}/mirror/content/seq1-baseline`);
      const afterMs = ((kill + random()) / kills) * undisturbedMs;
      const victim = random() < 0.5 ? 'group' : 'executor';
      const moment = () => firstRequest().then(() => setTimeout(afterMs));
      const { killed, executor } = await killedRun(workspace, { task: 'mirror:seq2', victim, moment });
      if (executor !== undefined) await endProcess(executor);
      if (!killed) missed.push(`${victim} at ${afterMs} ms`);

      const { code, output } = await workspace.nx('run', 'mirror:seq2');
      expect({ victim, afterMs, code, output }).toMatchObject({ code: 0 });
      const folder = `${workspace.root}/mirror/content/seq2-add-app`;
      const options = { cwd: folder, env: process.env };
      const { stdout } = await mustRun('sha256sum', ['--check', '--strict', 'SHA256SUMS'], options);
      expect(stdout).toBe('mirror_000001.tar: OK\n');
      const blobs = await provenBlobsIn(`${folder}/mirror_000001.tar`);
      // Three layers, a config, a manifest.
      expect(blobs).toHaveLength(5);
      expect(await fileTree(`${workspace.root}/mirror/content/seq1-baseline`)).toEqual(untouched);
    }
    expect(missed.length).toBeLessThan(kills / 2);
  });
});
