import { fork } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, cp, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { startDebianRegistry } from '../../testing/lab/debian-registry';
import { describeWith } from '../../testing/lab/requirements';
import type { World } from '../../testing/worlds/oc-mirror';
import { imageSetText, startWorld, upload } from '../../testing/worlds/oc-mirror';
import { mirrorInto, moveArchives, runOriginalScript } from '../../testing/worlds/original-script';
import { fileTree, sha256Of } from '../harness/file-tree';
import { installation, usualNx } from '../harness/installed-nx';
import { createWorkspace, removeWorkspaces, type Workspace } from '../harness/workspace';

jest.setTimeout(15 * 60_000);

const ubi = 'registry.redhat.io/ubi9/ubi:9.5';
const kills = Number(process.env['SEQMIRROR_KILLS'] ?? 6);

/** The four runs that the original pattern documents. */
const steps = [
  { description: 'baseline', imageSet: imageSetText({}) },
  { description: 'add-web-terminal', imageSet: imageSetText({ packages: ['web-terminal'] }) },
  { description: '20250818-0127', imageSet: imageSetText({ packages: ['web-terminal', 'cluster-logging'] }) },
  { description: 'Add UBI9', imageSet: imageSetText({ packages: ['web-terminal', 'cluster-logging'], images: [ubi] }) },
];

