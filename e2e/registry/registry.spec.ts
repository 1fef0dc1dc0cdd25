import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anImage } from '../../testing/images/image';
import { skopeo, startDebianRegistry, type DebianRegistry } from '../../testing/lab/debian-registry';
import { defaultPassword, defaultUser } from '../../testing/lab/registry/access';
import { describeWith } from '../../testing/lab/requirements';
import { planSequence } from '../harness/image-set';
import { mustRun, run } from '../harness/run';
import { mirrorInOrder, preparedWorkspace } from '../harness/small-chain';
import { removeWorkspaces, type Workspace } from '../harness/workspace';
import { digestAt, images, startDebianUpstream, withoutHost, type DebianUpstream } from './debian-upstream';
import { entriesOf } from './nested-index';

jest.setTimeout(5 * 60_000);

const sequences = ['seq1-baseline', 'seq2-add-etcd', 'seq3-rename'] as const;

describeWith(['docker-registry', 'skopeo'], "three sequences from Debian's docker-registry", () => {
  let upstream: DebianUpstream;
  let workspace: Workspace;
  /** The registry beyond the gap, over nothing but `docker/` of the archives. */
  let site: DebianRegistry;
  let folder: string;
  /** Root digests at the source, by where each image is to arrive. */
  const arriving = new Map<string, string>();
  const contentOf = (sequence: string) => join(workspace.root, 'mirror/content', sequence);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'seqmirror-beyond-'));
    upstream = await startDebianUpstream();
    workspace = await preparedWorkspace(upstream, 'mirror');
    const { signed, docker, list, plain, nested, blocked } = images;
    const [listDigest, plainDigest] = [await upstream.digestOf(list), await upstream.digestOf(plain)];
    const listByDigest = `${list.slice(0, list.indexOf(':'))}@${listDigest}`;

    const first = [signed, docker, nested, blocked];
    const second = [...first, listByDigest, `${plain}@${plainDigest}`];
    const third = [...second, `name: ${list}\ntargetRepo: lab/etcd\ntargetTag: stable`];
    for (const [index, entries] of [first, second, third].entries())
      await planSequence(workspace, sequences[index] as string, entries, { blocked: ['secret-.*:2'] });

    await mirrorInOrder(workspace, ['seq1', 'seq2']);
    // What `latest` does every week: the tag is another image when seq3 is mirrored.
    await upstream.push(anImage(docker, { format: 'docker', layers: ['debian', 'nginx', 'nginx, patched'] }));
    for (const reference of [signed, docker, nested]) {
      arriving.set(withoutHost(reference), await upstream.digestOf(reference));
    }
    arriving.set(`coreos/etcd:${listDigest.replace(':', '-')}`, listDigest);
    arriving.set(withoutHost(plain), plainDigest);
    arriving.set('lab/etcd:stable', listDigest);
    await mirrorInOrder(workspace, ['seq3']);

    const beyond = join(folder, 'beyond');
    await mkdir(beyond);
    for (const sequence of sequences) {
      const args = ['--extract', `--file=${join(contentOf(sequence), 'mirror_000001.tar')}`, '--wildcards', 'docker/*'];
      await mustRun('tar', args, { cwd: beyond, env: process.env });
    }
    site = await startDebianRegistry({ folder: beyond, readOnly: true });
  });
  afterAll(async () => {
    await site?.stop();
    await upstream?.stop();
    await removeWorkspaces();
    await rm(folder, { recursive: true, force: true });
  });

  it('are sealed: a baseline and two differentials', async () => {
    const { stdout } = await workspace.seqmirrorWorks('list', '--json');
    const { sequences: listed } = JSON.parse(stdout.slice(stdout.indexOf('{'), stdout.lastIndexOf('}') + 1)) as {
      sequences: { folder: string; sealed: { type: string; needs: string[]; images: number } }[];
    };
    expect(listed.map(({ folder: name, sealed }) => [name, sealed.type, sealed.needs, sealed.images])).toEqual([
      ['seq1-baseline', 'baseline', [], 3],
      ['seq2-add-etcd', 'differential', ['seq1'], 5],
      ['seq3-rename', 'differential', ['seq1', 'seq2'], 6],
    ]);
  });

  it.each(sequences)('%s has archives that sha256sum and tar accept', async (sequence) => {
    const options = { cwd: contentOf(sequence), env: process.env };
    expect((await mustRun('sha256sum', ['--check', '--strict', 'SHA256SUMS'], options)).stdout).toBe(
      'mirror_000001.tar: OK\n',
    );
    const { stdout, stderr } = await mustRun('tar', ['--list', '--file=mirror_000001.tar'], options);
    expect(stderr).toBe('');
    expect(stdout.split('\n').filter((name) => name.startsWith('docker/registry/v2/blobs/'))).not.toEqual([]);
  });

  it('serve every image with the digest of the source', async () => {
    const arrived = new Map<string, string>();
    for (const place of arriving.keys()) arrived.set(place, await digestAt(site, place));
    expect(arrived).toEqual(arriving);
  });

  it('serve every image whole: skopeo copies all of it', async () => {
    const nested = withoutHost(images.nested);
    const repository = nested.slice(0, nested.indexOf(':'));
    const inner = await entriesOf(site, { repository, digest: arriving.get(nested) as string });
    expect(inner).toHaveLength(1);
    // skopeo cannot copy an index within an index; it can copy the inner one.
    const places = [...arriving.keys()].filter((place) => place !== nested);
    for (const place of [...places, ...inner.map((digest) => `${repository}@${digest}`)]) {
      const to = join(folder, 'copy');
      await skopeo(['copy', '--all', `docker://${site.host}/${place}`, `dir:${to}`]);
      const digest = (await skopeo(['manifest-digest', join(to, 'manifest.json')])).trim();
      expect([place, digest]).toEqual([place, arriving.get(place) ?? place.slice(place.indexOf('@') + 1)]);
      await rm(to, { recursive: true });
    }
  });

  it('serve the cosign signature of a signed image', async () => {
    const tag = `${arriving.get('ubi9/ubi:9.5')?.replace(':', '-')}.sig`;
    expect(await digestAt(site, `ubi9/ubi:${tag}`)).toBe(await digestAt(upstream.registry, `ubi9/ubi:${tag}`));
  });

  it('leave out what blockedImages names', async () => {
    const repositories = join(folder, 'beyond/docker/registry/v2/repositories');
    expect((await readdir(join(repositories, 'acme'))).sort()).toEqual(['nested', 'tool']);
  });

  it('carry no password', async () => {
    const encoded = Buffer.from(`${defaultUser}:${defaultPassword}`).toString('base64');
    const patterns = [defaultPassword, encoded].flatMap((text) => ['-e', text]);
    const places = [join(workspace.root, 'mirror'), workspace.dataFolder];
    const found = await run('grep', ['--recursive', '--text', '--files-with-matches', ...patterns, ...places], {
      cwd: workspace.root,
      env: process.env,
    });
    expect(found).toMatchObject({ code: 1, output: '' });
  });
});
