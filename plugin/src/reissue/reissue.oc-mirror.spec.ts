import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describeWith } from '../../../testing/lab/requirements';
import { digestAt, imageSetText } from '../../../testing/worlds/oc-mirror';
import type { SealedWorld } from '../../../testing/worlds/sealed-by-oc-mirror';
import { run, sealThree, startSealedWorld } from '../../../testing/worlds/sealed-by-oc-mirror';
import { startSite } from '../../../testing/worlds/site-of-oc-mirror';
import type { ReissueOutcome } from '../api';
import { isSeqmirrorError, listSequences, reissueSequence } from '../api';
import type { MirroredImage } from '../oci/image';
import { renderReissue } from '../report/text/reissue';
import { applyImageChanges } from '../sequence/images';
import { decodeInventory } from '../sequence/inventory';

jest.setTimeout(900_000);

const catalog = 'redhat/redhat-operator-index';

const makers = [
  { engine: 'oc-mirror', title: 'a chain of the real oc-mirror' },
  { engine: 'embedded', title: 'a chain of the embedded engine that the real oc-mirror uploads' },
] as const;

for (const { engine, title } of makers)
  describeWith(['oc-mirror', 'docker-registry'], title, () => {
    let world: SealedWorld;
    let folders: string[];

    beforeAll(async () => {
      world = await startSealedWorld({ layerBytes: 256 * 1024, engine });
      folders = [...(await sealThree(world))];
      // From here on, later archives have a release that the earlier ones don't have.
      await world.upstream.lab.publishRelease('4.99.1', { etcd: 1, console: 2, dns: 1, 'machine-config-operator': 2 });
      const config = imageSetText({
        packages: ['web-terminal', 'cluster-logging', 'quay-operator'],
        images: ['registry.redhat.io/ubi9/ubi:9.5'],
      });
      await world.seal('seq4-next-release', config);
      folders.push('seq4-next-release');
    });
    afterAll(async () => world?.close());

    const archive = (folder: string) => world.content(folder, 'mirror_000001.tar');

    /** Removes the archive from the store and the folder. */
    async function lose(folder: string): Promise<void> {
      const { sequences } = await listSequences(world.location);
      const { sealed } = sequences.find((sequence) => sequence.folder === folder)!;
      const seal = sealed!.seal.slice('sha256:'.length, 'sha256:'.length + 12);
      for (const path of [archive(folder), join(world.data, 'store', `${folder}.${seal}`, 'mirror_000001.tar')])
        await rm(path);
    }

    async function reissue(folder: string): Promise<Extract<ReissueOutcome, { kind: 'reissued' }>> {
      const outcome = await reissueSequence({ ...run, location: world.location, folder, from: [], dryRun: false });
      if (outcome.kind !== 'reissued') throw new Error(`${folder} was ${outcome.kind}`);
      return outcome;
    }

    async function imagesOf(last: number): Promise<MirroredImage[]> {
      let images: MirroredImage[] = [];
      for (const folder of folders.slice(0, last)) {
        const text = await readFile(world.content(folder, 'seq-inventory.jsonl'), 'utf8');
        images = applyImageChanges(images, decodeInventory(text, folder).images);
      }
      return images;
    }

    /** Carries the folders over and uploads them in order; then checks whether all of the last one arrived. */
    async function uploadChain(name: string): Promise<void> {
      const site = await startSite(world, name);
      try {
        for (const folder of folders) expect([folder, await site.upload(world.content(folder))]).toEqual([folder, '']);
        // A filtered catalog arrives under the tag of the original, everything else under its own.
        const all = await imagesOf(folders.length);
        const images = all.filter(({ repository }) => repository !== catalog);
        const arrived = await Promise.all(
          images.map(({ repository, tag }) => digestAt(site.registry, `${repository}:${tag}`)),
        );
        const rebuilt = all.find(({ repository, tag }) => repository === catalog && /^[0-9a-f]{32}$/.test(tag));
        expect(await digestAt(site.registry, `${catalog}:v4.99`)).toBe(rebuilt?.digest);
        expect(arrived).toEqual(images.map(({ digest }) => digest));
      } finally {
        await site.close();
      }
    }

    async function expectProven(): Promise<void> {
      const { sequences } = await world.validate();
      expect(sequences.flatMap(({ findings }) => findings)).toEqual([]);
      expect(sequences.map(({ verdict }) => verdict)).toEqual(folders.map(() => 'PROVEN'));
    }

    it('is uploaded by oc-mirror in each folder, with all our files beside the archives', async () => {
      await uploadChain('original pattern');
    });

    it('is uploaded after each archive was lost and made again from its frame', async () => {
      for (const folder of folders) {
        const original = await readFile(archive(folder));
        await lose(folder);
        const { packaging } = await reissue(folder);
        expect(packaging).toBe('as sealed');
        expect(original.equals(await readFile(archive(folder)))).toBe(true);
      }
      await expectProven();
      await uploadChain('with frames');
    });

    it('is uploaded after each archive was lost and repackaged', async () => {
      await rm(join(world.data, 'frames'), { recursive: true, force: true });
      for (const folder of folders) {
        const before = (await stat(archive(folder))).size;
        await lose(folder);
        const outcome = await reissue(folder);
        if (engine === 'embedded') {
          // Only a sequence's own archive keeps its filtered catalog; the embedded engine needs none to upload.
          expect(outcome.warnings.filter(({ code }) => code !== 'SEQ0336')).toEqual([]);
          continue;
        }
        expect(renderReissue(outcome)).toContain('Repackaged');
        expect(outcome.warnings).toEqual([]);
        expect((await stat(archive(folder))).size).toBeLessThan(before * 1.1);
      }
      await expectProven();
      if (engine === 'oc-mirror') await uploadChain('composed');
    });

    it('is made again from the source registry if cache and working-dir are gone, as far as the registry has it', async () => {
      await rm(join(world.data, 'engines'), { recursive: true });
      await rm(join(world.data, 'frames'), { recursive: true });
      const [release = '', operator = ''] = folders;
      await lose(release);
      const { plan, warnings } = await reissue(release);
      expect(warnings).toEqual([]);
      expect(new Set(plan.sources.map(({ kind }) => kind))).toEqual(new Set(['registry']));
      await expectProven();

      await lose(operator);
      if (engine === 'embedded') {
        // It builds the catalog again; what oc-mirror reads of it in working-dir is found nowhere.
        const outcome = await reissue(operator);
        expect(outcome.warnings.map(({ code }) => code)).toEqual(['SEQ0336']);
        return expectProven();
      }
      // A catalog that oc-mirror rebuilt is in no registry, and a lab cannot serve the original.
      const error: unknown = await reissue(operator).catch((reason: unknown) => reason);
      if (!isSeqmirrorError(error)) throw error;
      expect(error.code).toBe('SEQ0332');
      expect(error.details?.join('\n')).toMatch(/needed by registry\.redhat\.io\/redhat\/redhat-operator-index:v4\.99/);
      await expect(stat(world.content(operator, 'custody.yaml'))).rejects.toThrow('ENOENT');
    });
  });
