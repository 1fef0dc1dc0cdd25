/** `nx g seqmirror:demo`, and then the commands of the README that it writes, in a shell as they stand there. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { access, readdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { mustRun, run, type Outcome } from '../harness/run';
import { createWorkspace, removeWorkspaces, type Workspace } from '../harness/workspace';

jest.setTimeout(5 * 60_000);

/** Two free ports beside each other. */
async function freePorts(): Promise<number> {
  const first = createServer().listen(0, '127.0.0.1');
  await once(first, 'listening');
  const { port } = first.address() as AddressInfo;
  const second = createServer().listen(port + 1, '127.0.0.1');
  const isFree = await once(second, 'listening').then(
    () => port < 65_535,
    () => false,
  );
  for (const server of [first, second]) server.close();
  return isFree ? port : freePorts();
}

interface DemoProject {
  readonly targets: { readonly upstream: { readonly options: { readonly command: string } } };
}

describe('the demo', () => {
  let workspace: Workspace;
  let env: NodeJS.ProcessEnv;
  let steps: readonly string[];
  let temporary: string;
  let registries: ChildProcess | undefined;

  /** Runs a step of README.md. */
  const typed = (number: number, fill: (text: string) => string = (text) => text): Promise<Outcome> =>
    mustRun('sh', ['-ec', fill(steps[number - 1] ?? 'false')], { cwd: workspace.root, env });

  beforeAll(async () => {
    workspace = await createWorkspace();
    temporary = join(workspace.root, '../temporary');
    await mustRun('mkdir', [temporary], { cwd: workspace.root, env: workspace.env });
    // Whatever would ask another host fails: nothing listens at port 9 of this machine.
    const proxy = { HTTPS_PROXY: 'http://127.0.0.1:9', HTTP_PROXY: 'http://127.0.0.1:9', NO_PROXY: '127.0.0.1' };
    const PATH = `${join(workspace.root, 'node_modules/.bin')}:${workspace.env['PATH']}`;
    env = { ...workspace.env, ...proxy, PATH, TMPDIR: temporary };
    await mustRun('nx', ['g', 'seqmirror:demo', `--port=${await freePorts()}`], { cwd: workspace.root, env });
    const readme = await workspace.read('demo/README.md');
    steps = [...readme.matchAll(/^ {3}```sh\n([^]*?)^ {3}```$/gm)].map(([, text = '']) => text);
    expect(steps).toHaveLength(6);
  });
  afterAll(async () => {
    if (registries?.exitCode === null) registries.kill('SIGKILL');
    await removeWorkspaces();
  });

  it('starts two registries, says where they are, and refuses to start them twice', async () => {
    const shell = spawn('sh', ['-c', `exec ${steps[0]?.trim()}`], {
      ...{ cwd: workspace.root, env, stdio: ['ignore', 'pipe', 'inherit'] as const },
    });
    registries = shell;
    for await (const line of createInterface({ input: shell.stdout })) if (line.startsWith('Both stop')) break;
    shell.stdout.resume();
    // Nx would wait for the task that runs already.
    const { targets } = JSON.parse(await workspace.read('demo/project.json')) as DemoProject;
    const second = await run('sh', ['-c', targets.upstream.options.command], { cwd: workspace.root, env });
    expect(second.code).toBe(1);
    expect(second.output).toMatch(/Another program listens on 127\.0\.0\.1:\d+\. Stop it/);
  });

  it('mirrors three sequences, and lists them', async () => {
    const { output } = await typed(2);
    expect(output).toContain('3 sealed; a new site needs');
  });

  it('carries them to the registry of the site, and knows that the site has them', async () => {
    await typed(3);
    const { output } = await typed(4);
    const [, code = ''] = /this code: {2}(\S+)/.exec(output) ?? [];
    const acknowledged = await typed(5, (text) => text.replace('<code>', code));
    expect(acknowledged.output).toMatch(/^bravo +seq3 +attested +registry .* nothing/m);
  });

  it('commits only what a person would keep', async () => {
    await workspace.git('add', '--all');
    const { stdout } = await workspace.git('ls-files', 'demo');
    expect(stdout).not.toMatch(/disk|far-side|\.tar/);
    expect(stdout).toContain('demo/sites/bravo/transfers/T0001.yaml\n');
  });

  it('is not made again where it is', async () => {
    const { code, output } = await workspace.nx('g', 'seqmirror:demo');
    expect(code).toBe(1);
    expect(output).toContain('SEQ0194 The folder demo exists already');
  });

  it('leaves nothing when its registries stop and it is removed', async () => {
    const ended = once(registries as ChildProcess, 'exit');
    registries?.kill('SIGTERM');
    await ended;
    await typed(6);
    const [data = ''] = /\S+$/.exec(steps[5]?.trim() ?? '') ?? [];
    await expect(access(data)).rejects.toThrow('ENOENT');
    expect(data.startsWith(workspace.dataFolder)).toBe(true);
    expect(await workspace.projects()).toEqual([]);
    expect((await readdir(temporary)).filter((name) => name.startsWith('seqmirror'))).toEqual([]);
  });
});
