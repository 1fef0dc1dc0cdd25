import { readdir, readFile } from 'node:fs/promises';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DebianRegistry } from '../../../testing/lab/debian-registry';
import { startDebianRegistry } from '../../../testing/lab/debian-registry';
import { describeWith, programPath } from '../../../testing/lab/requirements';
import { digestAt } from '../../../testing/worlds/oc-mirror';
import type { SealedWorld } from '../../../testing/worlds/sealed-by-oc-mirror';
import { run, sealThree, startSealedWorld } from '../../../testing/worlds/sealed-by-oc-mirror';
import { bundleSequence } from '../api';
import { ocMirrorEnvironment } from '../engine/oc-mirror/environment';
import { freeLoopbackPort } from '../engine/oc-mirror/port';
import type { HeldIn } from '../mirror/sites/sites';
import { renderLedger, renderSite } from '../mirror/sites/sites';
import type { MirroredImage } from '../oci/image';
import { applyImageChanges } from '../sequence/images';
import { decodeInventory } from '../sequence/inventory';
import { runProgram } from '../system/process';
import { uploadBundle } from '../upload/upload-bundle';
import type { BundleContent } from './content';
import { neededInCache } from './needs';

jest.setTimeout(900_000);

const catalog = 'redhat/redhat-operator-index';

const makers = [
  { engine: 'oc-mirror', title: 'a bundle of a chain that the real oc-mirror made' },
  { engine: 'embedded', title: 'a bundle of a chain that the embedded engine made, uploaded by the real oc-mirror' },
] as const;

