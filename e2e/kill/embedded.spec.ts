import { randomFrom } from '../../testing/lab/random';
import { mustRun } from '../harness/run';
import { removeWorkspaces } from '../harness/workspace';
import { endProcess, killedRun, lockHolder } from './killed-run';
import { newBytes, startLane, type Killed, type Lane } from './lane';

jest.setTimeout(20 * 60_000);

const kills = Number(process.env['SEQMIRROR_KILLS'] ?? 7);
const seed = Number(process.env['SEQMIRROR_SEED'] ?? Math.floor(Math.random() * 1e6));
// What a connection may have taken and the engine not yet written.
const underWayBytes = 2_000_000;

describe(`nx run mirror:seq2, killed at ${kills} random moments (SEQMIRROR_SEED=${seed})`, () => {
  let lanes: Lane[];

  beforeAll(async () => {
    // Two, for two processors.
    lanes = await Promise.all([startLane(), startLane()]);
  });
  afterAll(async () => {
    await Promise.all(lanes?.map((lane) => lane.stop()) ?? []);
    await removeWorkspaces();
  });

  it('is sealed and correct after a plain re-run, shows nothing half-made, and goes on where it was', async () => {
    const random = randomFrom(seed);
    // Spread over a run, each shifted at random.
    const moments = Array.from({ length: kills }, (_, index) => ({
      part: (index + random()) / kills,
      victim: (['group', 'executor', 'nx'] as const)[Math.floor(random() * 3)] ?? 'group',
    }));
    const found: ({ moment: string; again: number } & Killed)[] = [];
    const work = async (lane: Lane) => {
      for (let next = moments.shift(); next !== undefined; next = moments.shift()) {
        const moment = `${next.victim} at ${(next.part * lane.undisturbedMs).toFixed(0)} ms`;
        const killed = await lane.kill(next);
        const again = await lane.runAgain();
        found.push({ ...killed, moment, again: again.bytes, wrong: [...killed.wrong, ...again.wrong] });
      }
    };
    await Promise.all(lanes.map(work));

    expect(found.filter(({ wrong }) => wrong.length > 0).map(({ moment, wrong }) => [moment, ...wrong])).toEqual([]);
    const wasted = found.filter(
      ({ bytes, bytesBefore, again }) => bytes + again - newBytes > bytes - bytesBefore + underWayBytes,
    );
    expect(wasted).toEqual([]);
    // The engine's first checkpoint comes after two seconds; who is killed later fetches the rest alone.
    expect(Math.min(...found.filter(({ killed }) => killed).map(({ again }) => again))).toBeLessThan(newBytes / 2);
    const total = found.reduce((sum, { bytes, again }) => sum + bytes + again, 0);
    const restarted = found.reduce((sum, { bytes }) => sum + bytes + newBytes, 0);
    console.info(
      `${found.length} kills of runs of ${newBytes} bytes: ${total} bytes fetched with the re-runs; ` +
        `starting over each time would be ${restarted} bytes`,
    );
  });

  it('passes sha256sum in the end', async () => {
    for (const { workspace } of lanes) {
      const cwd = `${workspace.root}/mirror/content/seq2-add-app`;
      const { stdout } = await mustRun('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd, env: process.env });
      expect(stdout).toBe('mirror_000001.tar: OK\n');
    }
  });

  it('says who works on, where Nx alone was killed, and goes on when that has ended', async () => {
    const [lane] = lanes as [Lane];
    await lane.kill({ part: 0, victim: 'group' });
    lane.upstream.journal.clear();
    lane.upstream.registry.faults.clear();
    lane.upstream.fault({ match: { path: /\/blobs\// }, action: { bytesPerSecond: 100_000 } });
    const moment = async () => {
      while (lane.upstream.journal.blobsSent().size === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    };
    const { executor } = await killedRun(lane.workspace, { task: 'mirror:seq2', victim: 'nx', moment });
    expect(await lockHolder(lane.workspace)).toBe(executor);
    const refused = await lane.workspace.nx('run', 'mirror-seq2:mirror');
    expect(refused).toMatchObject({
      code: 1,
      output: expect.stringContaining(`SEQ0203 mirror is locked by process ${executor} on `),
    });
    await endProcess(executor as number);
    expect(await lane.runAgain()).toMatchObject({ wrong: [] });
  });
});
