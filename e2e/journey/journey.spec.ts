/** The main job as a user does it, with the packed package and no other program: from an empty monorepo to a site's receipt. */
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../../testing/lab/lab';
import { startLab } from '../../testing/lab/lab';
import { foundSealed } from '../harness/cache-hits';
import { fileTree } from '../harness/file-tree';
import { mustRun } from '../harness/run';
import { generateSmallChain, smallChain, startSmallUpstream, workspaceWithMirror } from '../harness/small-chain';
import { removeWorkspaces, type Workspace, asNxDoes } from '../harness/workspace';

jest.setTimeout(10 * 60_000);

describe('from an empty monorepo to what a site says it has', () => {
  let upstream: Lab;
  let there: Lab;
  let workspace: Workspace;
  const away = (name: string) => join(workspace.root, '..', name);

  beforeAll(async () => {
    upstream = await startSmallUpstream();
    there = await startLab({ images: [] });
    workspace = await workspaceWithMirror(upstream, { env: asNxDoes });
  });
  afterAll(async () => {
    await Promise.all([upstream?.stop(), there?.stop()]);
    await removeWorkspaces();
  });

  it('scaffolds three sequences, and Nx knows what builds on what', async () => {
    await generateSmallChain(workspace);
    await workspace.nxWorks('g', 'seqmirror:site', 'bravo');
    expect(await workspace.edges()).toEqual([
      'mirror → mirror-seq3',
      'mirror-seq2 → mirror-seq1',
      'mirror-seq3 → mirror-seq2',
    ]);
  });

  it('mirrors them in order, and leaves alone what is sealed', async () => {
    await workspace.nxWorks('run', 'mirror:seq3');
    const sealed = /^\d+ (\S+) sha256:/gm;
    const lock = await workspace.read('mirror/content/chain.lock');
    expect([...lock.matchAll(sealed)].map(([, folder]) => folder)).toEqual(smallChain);
    const before = await fileTree(join(workspace.root, 'mirror'));
    expect(foundSealed(await workspace.nxWorks('run', 'mirror:seq3'))).toBe(3);
    expect(await fileTree(join(workspace.root, 'mirror'))).toEqual(before);
  });

  it('proves every byte of them', async () => {
    const { output } = await workspace.nxWorks('run', 'mirror:validate');
    expect(output).toContain('3 PROVEN');
  });

  it('bundles what the site lacks, which sha256sum verifies', async () => {
    await workspace.nxWorks('run', 'mirror-seq3:bundle', '--site=bravo', `--output=${away('disk')}`);
    await mustRun('sha256sum', ['-c', '--quiet', 'SHA256SUMS'], { cwd: away('disk'), env: workspace.env });
  });

  it("is uploaded by what the bundle encloses, with the upstream's digests", async () => {
    await mkdir(away('site'));
    const env = { PATH: process.env['PATH'], HOME: away('site'), SEQMIRROR_SITE_DIR: away('site') };
    const upload = ['seq-upload.sh', there.host, '--dest-tls-verify=false', '--engine=enclosed'];
    await mustRun('sh', upload, { cwd: away('disk'), env });
    const config = await workspace.read(`mirror/content/${smallChain[2]}/imageset-config.yaml`);
    const references = [...config.matchAll(/- name: (\S+)/g)].map(([, reference = '']) => reference);
    expect(references).toHaveLength(3);
    for (const reference of references) {
      const [, repository, tag] = /^[^/]+\/(.+):([^:]+)$/.exec(reference) ?? [];
      const answer = await fetch(`${there.url}/v2/${repository}/manifests/${tag}`, { headers: { accept: '*/*' } });
      expect([reference, answer.headers.get('docker-content-digest')]).toEqual([
        reference,
        await upstream.digestOf(reference),
      ]);
    }
  });

  it('takes the receipt, and knows by it what the site has', async () => {
    const [receipt = ''] = await readdir(away('site/receipts'));
    const file = join(away('site/receipts'), receipt);
    await workspace.nxWorks('run', 'mirror-site-bravo:acknowledge', `--receipt=${file}`);
    const { output } = await workspace.nxWorks('run', 'mirror:status');
    expect(output).toMatch(/bravo +seq3 +attested/);
    expect(await workspace.read('mirror/sites/bravo/ledger.yaml')).toMatch(/sequence: 3\n.*\n +confidence: attested\n/);
  });
});
