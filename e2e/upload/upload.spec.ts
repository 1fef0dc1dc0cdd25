import { readdir, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { startDebianRegistry, type DebianRegistry } from '../../testing/lab/debian-registry';
import { startLab, type Lab } from '../../testing/lab/lab';
import { rawAt } from '../../testing/lab/registry-content';
import { describeWith } from '../../testing/lab/requirements';
import { describeWithSmallDisk, smallDisk } from '../../testing/lab/small-disk';
import { planSequence } from '../harness/image-set';
import { mirrorInOrder, preparedWorkspace } from '../harness/small-chain';
import { removeWorkspaces, type Workspace } from '../harness/workspace';
import { killedRun } from '../kill/killed-run';
import { digestAt, images, startDebianUpstream, withoutHost, type DebianUpstream } from '../registry/debian-upstream';

jest.setTimeout(10 * 60_000);

describeWith(['docker-registry', 'skopeo'], 'nx run mirror-seqN:upload', () => {
  let upstream: DebianUpstream;
  let workspace: Workspace;
  let settings: string;
  const { signed, docker, list, plain, nested } = images;

  /** Lets the mirror speak plain HTTP to a registry. */
  const trust = (host: string): Promise<void> =>
    workspace.write(
      'mirror/seqmirror.yaml',
      `${settings}\nretries: 1\nregistries:\n  hosts:\n    '${host}':\n      insecure: true\n`,
    );
  const upload = (sequence: string, host: string, ...args: string[]) =>
    workspace.nx('run', `mirror-${sequence}:upload`, `--registry=${host}/far/side`, ...args);
  /** The same without Nx, which is no part of what a registry does. */
  const uploadAlone = (sequence: string, host: string) =>
    workspace.seqmirror('upload', sequence, `--registry=${host}/far/side`);

  beforeAll(async () => {
    upstream = await startDebianUpstream();
    workspace = await preparedWorkspace(upstream, 'mirror');
    settings = await workspace.read('mirror/seqmirror.yaml');
    await planSequence(workspace, 'seq1-baseline', [signed, docker]);
    await planSequence(workspace, 'seq2-more', [signed, docker, list, plain, nested]);
    await mirrorInOrder(workspace, ['seq1', 'seq2']);
  });
  afterAll(async () => {
    await upstream?.stop();
    await removeWorkspaces();
  });

  describe('into a registry of its own', () => {
    let registry: DebianRegistry;
    beforeAll(async () => {
      registry = await startDebianRegistry();
      await trust(registry.host);
    });
    afterAll(() => registry?.stop());

    it('says first what it would do', async () => {
      const { code, output } = await upload('seq1', registry.host, '--dryRun');
      expect([code, output]).toEqual([0, expect.stringContaining('dry run; nothing was written')]);
      expect(await (await fetch(`${registry.url}/v2/_catalog`)).json()).toEqual({ repositories: [] });
    });

    it('brings every image as it is at its source', async () => {
      for (const sequence of ['seq1', 'seq2']) {
        const { code, output } = await upload(sequence, registry.host);
        expect([code, output]).toEqual([0, expect.stringContaining('oc apply -f itms-oc-mirror.yaml')]);
      }
      const arrived = await Promise.all(
        [signed, docker, list, plain, nested].map(async (image) => [
          image,
          await digestAt(registry, `far/side/${withoutHost(image)}`),
        ]),
      );
      const wanted = [signed, docker, list, plain, nested].map(async (image) => [
        image,
        await upstream.digestOf(image),
      ]);
      expect(arrived).toEqual(await Promise.all(wanted));
      expect(await rawAt(registry, `far/side/${withoutHost(list)}`)).toContain('manifest.list');
    });

    it('finds all of it there when it is run again, and says so in JSON', async () => {
      const { stdout } = await upload('seq2', registry.host, '--json');
      const outcome = JSON.parse(stdout.slice(stdout.indexOf('{'), stdout.lastIndexOf('}') + 1)) as object;
      expect(outcome).toMatchObject({
        schema: 'seqmirror/upload/v1',
        kind: 'uploaded',
        images: 5,
        unchanged: 5,
        blobs: { uploaded: { count: 0 }, mounted: { count: 0 }, there: { count: 0 } },
      });
    });
  });

  it('brings a site what it lacks, and its ledger says so', async () => {
    const registry = await startDebianRegistry();
    try {
      await trust(registry.host);
      await workspace.nxWorks('g', 'seqmirror:site', 'bravo', `--registry=${registry.host}/far/side`);
      const { output } = await workspace.nxWorks('run', 'mirror-site-bravo:upload');
      expect(output).toContain('bravo: has seq2, proven (registry); it had nothing before');
      expect(await digestAt(registry, `far/side/${withoutHost(plain)}`)).toBe(await upstream.digestOf(plain));
      expect((await workspace.nxWorks('run', 'mirror:status')).output).toMatch(/bravo +seq2 +proven +registry/);
      const again = await workspace.nxWorks('run', 'mirror-seq2:upload', '--site=bravo', '--json');
      expect(again.stdout).toMatch(/"site": \{[^]*"changed": false/);
    } finally {
      await registry.stop();
    }
  });

  it('killed at any moment tags nothing too early, and goes on when it is run again', async () => {
    const needed = await requestsOfOneRun();
    for (const share of [0.2, 0.5, 0.8, 0.95]) {
      const far = await startLab({ images: [] });
      try {
        await trust(far.host);
        const moment = async (): Promise<void> => {
          while (far.journal.entries.length < Math.floor(needed * share)) await setTimeout(2);
        };
        const task = `mirror-seq2:upload --registry=${far.host}/far/side`;
        await killedRun(workspace, { task, victim: 'group', moment });
        await far.journal.idle();
        const puts = manifestsPut(far);
        const firstTag = puts.findIndex((reference) => !reference.startsWith('sha256:'));
        expect(
          puts.slice(firstTag === -1 ? puts.length : firstTag).filter((each) => each.startsWith('sha256:')),
        ).toEqual([]);
        const { code, output } = await uploadAlone('seq2', far.host);
        expect([code, output]).toEqual([0, expect.stringContaining('uploaded to')]);
      } finally {
        await far.stop();
      }
    }
  });

  describeWithSmallDisk('into a registry whose disk becomes full', () => {
    it('says so, and goes on when it has room', async () => {
      const disk = smallDisk(3_000_000);
      const registry = await startDebianRegistry({ folder: disk.folder });
      try {
        await trust(registry.host);
        const { code, output } = await uploadAlone('seq2', registry.host);
        expect([code, output]).toEqual([1, expect.stringMatching(/SEQ0520 .* has no space left for/)]);
        const { repositories } = (await (await fetch(`${registry.url}/v2/_catalog`)).json()) as {
          repositories: string[];
        };
        for (const repository of repositories) {
          const tags = await (await fetch(`${registry.url}/v2/${repository}/tags/list`)).json();
          expect(tags).not.toHaveProperty('tags');
        }
        disk.grow(300_000_000);
        const again = await uploadAlone('seq2', registry.host);
        expect([again.code, again.output]).toEqual([0, expect.stringContaining('uploaded to')]);
        expect(await digestAt(registry, `far/side/${withoutHost(signed)}`)).toBe(await upstream.digestOf(signed));
      } finally {
        await registry.stop();
        disk.remove();
      }
    });
  });

  describe('into a registry that docker-registry left damaged when its disk was full', () => {
    let registry: DebianRegistry;
    let digest: string;
    const place = `far/side/${withoutHost(signed)}`;
    const storedAs = async (entries: RegExp): Promise<string[]> => {
      const repositories = join(registry.folder, 'docker/registry/v2/repositories');
      const paths = (await readdir(repositories, { recursive: true })).filter((path) => entries.test(path));
      expect(paths).not.toEqual([]);
      return paths.map((path) => join(repositories, path));
    };
    const removeTags = async (): Promise<void> => {
      for (const path of await storedAs(/_manifests\/tags$/)) await rm(path, { recursive: true });
    };
    const expectUploaded = async (): Promise<void> => {
      const { code, output } = await uploadAlone('seq1', registry.host);
      expect([code, output]).toEqual([0, expect.stringContaining('uploaded to')]);
      expect(await digestAt(registry, place)).toBe(digest);
    };

    beforeAll(async () => {
      registry = await startDebianRegistry();
      await trust(registry.host);
      digest = await upstream.digestOf(signed);
      await expectUploaded();
    });
    afterAll(() => registry?.stop());

    it.each([
      { name: 'blobs and manifests', links: /_(layers|manifests\/revisions)\/.*\/link$/, tagged: false },
      { name: 'tags', links: /_manifests\/tags\/.*\/link$/, tagged: true },
    ])('repairs the empty links of $name', async ({ links, tagged }) => {
      if (!tagged) await removeTags();
      for (const path of await storedAs(links)) await truncate(path);
      await expect(digestAt(registry, place)).rejects.toThrow();
      await expectUploaded();
    });

    it('tags no manifest that the registry cannot read, and finishes when what is named was removed', async () => {
      await removeTags();
      const hex = digest.replace('sha256:', '');
      await truncate(join(registry.folder, 'docker/registry/v2/blobs/sha256', hex.slice(0, 2), hex, 'data'), 100);
      const { code, output } = await uploadAlone('seq1', registry.host);
      expect([code, output]).toEqual([1, expect.stringMatching(/SEQ0525 [^]*delete the listed folder/)]);
      await expect(digestAt(registry, place)).rejects.toThrow();
      const [named = ''] = /docker\/registry\/v2\/blobs\S+/.exec(output) ?? [];
      await rm(join(registry.folder, named), { recursive: true });
      await expectUploaded();
    });
  });

  async function requestsOfOneRun(): Promise<number> {
    const far = await startLab({ images: [] });
    try {
      await trust(far.host);
      const { code, output } = await uploadAlone('seq2', far.host);
      expect([code, output]).toEqual([0, expect.stringContaining('uploaded to')]);
      return far.journal.entries.length;
    } finally {
      await far.stop();
    }
  }
});

/** Digests and tags under which manifests were put, in that order. */
function manifestsPut({ journal }: Lab): string[] {
  return journal.entries
    .filter(({ method, path, status }) => method === 'PUT' && status === 201 && path.includes('/manifests/'))
    .map(({ path }) => path.slice(path.lastIndexOf('/') + 1));
}
