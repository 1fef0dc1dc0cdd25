/**
 * The documented run, step by step, with the embedded engine: OpenShift 4.19.2, the web terminal, logging, ubi9, the
 * update to 4.19.3. Each step carries what is new, and clusters keep everything that earlier steps gave them.
 */
import { copyFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DocumentedLab } from '../../testing/lab/documented-lab';
import { startDocumentedLab } from '../../testing/lab/documented-lab';
import type { Lab } from '../../testing/lab/lab';
import { startLab } from '../../testing/lab/lab';
import type { World } from '../../testing/worlds/world';
import { aWorld } from '../../testing/worlds/world';
import { readArchiveIndex } from './archive/archive-index';
import type { MirrorSetKind } from './cluster-resources/mirror-sets';
import { parseMirrorSets } from './cluster-resources/mirror-sets';
import { planMirroring } from './mirroring/plan/plan';
import type { SealedOutcome } from './mirroring/outcome';
import { decodeInventory } from './sequence/inventory';
import { silentProgress } from './system/progress';
import { validate } from './validation/validate';
import { resourcesPath } from './mirror/cumulative-resources';
import { uploadSequence } from './upload/upload-sequence';

jest.setTimeout(180_000);

const imagesets = join(__dirname, '../../workspace/mirror/imagesets');
const steps = ['baseline', 'add-web-terminal', 'add-cluster-logging', 'add-ubi9', 'update-platform'];
const folders = steps.map((step, index) => `seq${index + 1}-${step}`);
const unchanged = `seq${steps.length + 1}-unchanged`;

interface Step {
  readonly sealed: SealedOutcome;
  readonly planned: number;
  readonly archiveBytes: number;
  /** Bytes of the blobs that its archives hold. */
  readonly blobBytes: number;
}

describe('the documented run', () => {
  let upstream: DocumentedLab;
  let site: Lab;
  let world: World;
  const made: Step[] = [];
  const run = { progress: silentProgress, signal: new AbortController().signal, now: () => new Date() };
  const content = (...names: string[]): string => join(world.root, 'mirror/content', ...names);

  async function step(folder: string, imageset: string): Promise<Step> {
    await world.sequence(folder, []);
    await copyFile(join(imagesets, `${imageset}.yaml`), content(folder, 'imageset-config.yaml'));
    const outcome = await planMirroring({ ...run, location: world.location, folder });
    if (outcome.kind !== 'planned') throw new Error(`${folder} was ${outcome.kind}`);
    const sealed = await world.mirror(folder, { ...run, refresh: true });
    if (sealed.kind !== 'sealed') throw new Error(`${folder} was ${sealed.kind}`);
    const { blobs } = decodeInventory(await readFile(content(folder, 'seq-inventory.jsonl'), 'utf8'), folder);
    return {
      sealed,
      planned: outcome.plan.bytes,
      archiveBytes: sealed.metadata.archives.reduce((sum, { bytes }) => sum + bytes, 0),
      blobBytes: blobs.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  }

  beforeAll(async () => {
    // Layers have a hundredth of their real size, so that links and headers weigh what they should.
    upstream = await startDocumentedLab({ scale: 1 / 128 });
    site = await startLab({ images: [] });
    world = await aWorld(upstream, { settings: `registries: { hosts: { "${site.host}": { insecure: true } } }\n` });
    for (const [index, imageset] of steps.entries()) {
      if (imageset === 'update-platform') await upstream.publishUpdate();
      made.push(await step(folders[index] as string, imageset));
      await uploadSequence({
        ...run,
        location: world.location,
        folder: folders[index] as string,
        registry: `${site.host}/ocp`,
        engine: 'embedded',
        force: false,
        dryRun: false,
      });
    }
    made.push(await step(unchanged, 'update-platform'));
  });
  afterAll(async () => {
    await world?.remove();
    await site?.stop();
    await upstream?.stop();
  });

  it('carries at most 1.03 times the blobs that are new', () => {
    const sum = (value: (each: Step) => number): number => made.reduce((total, each) => total + value(each), 0);
    expect(sum(({ archiveBytes }) => archiveBytes)).toBeLessThanOrEqual(1.03 * sum(({ blobBytes }) => blobBytes));
  });

  it('carries less than 100 KB if nothing changed', async () => {
    const { sealed, archiveBytes } = made.at(-1) as Step;
    expect(sealed.newBlobs).toBe(0);
    expect(archiveBytes).toBeLessThan(100_000);
    const [archive] = sealed.metadata.archives;
    const { links, workingDir } = await readArchiveIndex(content(unchanged, archive?.name ?? ''));
    expect(links).toEqual([]);
    // What disk-to-mirror reads besides: lists of the releases' images, their signatures, the filtered catalogs.
    expect(workingDir.length).toBeGreaterThan(0);
  });

  it('was planned to the byte before a layer was fetched', () => {
    expect(made.map(({ planned }) => planned)).toEqual(made.map(({ archiveBytes }) => archiveBytes));
  });

  it('is proven from its archives', async () => {
    const { sequences } = await validate({ ...run, location: world.location, depth: 'deep' });
    expect(sequences.map(({ verdict }) => verdict)).toEqual(made.map(() => 'PROVEN'));
  });

  it('has in the resources of each step all mirrors of the steps before', async () => {
    const linesOf = async (folder: string, kind: MirrorSetKind): Promise<string[]> => {
      const name = kind === 'ImageDigestMirrorSet' ? 'idms-oc-mirror.yaml' : 'itms-oc-mirror.yaml';
      if (!(await readdir(content(folder, resourcesPath))).includes(name)) return [];
      const sets = parseMirrorSets(await readFile(content(folder, resourcesPath, name), 'utf8'));
      return [...sets].flatMap(([set, sources]) =>
        [...sources].flatMap(([source, mirrors]) => [...mirrors].map((mirror) => `${set} ${source} ${mirror}`)),
      );
    };
    for (const kind of ['ImageDigestMirrorSet', 'ImageTagMirrorSet'] as const) {
      const lines = await Promise.all(folders.map((folder) => linesOf(folder, kind)));
      for (const [index, before] of lines.slice(0, -1).entries())
        expect(lines[index + 1]).toEqual(expect.arrayContaining(before));
      expect(lines.at(-1)?.length).toBeGreaterThan(0);
      // As in the table of the documented run: IDMS lines grow with the operators, and no step removes one.
      if (kind === 'ImageDigestMirrorSet') expect(lines.map(({ length }) => length)).toEqual([2, 4, 5, 5, 5]);
    }
  });
});
