import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DebianRegistry } from '../../../testing/lab/debian-registry';
import { skopeo, startDebianRegistry } from '../../../testing/lab/debian-registry';
import { describeWith } from '../../../testing/lab/requirements';
import type { SiteWorld } from '../../../testing/worlds/site-life';
import { aSiteWorld, catalog, giveRegistry, life, run, supply } from '../../../testing/worlds/site-life';
import { resourcesPath } from '../mirror/cumulative-resources';
import { openMirror } from '../mirror/mirror';
import { readLedger } from '../mirror/sites/sites';
import { renderRegistryRollback } from '../report/text/registry-rollback';
import { registryDrift } from './registry-drift';
import type { RegistryRollbackOptions } from './registry-rollback';
import { rollbackRegistry } from './registry-rollback';

jest.setTimeout(300_000);

const [seq1, seq2, seq3] = life;

describeWith(['docker-registry', 'skopeo'], 'rollbackRegistry, judged by skopeo', () => {
  let made: SiteWorld;
  let registry: DebianRegistry;

  beforeAll(async () => {
    made = await aSiteWorld();
    registry = await startDebianRegistry({ allowDelete: true });
    await giveRegistry(made.world, registry.host);
  });
  afterAll(async () => {
    await registry?.stop();
    await made?.stop();
  });

  const rollback = (options: Partial<RegistryRollbackOptions> = {}) =>
    rollbackRegistry({ ...run, location: made.world.location, site: 'bravo', to: 1, ...options });
  const digestOf = async (place: string): Promise<string> => {
    const { Digest } = JSON.parse(await skopeo(['inspect', `docker://${registry.host}/mirror/${place}`])) as {
      Digest: string;
    };
    return Digest;
  };
  const ledger = async () => readLedger(await openMirror(made.world.location), 'bravo');
  const drift = () => registryDrift({ ...run, location: made.world.location, site: 'bravo' });
  const inWords = (outcome: Parameters<typeof renderRegistryRollback>[0]) =>
    renderRegistryRollback(outcome, { mirrorRoot: 'mirror' })
      .replaceAll(registry.host, 'registry.example')
      .replace(/sha256:[0-9a-f]{64}/g, 'sha256:…')
      .replace(/\bb[0-9a-f]{12}\b/g, 'b…');

  it('moves the catalog back under its tag, with the ledger, and forward again', async () => {
    await supply(made.world, seq1);
    const first = await digestOf(catalog);
    await supply(made.world, seq2);
    const second = await digestOf(catalog);
    expect(second).not.toBe(first);

    const planned = await rollback();
    expect(inWords(planned)).toMatchInlineSnapshot(`
      "bravo: this plan moves 1 tag in registry.example/mirror back from seq2-logging to seq1-terminal
          redhat/redhat-operator-index:v4.19 to sha256:…
        10 tags already point to the image of seq1-terminal
      The plan can be undone: an upload of a later sequence moves the tags forward again, without sending images again.
      The plan does not undo:
        updates of a cluster. OpenShift cannot go back to an earlier release, and an operator stays at its version until you reinstall it
        running pods. A pod uses the earlier image only after it pulls the tag again
        tags that only later sequences have. 12 tags will stay in the registry
          ubi9/ubi:9.5
      The cluster resources stay the same
      Plan b…: nothing was changed
      Next: nx run mirror-site-bravo:rollback --tags --to=seq1 --apply=b…"
    `);
    expect(await digestOf(catalog)).toBe(second);
    expect((await ledger()).entries.map(({ sequence }) => sequence)).toEqual([1, 2]);

    await expect(rollback({ apply: 'b0123456789ab' })).rejects.toMatchObject({ code: 'SEQ0661' });
    expect(await digestOf(catalog)).toBe(second);

    const done = await rollback({ apply: planned.plan.id, note: 'the new operator fails' });
    expect(inWords(done)).toMatchInlineSnapshot(`
      "bravo: 1 tag in registry.example/mirror was moved back from seq2-logging to seq1-terminal
      bravo: has seq1; its ledger said seq2 before
      The cluster resources stay the same
      Next: git add mirror/sites && git commit
      To go forward again: nx run mirror-site-bravo:upload"
    `);
    expect(await digestOf(catalog)).toBe(first);
    expect(await ledger()).toMatchObject({
      entries: [{ sequence: 1, confidence: 'proven' }],
      rollbacks: [{ from: 2, to: 1, note: 'the new operator fails' }],
    });
    expect(await drift()).toMatchObject({ sound: true, sequence: { number: 1 } });
    const folder = join(made.world.root, 'mirror/content', seq1, resourcesPath);
    expect(await readdir(folder)).toEqual(
      expect.arrayContaining(planned.plan.resources.steps.flatMap(({ files }) => files)),
    );

    const again = await supply(made.world, seq2);
    expect(again).toMatchObject({ blobs: { uploaded: { count: 0 } } });
    expect(await digestOf(catalog)).toBe(second);
    expect((await ledger()).entries.map(({ sequence }) => sequence)).toEqual([1, 2]);
    expect((await drift()).sound).toBe(true);
  });

  it('goes back to a sequence that the site has skipped, if the registry has all of it', async () => {
    await supply(made.world, seq3);
    await made.world.write(
      'mirror/sites/bravo/ledger.yaml',
      (await made.world.read('mirror/sites/bravo/ledger.yaml')).replace(/ {2}- sequence: 2\n(?: {4}.*\n)*/, ''),
    );
    const { plan } = await rollback({ to: 2 });
    await rollback({ to: 2, apply: plan.id });
    expect(await ledger()).toMatchObject({ entries: [{ sequence: 1 }, { sequence: 2, confidence: 'proven' }] });
    expect((await ledger()).rollbacks?.at(-1)).toMatchObject({ from: 3, to: 2 });
    expect((await drift()).sound).toBe(true);
    const once = await rollback({ to: 2 });
    expect(once.plan.tags).toEqual([]);
  });

  it('refuses a sequence that is not earlier, and moves nothing when content is missing', async () => {
    await expect(rollback({ to: 4 })).rejects.toMatchObject({
      code: 'SEQ0660',
      why: expect.stringContaining('has acknowledged is seq2'),
    });
    await expect(rollback({ to: 9 })).rejects.toMatchObject({
      code: 'SEQ0660',
      why: 'The last sealed sequence is seq4',
    });
    const before = await digestOf(catalog);
    const { plan } = await rollback();
    const gone = plan.tags[0]?.expected ?? '';
    const hex = gone.slice('sha256:'.length);
    await rm(join(registry.folder, 'docker/registry/v2/blobs/sha256', hex.slice(0, 2), hex), { recursive: true });
    await expect(rollback({ apply: plan.id })).rejects.toMatchObject({
      code: 'SEQ0660',
      details: expect.arrayContaining([`The archives of ${seq1} contain some of the missing blobs`]),
      next: expect.stringContaining('nx run mirror:upload --sequence=seq1'),
    });
    expect(await digestOf(catalog)).toBe(before);
    expect((await ledger()).entries.at(-1)).toMatchObject({ sequence: 2 });
  });
});
