/**
 * A bundle reaches nothing in other repositories of a site's registry: archives that name digests there, and name the
 * repository by links, get nothing mounted from it.
 */
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { anImage } from '../../../testing/images/image';
import type { Lab } from '../../../testing/lab/lab';
import { startLab } from '../../../testing/lab/lab';
import { bundled } from '../../../testing/worlds/bundling';
import { settingsTrusting, upload } from '../../../testing/worlds/uploading';
import type { World } from '../../../testing/worlds/world';
import { aWorld } from '../../../testing/worlds/world';
import { applyAdoption } from '../adoption/apply-adoption';
import { planAdoption } from '../adoption/plan-adoption';
import { writeArchives } from '../archive/archive.fixture';
import { readArchiveIndex } from '../archive/archive-index';
import { layerLinkName } from '../archive/names';
import type { Digest } from '../oci/digest';
import { openArchiveBlobs } from '../push/archive-blobs';
import { silentProgress } from '../system/progress';
import { uploadBundle } from './upload-bundle';

jest.setTimeout(300_000);
const signal = new AbortController().signal;
const run = { progress: silentProgress, signal, now: () => new Date('2026-11-25T07:00:00Z') };
const secret = { name: 'salaries', bytes: 5000 };
const payroll = 'quay.io/hr/payroll:1.0';
const forged = 'quay.io/public/app:1.0';

describe('a registry that holds a secret repository', () => {
  let upstream: Lab;
  let site: Lab;
  let theirs: World;
  let attacker: World;
  let digest: Digest;
  const registry = () => `${site.host}/mirror`;

  beforeAll(async () => {
    upstream = await startLab({
      images: [anImage(payroll, { layers: [secret] }), anImage(forged, { layers: ['harmless', secret] })],
    });
    site = await startLab({ images: [] });
    theirs = await aWorld(upstream);
    await theirs.write('mirror/seqmirror.yaml', settingsTrusting(site.host));
    await theirs.sequence('seq1-payroll', [payroll]);
    await theirs.seal('seq1-payroll');
    await upload(theirs, 'seq1-payroll', { registry: registry() });
    attacker = await aWorld(upstream);
    await attacker.write('mirror/seqmirror.yaml', settingsTrusting(site.host));
    await attacker.sequence('seq1-app', [forged]);
    await attacker.seal('seq1-app');
    digest = await secretLayer();
  });
  afterAll(async () => {
    await theirs?.remove();
    await attacker?.remove();
    await site?.stop();
    await upstream?.stop();
  });

  const archiveOf = async (world: World, folder: string) => {
    const path = join(world.root, 'mirror/content', folder, 'mirror_000001.tar');
    const [blobs, index] = [await openArchiveBlobs([path], { signal }), await readArchiveIndex(path, { signal })];
    return { blobs, index };
  };
  const secretLayer = async (): Promise<Digest> => {
    const [ours, others] = [await archiveOf(theirs, 'seq1-payroll'), await archiveOf(attacker, 'seq1-app')];
    const shared = [...ours.index.blobs.keys()].filter((each) => others.index.blobs.has(each));
    expect(shared).toHaveLength(1);
    return shared[0] as Digest;
  };
  /** The attacker's archive as the attacker would make it: knowing a digest is not having its bytes. */
  const adoptedForgery = async (): Promise<World> => {
    const { blobs, index } = await archiveOf(attacker, 'seq1-app');
    const contents = new Map<Digest, Buffer>();
    for (const each of index.blobs.keys()) {
      if (each === digest) continue;
      const pieces: Uint8Array[] = [];
      for await (const piece of blobs.blob(each)?.open() ?? []) pieces.push(Buffer.from(piece as Uint8Array));
      contents.set(each, Buffer.concat(pieces));
    }
    const world = await aWorld(upstream);
    await world.write('mirror/seqmirror.yaml', settingsTrusting(site.host));
    const folder = join(world.root, 'old/seq1-app');
    await mkdir(folder, { recursive: true });
    await writeArchives(folder, {
      blobs: contents,
      links: [
        ...index.links.map(({ name, target }) => ({ name, digest: target })),
        { name: layerLinkName('hr/payroll', digest), digest },
      ],
    });
    await writeFile(
      join(folder, 'imageset-config.yaml'),
      await readFile(join(attacker.root, 'mirror/content/seq1-app/imageset-config.yaml')),
    );
    const plan = await planAdoption({
      ...run,
      location: world.location,
      source: join(world.root, 'old'),
      taking: 'link',
    });
    await applyAdoption(plan, run);
    return world;
  };
  const mounts = () => site.journal.entries.filter(({ query }) => query.includes('mount='));
  const expectNothingTaken = async (work: Promise<unknown>): Promise<void> => {
    site.journal.clear();
    await expect(work).rejects.toMatchObject({ code: 'SEQ0641', what: expect.stringContaining(digest) as string });
    expect(mounts()).toEqual([]);
    expect(site.journal.entries.filter(({ path }) => path.includes('hr/payroll'))).toEqual([]);
  };

  it('gives nothing from it to an upload of archives that name its digest and its repository', async () => {
    const world = await adoptedForgery();
    await expectNothingTaken(upload(world, 'seq1-app', { registry: registry() }));
    await world.remove();
  });

  it('gives nothing from it to a bundle of these archives', async () => {
    const world = await adoptedForgery();
    await bundled(world, 'seq1-app', { kind: 'individual' });
    expect(await readdir(join(world.root, 'disk'))).toContain('bundle.env');
    const given = { registry: registry(), bundle: join(world.root, 'disk'), output: join(world.root, 'output') };
    await expectNothingTaken(
      uploadBundle({
        ...run,
        ...given,
        registries: { hosts: { [site.host]: { insecure: true } } },
        ...{ parallel: 2, retries: 0, rollBack: false, thorough: false, dryRun: false, env: { HOME: world.root } },
      }),
    );
    await world.remove();
  });

  it('mounts what inventories of the chain itself list, from the repositories that these name', async () => {
    await attacker.sequence('seq2-both', [forged, payroll]);
    await attacker.seal('seq2-both');
    site.journal.clear();
    await upload(attacker, 'seq2-both', { registry: registry() });
    expect(mounts().map(({ query }) => query)).toEqual([expect.stringContaining('from=mirror%2Fhr%2Fpayroll')]);
  });
});
