/**
 * Two people run two mirrors and three sites for two years: by the commands that they type, against real registries and an
 * upstream that changes each month. alpha can be reached from here; bravo gets disks and answers with codes; charlie is
 * behind a diode. On the way: a lost disk of this machine, a damaged archive, two new baselines, a lost transfer, a fork,
 * a rollback, a change of the signing key, and archives that are retired. In CI it takes six months.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sizeOf } from '../../faults/size';
import { defaultScale } from '../../testing/images/catalogue';
import { catalogReference, catalogSpec, ubiSpec } from '../../testing/images/documented';
import { anImage, type ImageSpec } from '../../testing/images/image';
import type { DebianRegistry } from '../../testing/lab/debian-registry';
import { skopeo, startDebianRegistry } from '../../testing/lab/debian-registry';
import { moveTag, startLab, type Lab } from '../../testing/lab/lab';
import { describeWith } from '../../testing/lab/requirements';
import { codeIn } from '../drills/site';
import { mustRun, type Outcome } from '../harness/run';
import { createWorkspace, removeWorkspaces, type Workspace } from '../harness/workspace';

jest.setTimeout(60 * 60_000);

const months = sizeOf({ small: 6, full: 24 });
/** The month in which something happens that happens in this month of two years. */
const inMonth = (ofTwoYears: number): number => Math.max(2, Math.round((ofTwoYears * months) / 24));

const tool = 'quay.io/acme/tool:stable';
const toolOf = (month: number): ImageSpec =>
  anImage(tool, {
    layers: [
      { name: 'tool base', bytes: 40_000 },
      { name: `tool of month ${month}`, bytes: 20_000 },
    ],
  });
const packages = ['web-terminal', 'devworkspace-operator', 'cluster-logging', 'loki-operator'];

/** What the platform needs in a month: more and fewer operators, from the same catalog. */
function selectionOf(month: number): string {
  const chosen = packages.filter((_, index) => index === 0 || ((month >> (index - 1)) & 1) === 1);
  return `kind: ImageSetConfiguration
apiVersion: mirror.openshift.io/v2alpha1
mirror:
  additionalImages:
    - name: registry.redhat.io/ubi9/ubi:9.5
    - name: ${tool}
  operators:
    - catalog: ${catalogReference}
      packages:
${chosen.map((name) => `        - name: ${name}\n`).join('')}`;
}

const toolsSelection = `kind: ImageSetConfiguration
apiVersion: mirror.openshift.io/v2alpha1
mirror:
  additionalImages:
    - name: ${tool}
`;

