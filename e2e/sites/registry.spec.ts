import type { DebianRegistry } from '../../testing/lab/debian-registry';
import { skopeo, startDebianRegistry } from '../../testing/lab/debian-registry';
import type { Lab } from '../../testing/lab/lab';
import { describeWith } from '../../testing/lab/requirements';
import { configOf, preparedWorkspace, startSmallUpstream } from '../harness/small-chain';
import { removeWorkspaces, type Workspace } from '../harness/workspace';

jest.setTimeout(10 * 60_000);

describeWith(['docker-registry', 'skopeo'], 'the registry of a site, by the packed plugin', () => {
  let upstream: Lab;
  let workspace: Workspace;
  let registry: DebianRegistry;

  beforeAll(async () => {
    upstream = await startSmallUpstream();
    workspace = await preparedWorkspace(upstream, 'seq3');
    registry = await startDebianRegistry({ allowDelete: true });
    const settings = await workspace.read('mirror/seqmirror.yaml');
    await workspace.write(
      'mirror/seqmirror.yaml',
      `${settings}\nregistries: { hosts: { '${registry.host}': { insecure: true } } }\n`,
    );
    await workspace.write(
      'mirror/sites/bravo/site.yaml',
      `schema: seqmirror/v1\nname: bravo\nregistry: ${registry.host}/mirror\n`,
    );
    for (const sequence of ['seq1', 'seq3']) await workspace.seqmirrorWorks('upload', sequence, '--site=bravo');
  });
  afterAll(async () => {
    await registry?.stop();
    await removeWorkspaces();
    await upstream.stop();
  });

  const idIn = (text: string): string => /--apply=[bc][0-9a-f]{12}/.exec(text)?.[0] ?? '';
  const isThere = (place: string): Promise<boolean> =>
    skopeo(['inspect', '--raw', `docker://${registry.host}/mirror/${place}`]).then(
      () => true,
      () => false,
    );

  it('goes back by Nx, in two steps, and forward again', async () => {
    const { stdout: plan } = await workspace.nxWorks('run', 'mirror-site-bravo:rollback', '--tags', '--to=seq1');
    expect(plan).toContain('nothing was changed');
    const { stdout } = await workspace.nxWorks('run', 'mirror-site-bravo:rollback', '--tags', '--to=seq1', idIn(plan));
    expect(stdout).toContain('bravo: has seq1; its ledger said seq3 before');
    expect((await workspace.seqmirrorWorks('upload', 'seq3', '--site=bravo')).output).toContain('already has all');
  });

  it('has its old images deleted by Nx, in two steps', async () => {
    const nothing = await workspace.nxWorks('run', 'mirror-site-bravo:cleanup');
    expect(nothing.stdout).toContain('has no image that can be deleted');
    await workspace.write('mirror/content/seq4-less/imageset-config.yaml', configOf(2));
    await workspace.seqmirrorWorks('mirror', 'seq4');
    await workspace.seqmirrorWorks('upload', 'seq4', '--site=bravo');
    expect(await isThere('acme/web:3.0')).toBe(true);
    const { stdout: plan } = await workspace.nxWorks('run', 'mirror-site-bravo:cleanup', '--keep=1');
    expect(plan).toContain('acme/web:3.0');
    const changed = await workspace.nx('run', 'mirror-site-bravo:cleanup', '--keep=2', idIn(plan));
    expect(changed.code).not.toBe(0);
    expect(changed.output).toContain('SEQ0661');
    await workspace.nxWorks('run', 'mirror-site-bravo:cleanup', '--keep=1', idIn(plan));
    expect([await isThere('acme/web:3.0'), await isThere('ubi9/ubi:9.5')]).toEqual([false, true]);
    expect((await workspace.seqmirrorWorks('drift', 'bravo')).output).toContain('nothing is missing');
  });

  it('has a plan for its clusters, also for programs', async () => {
    const { stdout } = await workspace.nxWorks('run', 'mirror-site-bravo:apply');
    expect(stdout).toContain('1. itms-oc-mirror.yaml');
    const { stdout: json } = await workspace.seqmirrorWorks('apply', 'bravo', '--json');
    expect(JSON.parse(json)).toMatchObject({ schema: 'seqmirror/apply/v1', kind: 'planned', sequence: { number: 4 } });
    const wrong = await workspace.seqmirror('apply', 'bravo', '--at=latest');
    expect(wrong.output).toContain('SEQ0663');
  });
});
