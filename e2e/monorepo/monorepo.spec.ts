import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { anImage } from '../../testing/images/image';
import { imageSetOf } from '../../testing/images/image-set';
import { startLab, type Lab } from '../../testing/lab/lab';
import { foundSealed, knownSealed } from '../harness/cache-hits';
import { fileTree } from '../harness/file-tree';
import { planSequence } from '../harness/image-set';
import { linkFolder } from '../harness/installed-nx';
import { mirrorInOrder, preparedWorkspace } from '../harness/small-chain';
import { removeWorkspaces, type Workspace } from '../harness/workspace';
import { blobsIn, blobsOf, recordedBlobs } from './blobs';

jest.setTimeout(5 * 60_000);

const [ubi, tool, web, more] = [
  'registry.redhat.io/ubi9/ubi:9.5',
  'quay.io/acme/tool:1.2',
  'quay.io/acme/web:3.0',
  'quay.io/acme/more:4.1',
] as const;
const base = { name: 'ubi9-base', bytes: 300_000 };

const records = ['imageset-config.pinned.yaml', 'seq-inventory.jsonl', 'seq-metadata.yaml', 'SHA256SUMS'];

describe('the life of a chain in a monorepo', () => {
  let upstream: Lab;
  let workspace: Workspace;
  /** As it was when seq2 had been sealed; what branches begin at. */
  let sealedTwice: Workspace;

  const commit = async (from: Workspace, message: string) => {
    await from.git('add', '--all');
    await from.git('commit', '--quiet', `--message=${message}`);
  };
  const plan = async (from: Workspace, name: string, images: readonly string[]) => {
    await from.write('isc.yaml', imageSetOf(images));
    await from.nxWorks('g', 'seqmirror:sequence', name, '--from=isc.yaml');
    await from.remove('isc.yaml');
  };
  const archivesAt = async (from: Workspace) => {
    const { stdout } = await from.seqmirrorWorks('list', '--json');
    const json = stdout.slice(stdout.indexOf('{'), stdout.lastIndexOf('}') + 1);
    const { sequences } = JSON.parse(json) as { sequences: { folder: string; sealed?: { archives: string } }[] };
    return Object.fromEntries(sequences.map(({ folder, sealed }) => [folder, sealed?.archives]));
  };

  beforeAll(async () => {
    upstream = await startLab({
      images: [ubi, tool, web, more].map((reference) =>
        anImage(reference, { layers: [base, reference], architectures: ['amd64', 'arm64'] }),
      ),
    });
    workspace = await preparedWorkspace(upstream, 'mirror');
    await linkFolder(join(__dirname, '../../node_modules/prettier'), join(workspace.root, 'node_modules/prettier'));
    await workspace.write('apps/shop/project.json', '{"name":"shop","targets":{"build":{"command":"echo built"}}}');
    await plan(workspace, 'baseline', [ubi]);
    await plan(workspace, 'add-tool', [ubi, tool]);
    // As people write it: the formatter will want to change all of it.
    const config = await workspace.read('mirror/content/seq2-add-tool/imageset-config.yaml');
    await workspace.write(
      'mirror/content/seq2-add-tool/imageset-config.yaml',
      config
        .replace('kind: ImageSetConfiguration', "kind:   'ImageSetConfiguration' # of two images")
        .replaceAll('    - ', '        -   '),
    );
    await mirrorInOrder(workspace, ['seq1', 'seq2']);
    await commit(workspace, 'Mirror');
    sealedTwice = await workspace.clone();
  });
  afterAll(async () => {
    await upstream?.stop();
    await removeWorkspaces();
  });

  it('survives nx format:write --all: intents are formatted, records are not, and it is sealed', async () => {
    await workspace.write('.prettierrc', '{ "semi": false, "singleQuote": true, "printWidth": 40, "tabWidth": 4 }\n');
    await workspace.nxWorks('format:write', '--all');
    const { stdout } = await workspace.git('diff', '--name-only', '--', 'mirror/content');
    expect(stdout.split('\n')).toContain('mirror/content/seq2-add-tool/imageset-config.yaml');
    for (const name of [...records, 'chain.lock']) expect(stdout).not.toContain(name);
    expect(foundSealed(await workspace.nxWorks('run', 'mirror:seq2', '--skip-nx-cache'))).toBe(2);
    await commit(workspace, 'Format');
  });

  it('is sealed where Git checks out the line ends of Windows', async () => {
    const clone = await workspace.clone(['--config', 'core.autocrlf=true']);
    expect(await clone.read('mirror/seqmirror.yaml')).toContain('\r\n');
    expect(await clone.read('mirror/content/seq1-baseline/seq-inventory.jsonl')).not.toContain('\r');
    for (const folder of ['seq1-baseline', 'seq2-add-tool']) {
      for (const name of ['imageset-config.yaml', 'sequence.yaml']) {
        const text = await clone.read(`mirror/content/${folder}/${name}`);
        await clone.write(`mirror/content/${folder}/${name}`, text.replaceAll(/\r?\n/g, '\r\n'));
      }
    }
    expect(knownSealed(await clone.nxWorks('run', 'mirror:seq2'))).toBe(2);
    expect((await clone.git('diff', '--name-only')).stdout).toBe('');
  });

  it('loses no archive to git clean -ffdx, and goes on', async () => {
    await workspace.git('clean', '-ffdxq', '--exclude=node_modules');
    expect(await readdir(join(workspace.root, 'mirror/content/seq2-add-tool'))).not.toContain('mirror_000001.tar');
    expect(await archivesAt(workspace)).toEqual({ 'seq1-baseline': 'store', 'seq2-add-tool': 'store' });
    expect(knownSealed(await workspace.nxWorks('run', 'mirror:seq2'))).toBe(2);
    await plan(workspace, 'add-web', [ubi, tool, web]);
    await workspace.nxWorks('run', 'mirror:seq3');
    expect(await workspace.read('mirror/content/chain.lock')).toMatch(/^3 seq3-add-web sha256:/m);
    await commit(workspace, 'Add web');
  });

  it('goes on in a fresh clone from the inventories alone: nothing of seq1 to seq3 is fetched again', async () => {
    const clone = await workspace.clone();
    const before = await recordedBlobs(clone);
    expect(await archivesAt(clone)).toMatchObject({ 'seq1-baseline': 'elsewhere', 'seq3-add-web': 'elsewhere' });
    await plan(clone, 'add-more', [ubi, tool, web, more]);
    upstream.journal.clear();
    expect(knownSealed(await clone.nxWorks('run', 'mirror:seq4'))).toBe(3);
    const sent = upstream.journal.blobsSent();
    expect(sent.size).toBeGreaterThan(0);
    expect([...sent].filter((digest) => before.has(digest))).toEqual([]);

    // Complete: what the four sets of archives hold together is all that the four images consist of.
    const stores = [workspace.dataFolder, clone.dataFolder];
    const held = new Set((await Promise.all(stores.map(blobsIn))).flatMap((blobs) => [...blobs]));
    for (const reference of [ubi, tool, web, more]) {
      expect([...(await blobsOf(upstream, reference))].filter((digest) => !held.has(digest))).toEqual([]);
    }
  });

  describe('that two branches both continued with a seq3', () => {
    let one: Workspace;
    let other: Workspace;
    let conflict: string;
    const ours = 'seq3-add-web';
    const theirs = 'seq3-add-more';
    const lock = 'mirror/content/chain.lock';

    async function othersWork(from: Workspace): Promise<void> {
      expect(await from.projects()).toEqual(expect.arrayContaining(['mirror', 'mirror-seq1', 'mirror-seq2', 'shop']));
      expect((await from.nxWorks('run', 'shop:build')).output).toContain('built');
    }
    const refused = async (task: string) => {
      const { code, output } = await one.nx('run', task);
      // How Nx says that something failed on which another task depends: here its alias.
      expect({ task, code }).toEqual({ task, code: 130 });
      return output;
    };

    beforeAll(async () => {
      one = await sealedTwice.clone();
      other = await sealedTwice.clone();
      await planSequence(one, 'seq3-add-web', [ubi, tool, web]);
      await planSequence(other, 'seq3-add-more', [ubi, tool, more]);
      await Promise.all([one, other].map((branch) => mirrorInOrder(branch, ['seq3'])));
      await commit(one, 'Add web');
      await commit(other, 'Add more');
      await one.git('fetch', '--quiet', other.root);
      await expect(one.git('merge', 'FETCH_HEAD')).rejects.toThrow(`Merge conflict in ${lock}`);
      conflict = await one.read(lock);
    });

    it('meets itself in chain.lock, which says what to do while the conflict is there', async () => {
      expect(conflict).toMatch(/^<{7} /m);
      await othersWork(one);
      // Nx names the first of the two seq3, and the other by its folder.
      expect(await refused('mirror:seq3')).toContain(`nx run mirror:renumber --folder=${theirs}`);
      const { output } = await one.nxWorks('run', 'mirror:list');
      expect(output).toMatch(
        /SEQ0212 mirror\/content\/chain\.lock:\d+: an unresolved merge conflict begins at this line/,
      );
      expect(output).toContain('nx run mirror:renumber --folder=<its folder>');
      expect(output).toMatch(/3 +add-more +broken /);
    });

    it.each([
      { resolved: 'with both lines kept', pattern: /^(?:<{7}|={7}|>{7}).*\n/gm },
      { resolved: 'with our line alone', pattern: /^<{7}.*\n|^={7}\n[^>]*^>{7}.*\n/gm },
    ])('survives a merge $resolved', async ({ pattern }) => {
      await one.write(lock, conflict.replaceAll(pattern, ''));
      await othersWork(one);
      const output = await refused('mirror:seq3');
      expect(output).toContain(`SEQ0202 Two folders have the number 3: ${ours} (in chain.lock) and ${theirs}`);
      expect(output).toContain(`nx run mirror:renumber --folder=${theirs}`);
      expect((await one.nxWorks('run', `mirror:${ours}`)).output).toMatch(/seq3-add-web: sealed .*nothing to do/);
    });

    it('survives a merge with no line of either, and loses nothing to renumber', async () => {
      await one.write(lock, conflict.replaceAll(/^<{7}[^>]*^>{7}.*\n/gm, ''));
      await othersWork(one);
      expect(await refused('mirror:seq3')).toContain('SEQ0202 Two folders have the number 3');
      const before = await fileTree(join(one.root, 'mirror'), one.dataFolder);
      const { code, output } = await one.nx('run', 'mirror:renumber', `--folder=${theirs}`);
      expect({ code, output }).toMatchObject({ code: 1, output: expect.stringContaining('SEQ0231') });
      expect(await fileTree(join(one.root, 'mirror'), one.dataFolder)).toEqual(before);
    });

    it('is put right by renumber, which fetches nothing, and goes on', async () => {
      await one.write(lock, conflict);
      upstream.journal.clear();
      const { output } = await one.nxWorks('run', 'mirror:renumber', `--folder=${theirs}`);
      expect(output).toContain(`${theirs} is now seq4-add-more, with a new seal and the same archives`);
      expect(upstream.journal.entries).toEqual([]);
      await commit(one, 'Merge');
      expect(knownSealed(await one.nxWorks('run', 'mirror:seq4'))).toBe(4);

      await plan(one, 'all', [ubi, tool, web, more]);
      upstream.journal.clear();
      await one.nxWorks('run', 'mirror:seq5');
      expect(upstream.journal.blobsSent()).toEqual(new Set());
      await commit(one, 'Add all');
      expect((await one.git('status', '--porcelain')).stdout).toBe('');
    });

    it('reaches the other branch whole, and the archives there are found', async () => {
      await other.git('pull', '--quiet', one.root, 'main');
      expect(knownSealed(await other.nxWorks('run', 'mirror:seq5'))).toBe(5);
      expect(await archivesAt(other)).toMatchObject({ 'seq3-add-web': 'elsewhere', 'seq4-add-more': 'store' });
      expect((await other.git('status', '--porcelain')).stdout).toBe('');
    });
  });
});