describeWith(['docker-registry', 'skopeo', 'ssh-keygen'], `${months} months of two mirrors and three sites`, () => {
  let upstream: Lab;
  let registry: DebianRegistry;
  let workspace: Workspace;
  const beside = (name: string): string => join(workspace.root, '..', name);
  const placeOf = (site: string): string => `${registry.host}/${site}`;

  beforeAll(async () => {
    const digestOf = (reference: string): Promise<string> => upstream.digestOf(reference);
    upstream = await startLab({
      images: [...catalogSpec({ scale: defaultScale, digestOf }), ubiSpec(defaultScale), toolOf(1)],
    });
    registry = await startDebianRegistry();
    workspace = await createWorkspace({ env: upstream.env() });
    await promisify(execFile)('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', beside('key1')]);
    for (const mirror of ['platform', 'tools']) {
      await workspace.nxWorks('g', 'seqmirror:mirror', mirror);
      const settings = (await workspace.read(`${mirror}/seqmirror.yaml`)).replace('# engine: auto', 'engine: embedded');
      const hosts = `registries:\n  hosts:\n    '${registry.host}':\n      insecure: true\n`;
      await workspace.write(`${mirror}/seqmirror.yaml`, `${settings}\n${hosts}`);
    }
    await workspace.write(
      'platform/seqmirror.yaml',
      `${await workspace.read('platform/seqmirror.yaml')}signing:\n  with: ssh\n  key: ../../key1\n`,
    );
    await workspace.write('platform/allowed_signers', `us ${await readFile(`${beside('key1')}.pub`, 'utf8')}`);
    const sites = {
      'platform/sites/alpha': `registry: ${placeOf('alpha')}\n`,
      'platform/sites/bravo': '',
      'platform/sites/charlie': 'receipts: none\nassume_after: 1\n',
      'tools/sites/alpha': `registry: ${placeOf('tools')}\n`,
    };
    for (const [folder, rest] of Object.entries(sites))
      await workspace.write(
        `${folder}/site.yaml`,
        `schema: seqmirror/v1\nname: ${folder.slice(folder.lastIndexOf('/') + 1)}\n${rest}`,
      );
    await commit('Begin');
  });
  afterAll(async () => {
    await registry?.stop();
    await upstream?.stop();
    await removeWorkspaces();
  });

  const platform = (...args: readonly string[]): Promise<Outcome> =>
    workspace.seqmirrorWorks(...args, '--mirror=platform');
  const commit = async (message: string): Promise<void> => {
    await workspace.git('add', '--all');
    await workspace.git('commit', '--quiet', '--allow-empty', `--message=${message}`);
  };

  let head = 0;
  let deliveries = 0;

  async function mirrorMonth(month: number, name = `month${month}`): Promise<string> {
    moveTag(upstream, tool, toolOf(month));
    const folder = `seq${head + 1}-${name}`;
    const isBaseline = head === 0 || month === inMonth(9) || month === inMonth(17);
    await workspace.write(`platform/content/${folder}/imageset-config.yaml`, selectionOf(month));
    await workspace.write(
      `platform/content/${folder}/sequence.yaml`,
      `schema: seqmirror/v1\ndescription: ${name}\nbase: ${isBaseline ? 'none' : 'previous'}\nrefresh: true\n`,
    );
    await platform('mirror', `seq${head + 1}`);
    head += 1;
    return folder;
  }

  /** Writes the bundle and carries it over: what the script of the site prints. */
  async function carry(site: string): Promise<Outcome> {
    const disk = beside(`disk${(deliveries += 1)}`);
    await platform('bundle', `--site=${site}`, `--output=${disk}`);
    const outcome = await mustRun(
      'sh',
      ['seq-upload.sh', placeOf(site), '--dest-tls-verify=false', `--site-dir=${beside(site)}`],
      { cwd: disk, env: workspace.env },
    );
    await rm(disk, { recursive: true });
    return outcome;
  }

  async function toBravo(): Promise<void> {
    await platform('acknowledge', 'bravo', `--code=${codeIn(await carry('bravo'))}`);
  }

  async function toCharlie(): Promise<void> {
    await carry('charlie');
    await platform('acknowledge', 'charlie', '--assume');
  }

  async function storeOf(): Promise<string> {
    const folders = await readdir(workspace.dataFolder);
    const data = folders.find((name) => name.startsWith('platform')) ?? '';
    return join(workspace.dataFolder, data, 'store');
  }

  /** Every sequence whose archives validate misses or finds damaged is made again. */
  async function repair(): Promise<void> {
    const { stdout } = await workspace.seqmirror('validate', '--depth=deep', '--json', '--mirror=platform');
    const { sequences } = JSON.parse(stdout) as { sequences: { number: number; verdict: string }[] };
    const broken = sequences.filter(({ verdict }) => !/^(?:PROVEN|RETIRED)/.test(verdict));
    expect(broken.length).toBeGreaterThan(0);
    for (const { number } of broken) await platform('reissue', `seq${number}`);
    await platform('validate', '--depth=deep');
  }

  async function loseDisk(): Promise<void> {
    await rm(await storeOf(), { recursive: true, force: true });
    const content = await readdir(join(workspace.root, 'platform/content'));
    for (const folder of content.filter((name) => /^seq\d/.test(name)))
      await rm(join(workspace.root, 'platform/content', folder, 'mirror_000001.tar'), { force: true });
    await repair();
  }

  async function damageNewest(): Promise<void> {
    const store = await storeOf();
    const newest = (await readdir(store)).find((name) => name.startsWith(`seq${head}-`)) ?? '';
    const path = join(store, newest, 'mirror_000001.tar');
    await chmod(path, 0o644);
    const file = await open(path, 'r+');
    const byte = Buffer.alloc(1);
    // In the first blob, whose content begins after its header.
    await file.read(byte, 0, 1, 600);
    await file.write(Buffer.from([(byte[0] ?? 0) ^ 1]), 0, 1, 600);
    await file.close();
    await repair();
  }

  async function loseTransfer(): Promise<void> {
    const disk = beside('lost');
    const { stdout } = await platform('bundle', '--site=bravo', `--output=${disk}`, '--json');
    await rm(disk, { recursive: true });
    const { transfer } = JSON.parse(stdout) as { transfer: { id: string } };
    await platform('acknowledge', 'bravo', `--lost=${transfer.id}`);
  }

  /** A branch seals the number that main seals too. main was merged first, and the branch's sequence gets the next number. */
  async function fork(month: number): Promise<void> {
    await workspace.git('checkout', '--quiet', '-b', 'hotfix');
    const theirs = await mirrorMonth(month, 'hotfix');
    await commit('Hotfix');
    await workspace.git('checkout', '--quiet', 'main');
    await rm(join(workspace.root, 'platform/content', theirs), { recursive: true, force: true });
    head -= 1;
    await mirrorMonth(month, 'beside');
    await commit('Beside');
    await expect(workspace.git('merge', '--quiet', 'hotfix')).rejects.toThrow('chain.lock');
    await workspace.git('checkout', '--ours', 'platform/content/chain.lock');
    await platform('renumber', `--folder=${theirs}`);
    head += 1;
    await platform('sign');
    await commit('Merge');
    await workspace.git('branch', '--quiet', '-D', 'hotfix');
  }

  async function rollBackAndForward(): Promise<void> {
    const options = ['rollback', 'alpha', '--tags', `--to=seq${head - 1}`];
    const { stdout } = await platform(...options);
    const [apply = ''] = /--apply=b[0-9a-f]{12}/.exec(stdout) ?? [];
    await platform(...options, apply);
    await agrees('alpha', head - 1);
    await platform('upload', `seq${head}`, '--site=alpha');
    await agrees('alpha', head);
  }

  async function changeKey(): Promise<void> {
    await promisify(execFile)('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', beside('key2')]);
    const keys = await Promise.all(['key1', 'key2'].map((key) => readFile(`${beside(key)}.pub`, 'utf8')));
    await workspace.write('platform/allowed_signers', keys.map((key) => `us ${key}`).join(''));
    const settings = await workspace.read('platform/seqmirror.yaml');
    await workspace.write('platform/seqmirror.yaml', settings.replace('../../key1', '../../key2'));
    await platform('sign');
  }

  let retired = 0;
  async function prune(): Promise<void> {
    await mkdir(beside('old'), { recursive: true });
    const options = ['prune', '--keep=3', `--to=${beside('old')}`];
    const { stdout } = await platform(...options);
    const [apply] = /--apply=p[0-9a-f]{12}/.exec(stdout) ?? [];
    if (apply === undefined) return;
    await platform(...options, apply);
    retired += 1;
  }

  /** Whether the registry of a site has exactly these images of a sequence, as skopeo sees it. */
  async function agrees(site: string, sequence: number, { mirror = 'platform' } = {}): Promise<void> {
    const folder = beside(`images-of-seq${sequence}`);
    await workspace.seqmirrorWorks('bundle', `seq${sequence}`, `--output=${folder}`, `--mirror=${mirror}`);
    const lines = (await readFile(join(folder, 'images.txt'), 'utf8')).trim().split('\n');
    await rm(folder, { recursive: true });
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) {
      const [place = '', digest] = line.split('@');
      const manifest = await skopeo(['inspect', '--raw', `docker://${placeOf(site)}/${place}`]);
      expect([site, place, `sha256:${createHash('sha256').update(manifest).digest('hex')}`]).toEqual([
        site,
        place,
        digest,
      ]);
    }
  }

  it('ends with three sites that have what they acknowledged, and with nothing lost that anybody needs', async () => {
    for (let month = 1; month <= months; month += 1) {
      if (month === inMonth(13)) await fork(month);
      else await mirrorMonth(month);
      await commit(`Month ${month}`);
      if (month === inMonth(5)) await loseDisk();
      if (month === inMonth(7)) await damageNewest();
      await platform('upload', `seq${head}`, '--site=alpha');
      if (month === inMonth(11)) await loseTransfer();
      if (month % 3 === 2) await toBravo();
      if (month % 2 === 0) await toCharlie();
      if (month === inMonth(15)) await rollBackAndForward();
      if (month === inMonth(16)) await changeKey();
      if (month % 4 === 0) {
        await prune();
        const number = month / 4;
        await workspace.write(`tools/content/seq${number}-quarter/imageset-config.yaml`, toolsSelection);
        await workspace.write(
          `tools/content/seq${number}-quarter/sequence.yaml`,
          `schema: seqmirror/v1\ndescription: quarter\nrefresh: true\n`,
        );
        await workspace.seqmirrorWorks('mirror', `seq${number}`, '--mirror=tools');
        await workspace.seqmirrorWorks('upload', `seq${number}`, '--site=alpha', '--mirror=tools');
      }
      await commit(`End of month ${month}`);
    }
    expect(retired).toBeGreaterThan(0);

    const status = JSON.parse((await platform('status', '--json')).stdout) as {
      sites: { site: string; head?: { number: number } }[];
    };
    const heads = new Map(status.sites.map(({ site, head: its }) => [site, its?.number]));
    expect(heads.get('alpha')).toBe(head);
    for (const [site, number] of heads) await agrees(site, number ?? 0);
    await agrees('tools', Math.floor(months / 4), { mirror: 'tools' });
    expect((await platform('drift', 'alpha')).output).toContain('nothing is missing');

    // What bravo lacks can still be sent, whatever was retired meanwhile.
    if (heads.get('bravo') !== head) await toBravo();
    await agrees('bravo', head);
    await platform('validate', '--depth=deep');

    const { stdout: metrics } = await platform('metrics');
    expect(metrics).toMatch(new RegExp(`^seqmirror_sequences\\{.*state="sealed".*\\} ${head}$`, 'm'));
    for (const site of ['alpha', 'bravo'])
      expect(metrics).toMatch(new RegExp(`^seqmirror_site_lag_sequences\\{.*site="${site}".*\\} 0$`, 'm'));
    await platform('report', `--output=${beside('report')}`);
    const page = await readFile(join(beside('report'), 'report.json'), 'utf8').catch(async () =>
      (await readdir(beside('report'))).join(' '),
    );
    expect(page).toContain('bravo');
  });
});
