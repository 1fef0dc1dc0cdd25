import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, open, readdir, readFile, readlink, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { anImage } from '../../testing/images/image';
import { startLab, type Lab } from '../../testing/lab/lab';
import { planSequence } from '../harness/image-set';
import { mustRun } from '../harness/run';
import { preparedWorkspace } from '../harness/small-chain';
import { removeWorkspaces, type Workspace } from '../harness/workspace';
import { endOfGroup } from './killed-run';

jest.setTimeout(10 * 60_000);

const image = 'quay.io/acme/app:1.0';
const layers = Array.from({ length: 6 }, (_, index) => ({ name: `layer ${index}`, bytes: 25_000_000 }));

describe('Ctrl-C ends a command within five seconds and says how to go on:', () => {
  let upstream: Lab;
  let registry: Lab;
  let workspace: Workspace;

  beforeAll(async () => {
    upstream = await startLab({ images: [anImage(image, { layers })] });
    registry = await startLab({ images: [] });
    workspace = await preparedWorkspace(upstream, 'mirror');
    const settings = await workspace.read('mirror/seqmirror.yaml');
    const hosts = `registries:\n  hosts:\n    '${registry.host}':\n      insecure: true\n`;
    await workspace.write('mirror/seqmirror.yaml', `${settings}\n${hosts}`);
    await planSequence(workspace, 'seq1-baseline', [image]);
  });
  afterAll(async () => {
    await registry?.stop();
    await upstream?.stop();
    await removeWorkspaces();
  });

  /** Runs Nx as a shell does, with its output in a file, and presses Ctrl-C at that moment. */
  async function stopped(moment: () => Promise<boolean>, ...args: readonly string[]) {
    const log = join(workspace.root, '../stopped.log');
    // Appended, as a terminal or a pipe does: else what Nx writes may cover what is written beside it.
    await writeFile(log, '');
    const file = openSync(log, 'a');
    const child = spawn(join(workspace.root, 'node_modules/.bin/nx'), ['run', ...args], {
      cwd: workspace.root,
      env: workspace.env,
      detached: true,
      stdio: ['ignore', file, file],
    });
    closeSync(file);
    const ended = once(child, 'exit') as Promise<[number | null]>;
    while (child.exitCode === null && !(await moment())) await setTimeout(20);
    const began = performance.now();
    // A terminal sends it to all that run in it.
    if (child.exitCode === null) process.kill(-(child.pid as number), 'SIGINT');
    const [code] = await ended;
    const ms = performance.now() - began;
    // What Nx started may have its last word after it.
    await endOfGroup(child.pid as number);
    return { code, ms, output: await readFile(log, 'utf8') };
  }

  const asked = (lab: Lab, method: string, path: RegExp) => () =>
    Promise.resolve(lab.journal.entries.some((entry) => entry.method === method && path.test(entry.path)));
  const stalling = (lab: Lab, path: RegExp) => lab.fault({ match: { path }, action: { stallAfter: 0 } });

  it.each([
    { phase: 'images are looked up', path: /\/manifests\// },
    { phase: 'layers are fetched', path: /\/blobs\// },
  ])('while $phase', async ({ path }) => {
    upstream.journal.clear();
    upstream.registry.faults.clear();
    stalling(upstream, path);
    const outcome = await stopped(asked(upstream, 'GET', path), 'mirror:seq1');
    expect(outcome).toMatchObject({ code: 130 });
    expect(outcome.ms).toBeLessThan(5000);
    expect(outcome.output).toMatch(
      /^Stopped \(SIG\w+\)\. seqmirror keeps what it has downloaded\. To continue: nx run mirror:seq1$/m,
    );
  });

  it('and the list names what is half done, what goes on with it, and what removes it', async () => {
    const { output } = await workspace.nxWorks('run', 'mirror:list');
    expect(output).toMatch(
      /^A run that was stopped left [\d.]+ \w+ in stage\/seq1-baseline of the data directory\n {2}To continue: {3}nx run mirror:seq1\n {2}To start over: rm -r \/\S+$/m,
    );
  });

  it('and the same command finishes it', async () => {
    upstream.registry.faults.clear();
    const { output } = await workspace.nxWorks('run', 'mirror:seq1');
    expect(output).toContain('seq1-baseline: sealed sha256:');
    expect((await workspace.nxWorks('run', 'mirror:list')).output).not.toContain('A run that was stopped');
  });

  it('while an archive is hashed', async () => {
    const folder = join(workspace.root, '../sparse');
    await mkdir(folder);
    const archive = join(folder, 'mirror_000001.tar');
    await sparseArchive(archive);
    const outcome = await stopped(() => isOpen(archive), 'mirror:validate', `--path=${folder}`);
    await rm(folder, { recursive: true });
    expect(outcome).toMatchObject({ code: 130 });
    expect(outcome.ms).toBeLessThan(5000);
    expect(outcome.output).toMatch(
      /^Stopped \(SIG\w+\)\. No file is half written\. To start again: the same command$/m,
    );
  });

  it('while a bundle is written, which the same command finishes', async () => {
    const disk = join(workspace.root, '../disk');
    const hasBegun = async () => (await readdir(disk).catch(() => [])).length > 0;
    const outcome = await stopped(hasBegun, 'mirror-seq1:bundle', `--output=${disk}`);
    expect(outcome).toMatchObject({ code: 130 });
    expect(outcome.ms).toBeLessThan(5000);
    expect(outcome.output).toContain(
      `seqmirror keeps the files that are complete. To continue: nx run mirror-seq1:bundle --output=${disk}\n`,
    );
    await workspace.nxWorks('run', 'mirror-seq1:bundle', `--output=${disk}`);
    await mustRun('sha256sum', ['-c', '--quiet', '--strict', 'SHA256SUMS'], { cwd: disk, env: process.env });
  });

  it('while layers are uploaded, which the same command finishes', async () => {
    const lift = stalling(registry, /\/blobs\/uploads\/./);
    const args = ['mirror-seq1:upload', `--registry=${registry.host}/mirror`];
    const outcome = await stopped(asked(registry, 'POST', /\/blobs\/uploads\//), ...args);
    expect(outcome).toMatchObject({ code: 130 });
    expect(outcome.ms).toBeLessThan(5000);
    expect(outcome.output).toContain(`The registry keeps what was uploaded. To continue: nx run ${args.join(' ')}\n`);
    lift();
    expect((await workspace.nxWorks('run', ...args)).output).toContain('oc apply -f');
  });
});

/** Layers of zeros, which take no place on the disk and long to hash. */
async function sparseArchive(path: string): Promise<void> {
  const bytes = 8e9;
  const file = await open(path, 'w');
  for (let number = 0; number < 4; number += 1) {
    const digest = `${number}`.repeat(64);
    const header = Buffer.alloc(512);
    header.write('docker', 345);
    header.write(`registry/v2/blobs/sha256/${digest.slice(0, 2)}/${digest}/data`);
    header.write('0000644\0' + '0000000\0'.repeat(2), 100);
    header.write(`${bytes.toString(8).padStart(11, '0')}\0${'0'.repeat(11)}\0        0`, 124);
    header.write('ustar\u000000', 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    await file.write(header, 0, 512, number * (bytes + 512));
  }
  await file.close();
  await truncate(path, 4 * (bytes + 512) + 1024);
}

/** Whether any process has it open. */
async function isOpen(path: string): Promise<boolean> {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const folder = `/proc/${pid}/fd`;
    for (const fd of await readdir(folder).catch(() => []))
      if ((await readlink(join(folder, fd)).catch(() => '')) === path) return true;
  }
  return false;
}