describeWith(['oc-mirror', 'docker-registry'], 'adopting what the real oc-mirror made', () => {
  let world: World;
  let old: string;
  let original: string;
  let repeated: string;

  beforeAll(async () => {
    world = await startWorld({ layerBytes: 2 * 1024 * 1024 });
    old = await mkdtemp(join(tmpdir(), 'seqmirror-old-'));
    original = join(old, 'original', 'content');
    repeated = join(old, 'repeated', 'content');
    for (const [index, step] of steps.entries()) {
      await runOriginalScript(world, { content: original, number: index + 1, ...step });
    }
    for (const [index, { imageSet }] of steps.entries()) {
      const config = join(old, 'repeated', 'imageset-config.yaml');
      await mkdir(join(old, 'repeated'), { recursive: true });
      await writeFile(config, imageSet);
      await mirrorInto(world, repeated, config);
      if (index < 3) await moveArchives(repeated, join(old, 'carried', `run${index + 1}`));
      // History files are named by the second, and two runs in one would be one.
      await setTimeout(1100);
    }
  });

  afterAll(async () => {
    await world?.close();
    await rm(old, { recursive: true, force: true });
    await removeWorkspaces();
  });

  const workspaceWithMirror = async (): Promise<Workspace> => {
    const workspace = await createWorkspace();
    await workspace.nxWorks('g', 'seqmirror:mirror', 'mirror');
    return workspace;
  };

  describe('in a new folder for each sequence, as the original script did', () => {
    let workspace: Workspace;
    beforeAll(async () => {
      workspace = await workspaceWithMirror();
    });

    it('says beforehand that all are complete and the last alone suffices, and changes nothing', async () => {
      const before = await fileTree(old, join(workspace.root, 'mirror'), workspace.dataFolder);
      const { output } = await workspace.nxWorks('g', 'seqmirror:adopt', original, '--dry-run');
      expect(output).toContain('Adopting 4 sequences from ');
      expect(output.match(/ baseline +\d+ +[\d.]+ MiB {2}nothing/g)).toHaveLength(4);
      expect(output).toContain(
        'seq4-add-ubi9: said to be differential and to need seq1-baseline, seq2-add-web-terminal, seq3-20250818-0127: it is a baseline and needs no other sequence',
      );
      expect(output).toContain('seq4-add-ubi9: its folder seq4-Add UBI9 is now called seq4-add-ubi9');
      const bytes = await archiveBytes(original);
      expect(output).toContain(
        `A new site needs only the last sequence (seq4): ${megabytes(bytes.at(-1) as number)}; the other ${megabytes(sum(bytes.slice(0, -1)))} of archives are redundant`,
      );
      expect(await fileTree(old, join(workspace.root, 'mirror'), workspace.dataFolder)).toEqual(before);
    });

    it('adopts them by links, and every one is proven', async () => {
      const { output } = await workspace.nxWorks('g', 'seqmirror:adopt', original);
      expect(output).toContain('Adopted 4 sequences into mirror: seq1-baseline, seq2-add-web-terminal, ');
      const { nlink } = await stat(join(original, 'seq1-baseline', 'mirror_000001.tar'));
      expect(nlink).toBe(3);
      const listed = await workspace.nxWorks('run', 'mirror:list');
      expect(listed.stdout).toContain('4 sealed');
      const validated = await workspace.nx('run', 'mirror:validate', '--depth=deep');
      expect({ code: validated.code, said: validated.code === 0 ? '' : validated.output }).toEqual({
        code: 0,
        said: '',
      });
    });

    it('leaves nothing to do', async () => {
      const { output } = await workspace.nxWorks('g', 'seqmirror:adopt', original);
      expect(output).toContain('mirror has all of ');
    });

    it('were described correctly: oc-mirror uploads the last one alone', async () => {
      const site = await startDebianRegistry();
      const folder = join(workspace.root, 'mirror/content/seq4-add-ubi9');
      const result = await upload(world, {
        archives: [join(folder, 'mirror_000001.tar')],
        config: await workspace.read('mirror/content/seq4-add-ubi9/imageset-config.yaml'),
        to: site,
        site: 'fresh-site',
      });
      await site.stop();
      expect({ exit: result.exitCode, said: result.exitCode === 0 ? '' : result.stdout.slice(-2000) }).toEqual({
        exit: 0,
        said: '',
      });
    });
  });

  it('adopts folders that lie in the mirror’s own content already', async () => {
    const workspace = await workspaceWithMirror();
    await cp(original, join(workspace.root, 'mirror/content'), { recursive: true });
    const before = await workspace.nxWorks('run', 'mirror:list');
    expect(before.stdout).toContain('foreign');
    expect(before.stdout).toContain('nx g seqmirror:adopt mirror/content');
    expect(await workspace.projects()).toContain('mirror-seq1');
    const refused = await workspace.nx('run', 'mirror:seq1');
    expect(refused.output).toContain('SEQ0245 seq1-baseline was made by the original script');
    await workspace.nxWorks('g', 'seqmirror:adopt', 'mirror/content', '--copy');
    expect((await workspace.nxWorks('run', 'mirror:list')).stdout).toContain('4 sealed');
    await workspace.nxWorks('run', 'mirror:seq4');
  });

  it('turns the archives of repeated runs into a chain of differentials', async () => {
    const workspace = await workspaceWithMirror();
    const { output } = await workspace.nxWorks('g', 'seqmirror:adopt', join(old, 'carried'));
    expect(output).toContain('A new site needs seq1 to seq3: ');
    const last = await workspace.nxWorks('g', 'seqmirror:adopt', repeated, '--name=add-ubi9');
    expect(last.output).toMatch(/4 +add-ubi9 +content +differential +\d+ +[\d.]+ MiB {2}seq1/);
    expect(last.output).toContain('no archive is redundant');
    const validated = await workspace.nx('run', 'mirror:validate');
    expect({ code: validated.code, said: validated.code === 0 ? '' : validated.output }).toEqual({ code: 0, said: '' });
  });

  it('names what was shipped by earlier runs, where only the last archives are there', async () => {
    const workspace = await workspaceWithMirror();
    const { output } = await workspace.nxWorks('g', 'seqmirror:adopt', repeated);
    expect(output).toMatch(
      /seq1-baseline: is adopted although it is damaged: \d+ images are not complete \(\d+ blobs in no sequence; by oc-mirror's history, earlier archives had \d+/,
    );
    expect(output).toContain('not whole: quay.io/openshift-release-dev/ocp-release:4.99.0-x86_64');
    expect(output).toMatch(/nowhere: sha256:[0-9a-f]{64}, shipped earlier/);
    expect(output).toContain('seq1 cannot supply a new site');
    expect(await workspace.read('mirror/content/seq1-baseline/custody.yaml')).toContain('Adopted damaged');
    expect((await workspace.nxWorks('run', 'mirror:list')).stdout).toContain('1 sealed');
  });

  describe('killed while it adopts', () => {
    const adoptIn = async (root: string, { killAfterMs }: { killAfterMs: number }): Promise<number> => {
      const installed = await installation({ nx: usualNx, plugin: true });
      const child = fork(join(__dirname, 'adopt-child.ts'), [installed, root, `${root}-data`, join(root, 'old')], {
        execArgv: ['-r', '@swc-node/register'],
        stdio: 'ignore',
      });
      const ended = once(child, 'exit');
      await Promise.race([once(child, 'message'), ended]);
      const began = performance.now();
      await Promise.race([setTimeout(killAfterMs, undefined, { ref: false }), ended]);
      if (child.exitCode === null) child.kill('SIGKILL');
      await ended;
      return performance.now() - began;
    };

    const aRoot = async (): Promise<string> => {
      const root = await mkdtemp(join(old, 'killed-'));
      await mkdir(join(root, 'mirror'));
      await writeFile(join(root, 'mirror', 'seqmirror.yaml'), 'schema: seqmirror/v1\nid: test\n');
      for (const name of (await readdir(original)).slice(0, 3)) {
        await mkdir(join(root, 'old', name), { recursive: true });
        for (const file of ['mirror_000001.tar', 'imageset-config.yaml', 'seq-metadata.yaml']) {
          await copyFile(join(original, name, file), join(root, 'old', name, file));
        }
      }
      return root;
    };

    it('leaves the originals as they were, and is finished by the next run', async () => {
      const undisturbed = await aRoot();
      const wholeMs = await adoptIn(undisturbed, { killAfterMs: 600_000 });
      const expected = await sealedFiles(undisturbed);
      for (let index = 0; index < kills; index += 1) {
        const root = await aRoot();
        const before = await fileTree(join(root, 'old'));
        const part = (index + Math.random()) / kills;
        await adoptIn(root, { killAfterMs: part * wholeMs });
        expect({ part, originals: await fileTree(join(root, 'old')) }).toEqual({ part, originals: before });
        await adoptIn(root, { killAfterMs: 600_000 });
        const content = await sealedFiles(root);
        expect({ part, content }).toEqual({ part, content: expected });
      }
    });
  });
});

/** What adoption made in content/: seq-metadata.yaml only by its name, since it has the time of sealing. */
async function sealedFiles(root: string): Promise<Record<string, string>> {
  const content = join(root, 'mirror/content');
  const tree: Record<string, string> = {};
  for (const entry of await readdir(content, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    tree[path.slice(content.length)] = entry.name === 'seq-metadata.yaml' ? '' : await sha256Of(path);
  }
  return tree;
}

async function archiveBytes(content: string): Promise<number[]> {
  const folders = (await readdir(content)).sort();
  return Promise.all(folders.map(async (name) => (await stat(join(content, name, 'mirror_000001.tar'))).size));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function megabytes(bytes: number): string {
  return `${(Math.ceil((bytes / 1024 ** 2) * 10) / 10).toFixed(1)} MiB`;
}
