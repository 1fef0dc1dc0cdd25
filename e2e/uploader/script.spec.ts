/** Far sides that have Node and no oc-mirror: seq-upload.sh and the uploader that bundles enclose. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, chmod, cp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { DebianRegistry } from '../../testing/lab/debian-registry';
import { startDebianRegistry } from '../../testing/lab/debian-registry';
import { startLab } from '../../testing/lab/lab';
import { describeWith } from '../../testing/lab/requirements';
import { sumUp } from '../../testing/worlds/carried';
import { sealedFolders } from '../harness/chain-records';
import { sha256Of } from '../harness/file-tree';
import type { Outcome } from '../harness/run';
import type { FarSide } from '../upload-script/far-side.fixture';
import { startFarSide } from '../upload-script/far-side.fixture';
import type { Shell } from '../upload-script/toolbox.fixture';
import { shells, where } from '../upload-script/toolbox.fixture';
import type { BundledChain } from './bundled-chain.fixture';
import { app, bundledChain, differencesAt, tool, ubi, volumesIn } from './bundled-chain.fixture';

jest.setTimeout(10 * 60_000);

const references = [ubi, tool, app];
const insecure = '--dest-tls-verify=false';

describeWith(['docker-registry', 'skopeo', 'busybox'], 'a bundle on a far side without oc-mirror', () => {
  let chain: BundledChain;
  let baseline: string;
  let volumes: string[];
  let registry: DebianRegistry;
  let far: FarSide;
  let other: FarSide;
  let silent: Promise<Outcome>;

  beforeAll(async () => {
    chain = await bundledChain();
    ({ baseline } = chain.bundles);
    volumes = await volumesIn(chain.bundles.volumes);
    // Nothing listens there, which takes a dozen seconds of waiting to be sure of; the cases run meanwhile.
    other = await machineOf('dash');
    silent = other.script(baseline, ['127.0.0.1:1', insecure]);
  });
  afterAll(async () => {
    await silent;
    await other?.close();
    await chain?.close();
  });
  beforeEach(async () => {
    registry = await startDebianRegistry();
  });
  afterEach(async () => {
    await far?.close();
    await registry?.stop();
  });

  /** A machine with this shell and Node, and neither oc-mirror nor skopeo nor curl. */
  const machineOf = async (shell: Shell, { node = true } = {}): Promise<FarSide> => {
    const made = await startFarSide(shell);
    await rm(join(made.bin, 'oc-mirror'));
    if (node) await symlink(process.execPath, join(made.bin, 'node'));
    return made;
  };
  const machine = async (shell: Shell, options?: { node: boolean }): Promise<void> => {
    far = await machineOf(shell, options);
  };
  /** Files of the site's folder, without `lock` and the like. */
  const site = (...names: string[]) => join(far.home, '.seqmirror', mirrorId, ...names);
  let mirrorId = '';
  beforeAll(async () => {
    mirrorId = /^mirror=(.*)$/m.exec(await readFile(join(baseline, 'bundle.env'), 'utf8'))?.[1] ?? '';
  });

  it('encloses the uploader with its sum, which is that of the package', async () => {
    execFileSync('sha256sum', ['-c', '--quiet', 'SHA256SUMS'], { cwd: baseline });
    const published = join(chain.workspace.root, 'node_modules/seqmirror/dist/uploader/seqmirror-upload.js.sha256');
    const sums = await readFile(join(baseline, 'SHA256SUMS'), 'utf8');
    expect(sums.split('\n')).toContain((await readFile(published, 'utf8')).trim());
    expect(await readFile(join(baseline, 'README.txt'), 'utf8')).toContain('the script runs seqmirror-upload.js');
  });

  it('uploads again, with --again, what the registry has lost since', async () => {
    await machine('dash');
    const run = (...args: string[]) => far.script(baseline, [registry.host, insecure, ...args]);
    expect(await run()).toMatchObject({ code: 0 });
    const blobs = join(registry.folder, 'docker/registry/v2/blobs/sha256');
    const files = (await readdir(blobs, { recursive: true })).filter((name) => name.endsWith('/data'));
    const sizes = await Promise.all(files.map(async (name) => (await stat(join(blobs, name))).size));
    const largest = join(blobs, files[sizes.indexOf(Math.max(...sizes))] ?? '');
    await rm(largest);
    const again = await run('--again');
    expect([again.code, again.output]).toEqual([0, expect.stringMatching(/[1-9][\d.]* MiB uploaded/)]);
    expect((await stat(largest)).size).toBe(Math.max(...sizes));
  });

  for (const { shell } of shells) {
    it(`is uploaded by Node under ${shell}, from a medium that cannot be written, and once only`, async () => {
      await machine(shell);
      const disc = join(far.media, 'a disc');
      await cp(baseline, disc, { recursive: true });
      execFileSync('chmod', ['-R', 'a-w', disc]);
      const isRoot = process.getuid?.() === 0;
      if (isRoot) {
        await chmod(join(far.media, '..'), 0o755);
        await chmod(far.home, 0o777);
      }
      const prefix = isRoot ? [where('setpriv'), '--reuid=65534', '--regid=65534', '--clear-groups'] : [];
      const run = (...args: string[]) => far.script(disc, [`${registry.host}/far/side`, insecure, ...args], { prefix });

      const dry = await run('--dry-run');
      expect(dry).toMatchObject({ code: 0, stderr: '' });
      expect(dry.stdout).toMatch(/seqmirror-upload\.js'? (?:\\\n +)?--bundle/);
      expect(await (await fetch(`${registry.url}/v2/_catalog`)).json()).toEqual({ repositories: [] });

      const first = await run('--site=bravo');
      expect([first.code, first.output]).toEqual([0, expect.stringContaining('oc apply -f itms-oc-mirror.yaml')]);
      expect(await differencesAt(chain, registry, { references, namespace: '/far/side' })).toEqual([]);
      expect(await readdir(site('cluster-resources', 'seq3-move-ubi'))).toEqual(['itms-oc-mirror.yaml']);

      const [, , sealed] = await sealedFolders(join(chain.workspace.root, 'mirror/content'));
      const [name = ''] = await readdir(site('receipts'));
      const receipt = await readFile(site('receipts', name), 'utf8');
      const facts = Object.fromEntries([...receipt.matchAll(/^(\w+)=(.*)$/gm)].map(([, key, value]) => [key, value]));
      // images.txt names each image that is to be verified, one a line.
      const images = join(baseline, 'images.txt');
      expect(facts).toMatchObject({
        site: 'bravo',
        sequence: '3',
        seal: sealed?.seal,
        verified: `sha256:${await sha256Of(images)}`,
        images: String((await readFile(images, 'utf8')).trimEnd().split('\n').length),
        held_in: 'registry',
      });

      const second = await run();
      expect(second).toMatchObject({ code: 0, stderr: '' });
      expect(second.stdout).toMatch(/seq3-move-ubi is in .* since .*: nothing to do/);
      const again = await run('--again');
      expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('3 images (3 unchanged), 0 B uploaded')]);
      execFileSync('chmod', ['-R', 'u+w', disc]);
    });
  }

  it('in several volumes with an archive in pieces is uploaded when all were taken in, and acknowledged', async () => {
    await machine('dash');
    expect(volumes.length).toBeGreaterThan(1);
    expect(await readFile(join(volumes[0] ?? '', 'bundle.env'), 'utf8')).toMatch(/^split=/m);
    for (const volume of volumes) {
      expect((await stat(join(volume, 'seqmirror-upload.js'))).size).toBeGreaterThan(1_000_000);
      expect(await du(volume)).toBeLessThan(6_500_000);
    }
    const [first = '', ...others] = volumes;
    const early = await far.script(first, [registry.host, insecure]);
    expect([early.code, early.stderr]).toEqual([5, expect.stringContaining('not ingested yet')]);
    for (const volume of [...others, first]) {
      const taken = await far.script(volume, ['ingest']);
      expect([taken.code, taken.stderr]).toEqual([0, '']);
    }
    const uploaded = await far.script(first, [registry.host, insecure]);
    expect([uploaded.code, uploaded.output]).toEqual([0, expect.stringContaining('Receipt: ')]);
    expect(await differencesAt(chain, registry, { references })).toEqual([]);

    const [name = ''] = await readdir(site('receipts'));
    await chain.workspace.write('receipt', await readFile(site('receipts', name), 'utf8'));
    const { output } = await chain.workspace.seqmirrorWorks('acknowledge', 'bravo', '--receipt=receipt');
    expect(output).toContain('bravo: has seq3, attested (registry)');
  });

  it('says what to install if there is neither Node nor oc-mirror', async () => {
    await machine('dash', { node: false });
    const { code, stderr } = await far.script(baseline, [registry.host, insecure]);
    expect(code).toBe(6);
    expect(stderr).toContain('oc-mirror is not installed, and Node is not installed for the enclosed uploader');
    expect(stderr).toContain('install Node 20.3 or later');
  });

  it('is not uploaded by a program that is not covered by its sums, or was changed', async () => {
    await machine('dash');
    const disc = join(far.media, 'altered');
    await cp(baseline, disc, { recursive: true });
    await appendFile(join(disc, 'seqmirror-upload.js'), '\n// and more\n');
    const changed = await far.script(disc, [registry.host, insecure]);
    expect([changed.code, changed.stderr]).toEqual([3, expect.stringContaining('damaged: seqmirror-upload.js')]);
    const unread = await far.script(disc, [registry.host, insecure, '--skip-sums']);
    expect([unread.code, unread.stderr]).toEqual([3, expect.stringContaining('seqmirror-upload.js was changed')]);
    await takeStatementAway(disc);
    const sums = await readFile(join(disc, 'SHA256SUMS'), 'utf8');
    await writeFile(join(disc, 'SHA256SUMS'), sums.replace(/.*seqmirror-upload\.js\n/, ''));
    const uncovered = await far.script(disc, [registry.host, insecure]);
    expect([uncovered.code, uncovered.stderr]).toEqual([
      3,
      expect.stringContaining('SHA256SUMS does not list seqmirror-upload.js'),
    ]);
  });

  it('stops at Ctrl-C while the uploader is at work, and goes on when it is run again', async () => {
    await machine('dash');
    const slow = await startLab({ images: [] });
    try {
      const release = slow.fault({ match: { method: 'PUT' }, action: { status: 429, retryAfter: 600 } });
      const child = spawn(where('dash'), [join(baseline, 'seq-upload.sh'), slow.host, insecure], {
        env: { PATH: far.bin, HOME: far.home },
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true,
      });
      let said = '';
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => (said += text));
      const ended = once(child, 'close') as Promise<[number | null]>;
      while (!slow.journal.entries.some(({ method }) => method === 'PUT') && child.exitCode === null)
        await setTimeout(20);
      // As a terminal does: to the shell and to all that it started.
      process.kill(-(child.pid as number), 'SIGINT');
      const [stoppedBy] = await ended;
      expect([stoppedBy, said]).toEqual([130, expect.stringContaining('run the same command again')]);
      expect(slow.journal.entries.some(({ method }) => method === 'PUT')).toBe(true);
      expect(await readdir(site())).not.toContain('lock');
      await expect(readFile(site('ledger'), 'utf8')).rejects.toThrow('ENOENT');
      release();
      const { code, output } = await far.script(baseline, [slow.host, insecure]);
      expect([code, output]).toEqual([0, expect.stringContaining('Done: seq3-move-ubi is in')]);
    } finally {
      await slow.stop();
    }
  });

  it('says by the uploader what is wrong, and ends with its number', async () => {
    await machine('dash');
    const disc = join(far.media, 'damaged');
    await cp(baseline, disc, { recursive: true });
    const archive = join(disc, 'archives/mirror_000001.tar');
    const content = await readFile(archive);
    content.write('not what was sealed', content.length >> 1);
    await writeFile(archive, content);
    await takeStatementAway(disc);
    const { code, output } = await far.script(disc, [registry.host, insecure]);
    expect([code, output]).toEqual([3, expect.stringMatching(/\| SEQ0523 .*[^]*seqmirror-upload\.js ended with 3/)]);

    const unheard = await silent;
    expect([unheard.code, unheard.output]).toEqual([8, expect.stringMatching(/\| SEQ0503 .*[^]*ended with 8/)]);
  });
});

async function du(folder: string): Promise<number> {
  return Number(execFileSync('du', ['--bytes', '--summarize', folder], { encoding: 'utf8' }).split('\t')[0]);
}

/** As somebody does who changes a bundle that is not signed, and computes its sums again. */
async function takeStatementAway(disc: string): Promise<void> {
  const file = join(disc, 'bundle.env');
  await writeFile(file, (await readFile(file, 'utf8')).replace(/^statement=.*\n/m, ''));
  await rm(join(disc, 'bundle-statement.env'));
  await sumUp(disc);
}
