import { appendFile, cp, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { DebianRegistry } from '../../testing/lab/debian-registry';
import { skopeo, startDebianRegistry } from '../../testing/lab/debian-registry';
import { describeWith, programPath } from '../../testing/lab/requirements';
import { sumUp, writeBundleEnv, writeUploadScript } from '../../testing/worlds/carried';
import { acknowledgedBy, provenSequences, readReceipt } from '../../testing/worlds/receipts';
import type { SealedWorld } from '../../testing/worlds/sealed-by-oc-mirror';
import { sealThree, startSealedWorld } from '../../testing/worlds/sealed-by-oc-mirror';
import type { Outcome } from '../harness/run';
import { run } from '../harness/run';
import { machineWith, shells, where } from './toolbox.fixture';

jest.setTimeout(900_000);

const catalog = 'redhat/redhat-operator-index';

describeWith(['oc-mirror', 'docker-registry', 'skopeo', 'busybox'], 'seq-upload.sh with the real oc-mirror', () => {
  let world: SealedWorld;
  let folders: readonly string[];
  const registries: DebianRegistry[] = [];
  let far: string;

  beforeAll(async () => {
    world = await startSealedWorld({ layerBytes: 64 * 1024 });
    folders = await sealThree(world);
    far = await mkdtemp(join(tmpdir(), 'seqmirror far '));
  });
  afterAll(async () => {
    for (const registry of registries) await registry.stop();
    await world?.close();
    await rm(far, { recursive: true, force: true });
  });

  async function newRegistry(): Promise<DebianRegistry> {
    const registry = await startDebianRegistry();
    registries.push(registry);
    return registry;
  }

  function script(
    folder: string,
    args: readonly string[],
    { shell, home, path }: { shell: string; home: string; path?: string },
  ): Promise<Outcome> {
    const [program = '', ...rest] = [...shell.split(' '), join(folder, 'seq-upload.sh'), ...args];
    const { OCP_SIGNATURE_VERIFICATION_PK = '' } = world.upstream.lab.env;
    const env = {
      PATH: path ?? process.env['PATH'] ?? '',
      HOME: home,
      SEQMIRROR_OC_MIRROR: programPath('oc-mirror') ?? '',
      OCP_SIGNATURE_VERIFICATION_PK,
      REGISTRY_AUTH_FILE: '/nowhere/auth.json',
    };
    return run(program, rest, { cwd: far, env });
  }

  /** The images of a sequence by repository and tag. A filtered catalog arrives under the tag of the original. */
  async function expectedAt(last: number): Promise<Map<string, string>> {
    const { images } = (await provenSequences(world.location))[last - 1]!;
    const rebuilt = images.find(({ repository, tag }) => repository === catalog && /^[0-9a-f]{32}$/.test(tag));
    return new Map([
      ...images
        .filter(({ repository }) => repository !== catalog)
        .map(({ repository, tag, digest }): [string, string] => [`${repository}:${tag}`, digest]),
      ...(rebuilt === undefined ? [] : [[`${catalog}:v4.99`, rebuilt.digest] as [string, string]]),
    ]);
  }

  async function expectArrived(registry: DebianRegistry, last: number): Promise<void> {
    const expected = await expectedAt(last);
    const found = new Map<string, string>();
    for (const place of expected.keys()) {
      const digest = await skopeo(['inspect', '--format={{.Digest}}', `docker://${registry.host}/${place}`]);
      found.set(place, digest.trim());
    }
    expect(found).toEqual(expected);
  }

  /** By the receipt of an upload out of its own folder, whose mirror the script knows. */
  async function expectAcknowledged(receipts: string, folder: string): Promise<void> {
    const site = world.content('..', 'sites/bravo/site.yaml');
    await mkdir(dirname(site), { recursive: true });
    await writeFile(site, 'schema: seqmirror/v1\nname: bravo\n');
    const name = (await readdir(receipts)).find((file) => file.startsWith(`${folder}.`)) ?? '';
    const receipt = join(receipts, name);
    expect(await acknowledgedBy(world.location, { site: 'bravo', receipt })).toMatchObject({
      sequence: folders.indexOf(folder) + 1,
      confidence: 'attested',
      held_in: 'both',
    });
  }

  const flags = ['--black-hole', '--dest-tls-verify=false'];

  it.each(shells)('uploads a chain from the folders of its sequences, in order, under $shell', async ({ shell }) => {
    const registry = await newRegistry();
    const home = await mkdtemp(join(far, 'home '));
    const media = join(home, `it's the "disc"`);
    const authfile = join(home, 'auth.json');
    await writeFile(authfile, '{"auths":{}}');
    const args = [registry.host, ...flags, `--authfile=${authfile}`, '--site=bravo'];
    for (const [index, name] of folders.entries()) {
      const folder = join(media, name);
      // As `cp -rL` does.
      await cp(world.content(name), folder, { recursive: true, dereference: true });
      if (index === 1) {
        const ahead = join(media, folders[2] as string);
        await cp(world.content(folders[2] as string), ahead, { recursive: true, dereference: true });
        expect((await script(ahead, args, { shell, home })).stderr).toContain('cannot be uploaded yet: it needs seq2');
      }
      const outcome = await script(folder, args, { shell, home });
      expect(outcome.code === 0 ? '' : outcome.output).toBe('');
      await expectArrived(registry, index + 1);
      const resources = await readdir(join(folder, 'working-dir/cluster-resources'));
      expect(resources).toEqual(expect.arrayContaining(['idms-oc-mirror.yaml', 'signature-configmap.yaml']));
      expect((await script(folder, args, { shell, home })).stdout).toContain('nothing to do');
      await expectAcknowledged(join(home, '.seqmirror/e2e/receipts'), name);
    }
    const back = await script(join(media, folders[1] as string), args, { shell, home });
    expect([back.code, back.stderr.split('\n')[0]]).toEqual([
      5,
      expect.stringContaining(` has ${folders[2]}, uploaded `),
    ]);
    const rolled = await script(join(media, folders[1] as string), [...args, '--allow-older'], { shell, home });
    expect(rolled.code === 0 ? '' : rolled.output).toBe('');
    await expectArrived(registry, 2);
  });

  it('verifies an upload with shortened paths where they are, by skopeo and by curl', async () => {
    const registry = await newRegistry();
    const home = await mkdtemp(join(far, 'home '));
    const folder = join(home, folders[0] as string);
    await cp(world.content(folders[0] as string), folder, { recursive: true, dereference: true });
    const authfile = join(home, 'auth.json');
    await writeFile(authfile, '{"auths":{}}');
    const args = [`${registry.host}/team`, ...flags, `--authfile=${authfile}`, '--max-nested-paths=2'];
    const bare = await machineWith('dash', join(home, 'bare'));
    await symlink(where('curl'), join(bare.path, 'curl'));
    for (const [site, more] of [
      ['bravo', {}],
      ['delta', { path: bare.path }],
    ] as const) {
      const on = { shell: where('dash'), home, ...more };
      const outcome = await script(folder, [...args, '--again', `--site=${site}`], on);
      expect(outcome.code === 0 ? '' : outcome.output).toBe('');
      const receipts = join(home, '.seqmirror/e2e/receipts');
      const [name = ''] = await readdir(receipts);
      const { lines, verified } = (await provenSequences(world.location))[0]!;
      expect(await readReceipt(join(receipts, name))).toMatchObject({ site, verified, images: lines.length });
    }
    const there = (await (await fetch(`http://${registry.host}/v2/_catalog`)).json()) as { repositories: string[] };
    expect(there.repositories).toEqual(['team/openshift-release', 'team/openshift-release-images']);
  });

  it('uploads a cumulative bundle of two volumes, taken in one after the other', async () => {
    const registry = await newRegistry();
    const home = await mkdtemp(join(far, 'home '));
    const authfile = join(home, 'auth.json');
    await writeFile(authfile, '{"auths":{}}');
    const head = folders[2] as string;
    const sequences = await provenSequences(world.location);
    const { lines, verified } = sequences[2]!;
    const [one, two, three] = sequences.map(({ seal, number, folder }) => ({ seal, number, folder }));
    // The second archive is cut into pieces, one on each volume.
    const second = await readFile(world.content(folders[1] as string, 'mirror_000001.tar'));
    const half = Math.floor(second.length / 2);
    const sums = await readFile(world.content(folders[1] as string, 'SHA256SUMS'), 'utf8');
    const volumes = [
      { archives: [folders[0] as string], at: [1], part: second.subarray(0, half) },
      { archives: [head], at: [3], part: second.subarray(half) },
    ];
    for (const [index, { archives, at, part }] of volumes.entries()) {
      const volume = join(home, `disc ${index + 1}`);
      await mkdir(join(volume, 'archives'), { recursive: true });
      await mkdir(join(volume, 'parts'));
      for (const name of ['imageset-config.yaml', 'imageset-config.pinned.yaml'])
        await cp(world.content(head, name), join(volume, name));
      for (const [position, name] of archives.entries())
        await cp(world.content(name, 'mirror_000001.tar'), join(volume, `archives/mirror_00000${at[position]}.tar`), {
          dereference: true,
        });
      await writeFile(join(volume, `parts/mirror_000002.tar.00${index + 1}`), part);
      await writeBundleEnv(volume, {
        mirror: 'platform',
        bundle: 'T0001',
        kind: 'cumulative',
        head: three!,
        pinned: 'imageset-config.pinned.yaml',
        images: 'images.txt',
        sites: ['bravo'],
        volume: index + 1,
        volumes: 2,
        holds: [one!, two!],
        splits: [{ name: 'mirror_000002.tar', sha256: sums.slice(0, 64), parts: 2 }],
      });
      await writeFile(join(volume, 'images.txt'), `${lines.join('\n')}\n`);
      await writeUploadScript(volume);
      await sumUp(volume);
    }
    const on = { shell: where('dash'), home };
    const args = [registry.host, ...flags, `--authfile=${authfile}`];
    expect((await script(join(home, 'disc 2'), ['ingest'], on)).stdout).toContain('Not ingested yet: volume 1 of 2');
    expect((await script(join(home, 'disc 2'), args, on)).stderr).toContain('not ingested yet: volume 1');
    expect((await script(join(home, 'disc 1'), ['ingest'], on)).stdout).toContain('All volumes of T0001 are ingested');
    const outcome = await script(join(home, 'disc 1'), args, on);
    expect(outcome.code === 0 ? '' : outcome.output).toBe('');
    await expectArrived(registry, 3);

    const receipts = join(home, '.seqmirror/platform/receipts');
    const [name = ''] = await readdir(receipts);
    const receipt = await readReceipt(join(receipts, name));
    expect(receipt).toMatchObject({
      site: 'bravo',
      sequence: 3,
      seal: three!.seal,
      bundle: 'T0001',
      verified,
      images: lines.length,
      held_in: 'both',
    });
    expect(outcome.stdout).toContain(`this code:  ${receipt.code}`);

    // Without skopeo it is curl that asks, and what is not there is told.
    const bare = await machineWith('dash', join(home, 'bare'));
    await symlink(where('curl'), join(bare.path, 'curl'));
    const by = { ...on, path: bare.path };
    const asked = await script(join(home, 'disc 1'), [...args, '--again', '--site=delta'], by);
    expect(asked.code === 0 ? '' : asked.output).toBe('');
    const other = await readReceipt(join(receipts, name));
    expect(other).toMatchObject({ site: 'delta', verified: receipt.verified });
    const spool = join(home, '.seqmirror/platform/spool');
    const [bundle = ''] = await readdir(spool);
    await appendFile(join(spool, bundle, 'images.txt'), `ubi9/ubi@sha256:${'0'.repeat(64)}\n`);
    await sumUp(join(spool, bundle));
    // What was taken in is verified again before it is used.
    const edited = await script(join(home, 'disc 1'), [...args, '--again'], on);
    expect([edited.code, edited.output]).toEqual([
      expect.any(Number),
      expect.stringContaining('Stopped: files have changed since the volumes were ingested'),
    ]);
    expect(edited.code).not.toBe(0);
  });
});