for (const { engine, title } of makers)
  describeWith(['oc-mirror', 'docker-registry'], title, () => {
    let world: SealedWorld;
    let folders: readonly [string, string, string];

    beforeAll(async () => {
      world = await startSealedWorld({ layerBytes: 256 * 1024, engine });
      folders = await sealThree(world);
    });
    afterAll(async () => world?.close());

    const output = (name: string) => join(world.upstream.folder, name);
    const bundle = (
      name: string,
      folder: string,
      options: { kind?: 'baseline' | 'cumulative'; sites?: string[] } = {},
    ) =>
      bundleSequence({
        ...run,
        location: world.location,
        folder,
        output: output(name),
        sites: [],
        plan: false,
        link: false,
        verify: false,
        fresh: false,
        format: 'folder',
        uploader: undefined,
        ...options,
      });

    /** Uploads the archives of a bundle with a cache that is kept, and without any other network. */
    async function upload(name: string, registry: DebianRegistry, cache: string): Promise<string> {
      const port = await freeLoopbackPort();
      const nowhere = 'http://127.0.0.1:1';
      await mkdir(cache, { recursive: true });
      const args = ['-c', 'imageset-config.yaml', '--from', 'file://archives', `docker://${registry.host}`, '--v2'];
      const lab = [`--cache-dir=${cache}`, `--port=${port}`, '--dest-tls-verify=false', '--retry-times=1'];
      const result = await runProgram(programPath('oc-mirror') ?? 'oc-mirror', [...args, ...lab], {
        cwd: output(name),
        env: {
          ...ocMirrorEnvironment({ ...process.env, HTTP_PROXY: nowhere, HTTPS_PROXY: nowhere }, { port }),
          CONTAINERS_REGISTRIES_CONF: '/dev/null',
          OCP_SIGNATURE_VERIFICATION_PK: world.upstream.lab.env['OCP_SIGNATURE_VERIFICATION_PK'],
        },
      });
      return result.exitCode === 0 ? '' : `exit ${result.exitCode}: ${result.stdout.slice(-3000)}`;
    }

    /** Checks that the registry has the images of a sequence, each under its tag with its digest. */
    async function expectArrived(registry: DebianRegistry, last: number): Promise<void> {
      let all: MirroredImage[] = [];
      for (const folder of folders.slice(0, last)) {
        const text = await readFile(world.content(folder, 'seq-inventory.jsonl'), 'utf8');
        all = applyImageChanges(all, decodeInventory(text, folder).images);
      }
      const images = all.filter(({ repository }) => repository !== catalog);
      const arrived = await Promise.all(
        images.map(({ repository, tag }) => digestAt(registry, `${repository}:${tag}`)),
      );
      expect(arrived).toEqual(images.map(({ digest }) => digest));
      const rebuilt = all.find(({ repository, tag }) => repository === catalog && /^[0-9a-f]{32}$/.test(tag));
      if (rebuilt !== undefined) expect(await digestAt(registry, `${catalog}:v4.99`)).toBe(rebuilt.digest);
    }

    it.each([1, 2, 3])('uploads the squashed head of seq%d from nothing', async (number) => {
      const registry = await startDebianRegistry();
      try {
        const outcome = await bundle(`baseline-${number}`, folders[number - 1] ?? '');
        expect(outcome.kind === 'written' && outcome.warnings).toEqual([]);
        expect(await upload(`baseline-${number}`, registry, output(`cache-${number}`))).toBe('');
        await expectArrived(registry, number);
        const { sequences } = await world.validate({ path: join(output(`baseline-${number}`), 'archives') });
        expect(sequences.map(({ verdict, findings }) => [verdict, findings])).toEqual([['PROVEN', []]]);
      } finally {
        await registry.stop();
      }
    });

    it('uploads all sequences from one folder', async () => {
      const registry = await startDebianRegistry();
      try {
        await bundle('cumulative', folders[2], { kind: 'cumulative' });
        expect(await upload('cumulative', registry, output('cache-cumulative'))).toBe('');
        await expectArrived(registry, 3);
      } finally {
        await registry.stop();
      }
    });

    /** A site that has the first sequence, and a bundle that brings it to the third. */
    async function suppliedOnce(name: string, registry: DebianRegistry, heldIn: HeldIn): Promise<BundleContent> {
      await bundle(`first-${name}`, folders[0]);
      expect(await upload(`first-${name}`, registry, output(`cache-${name}`))).toBe('');
      const site = join(world.location.workspaceRoot, 'mirror/sites', name);
      const lock = await readFile(world.content('chain.lock'), 'utf8');
      await mkdir(site, { recursive: true });
      await writeFile(join(site, 'site.yaml'), renderSite({ schema: 'seqmirror/v1', name }));
      const seal = /^1 \S+ (\S+)/m.exec(lock)?.[1] as never;
      const entry = { sequence: 1, seal, confidence: 'proven', held_in: heldIn, at: '2026-11-20T08:00:00Z' } as const;
      await writeFile(join(site, 'ledger.yaml'), renderLedger({ schema: 'seqmirror/v1', entries: [entry] }));
      const outcome = await bundle(`second-${name}`, folders[2], { sites: [name] });
      if (outcome.kind !== 'written') throw new Error(outcome.kind);
      expect(outcome.plan.content.leftOut.blobs).toBeGreaterThan(0);
      return outcome.plan.content;
    }

    it('uploads to a site what it lacks, on top of what its cache has', async () => {
      const registry = await startDebianRegistry();
      try {
        const { needs } = await suppliedOnce('bravo', registry, 'both');
        expect(neededInCache(needs)).toHaveLength(1);
        expect(await upload('second-bravo', registry, output('cache-bravo'))).toBe('');
        await expectArrived(registry, 3);
      } finally {
        await registry.stop();
      }
    });

    it('uploads to a site whose cache was wiped what its registry lacks', async () => {
      const registry = await startDebianRegistry();
      try {
        const { needs } = await suppliedOnce('charlie', registry, 'registry');
        expect(neededInCache(needs)).toEqual([]);
        expect(await upload('second-charlie', registry, output('cache-charlie-new'))).toBe('');
        await expectArrived(registry, 3);
      } finally {
        await registry.stop();
      }
    });

    it('is uploaded by the embedded engine, without any cache, to a site that has only a registry', async () => {
      const registry = await startDebianRegistry();
      try {
        await suppliedOnce('delta', registry, 'registry');
        const { kind } = await uploadBundle({
          ...run,
          bundle: output('second-delta'),
          registry: registry.host,
          output: output('uploaded-delta'),
          registries: { hosts: { [registry.host]: { insecure: true } } },
          parallel: 4,
          retries: 1,
          rollBack: false,
          thorough: false,
          dryRun: false,
          env: { HOME: output('home'), CONTAINERS_REGISTRIES_CONF: '/dev/null' },
        });
        expect(kind).toBe('uploaded');
        await expectArrived(registry, 3);
        // Signatures of releases are files in the bundle's working-dir, not images.
        expect(await readdir(join(output('uploaded-delta'), 'working-dir/cluster-resources'))).toEqual(
          expect.arrayContaining(['idms-oc-mirror.yaml', 'signature-configmap.yaml']),
        );
      } finally {
        await registry.stop();
      }
    });
  });
