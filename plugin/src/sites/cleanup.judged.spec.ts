import type { DebianRegistry } from '../../../testing/lab/debian-registry';
import { skopeo, startDebianRegistry } from '../../../testing/lab/debian-registry';
import { describeWith } from '../../../testing/lab/requirements';
import type { SiteWorld } from '../../../testing/worlds/site-life';
import { aSiteWorld, giveRegistry, life, run, supply, tool } from '../../../testing/worlds/site-life';
import { upload } from '../../../testing/worlds/uploading';
import { imagesBySequence } from '../mirror/chain-images';
import { openMirror } from '../mirror/mirror';
import { openSealedChain } from '../mirror/sealed-chain';
import { emptyLedger, readLedger, renderLedger } from '../mirror/sites/sites';
import { renderCleanup } from '../report/text/cleanup';
import { blobsByRepository, blobSetOf } from '../sequence/closure';
import type { CleanupOptions, CleanupOutcome } from './cleanup';
import { cleanUpRegistry } from './cleanup';
import { registryDrift } from './registry-drift';
import { rollbackRegistry } from './registry-rollback';

jest.setTimeout(300_000);

const [seq1, seq2, seq3, seq4] = life;

describeWith(['docker-registry', 'skopeo'], 'cleanUpRegistry, judged by skopeo', () => {
  let made: SiteWorld;
  let registry: DebianRegistry;

  beforeAll(async () => {
    made = await aSiteWorld();
    registry = await startDebianRegistry({ allowDelete: true });
    await giveRegistry(made.world, registry.host);
    for (const folder of [seq1, seq2, seq3]) await supply(made.world, folder);
  });
  afterAll(async () => {
    await registry?.stop();
    await made?.stop();
  });

  const cleanup = (options: Partial<CleanupOptions> = {}) =>
    cleanUpRegistry({ ...run, location: made.world.location, site: 'bravo', keep: 1, ...options });
  const drift = () => registryDrift({ ...run, location: made.world.location, site: 'bravo' });
  const ledger = async () => readLedger(await openMirror(made.world.location), 'bravo');
  const at = (place: string) => `docker://${registry.host}/mirror/${place}`;
  const isThere = (place: string): Promise<boolean> =>
    skopeo(['inspect', '--raw', at(place)]).then(
      () => true,
      () => false,
    );
  /** Every manifest that the images of a sequence need, as `repository@digest`, and its tags. */
  const placesOf = async (number: number): Promise<string[]> => {
    const mirror = await openMirror(made.world.location);
    const { sequences } = await openSealedChain(mirror, { trust: 'proven' });
    const images = (await imagesBySequence(mirror, sequences))[number - 1]?.images ?? [];
    const blobs = blobSetOf(...sequences.map(({ inventory }) => inventory.blobs));
    const manifests = [...blobsByRepository(images, blobs)].flatMap(([repository, needed]) =>
      [...needed.values()].flatMap(({ digest, refs }) => (refs === undefined ? [] : [`${repository}@${digest}`])),
    );
    return [...manifests, ...images.map(({ repository, tag }) => `${repository}:${tag}`)];
  };
  const inWords = (outcome: CleanupOutcome) =>
    renderCleanup(outcome, { mirrorRoot: 'mirror' })
      .replaceAll(registry.host, 'registry.example')
      .replace(/sha256([:-])[0-9a-f]{64}/g, 'sha256$1…')
      .replace(/\bc[0-9a-f]{12}\b/g, 'c…');

  it('deletes nothing in a registry that does not allow it, nor does the ledger forget anything', async () => {
    const strict = await startDebianRegistry({ folder: registry.folder });
    try {
      await giveRegistry(made.world, strict.host);
      const { plan } = await cleanup();
      expect(plan.manifests.length).toBeGreaterThan(0);
      await expect(cleanup({ apply: plan.id })).rejects.toMatchObject({
        code: 'SEQ0534',
        next: expect.stringContaining('REGISTRY_STORAGE_DELETE_ENABLED=true'),
      });
    } finally {
      await strict.stop();
      await giveRegistry(made.world, registry.host);
    }
    expect((await ledger()).entries.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
  });

  it('keeps what another site with the same registry has', async () => {
    const charlie = `schema: seqmirror/v1\nname: charlie\nregistry: ${registry.host}/mirror\n`;
    await made.world.write('mirror/sites/charlie/site.yaml', charlie);
    const [first] = (await ledger()).entries;
    await made.world.write('mirror/sites/charlie/ledger.yaml', renderLedger({ ...emptyLedger, entries: [first!] }));
    expect((await cleanup()).plan).toMatchObject({ kept: life, manifests: [], retired: [] });
    await made.world.write('mirror/sites/charlie/site.yaml', charlie.replace('/mirror', '/elsewhere'));
    expect((await cleanup()).plan).toMatchObject({ kept: [seq3, seq4], retired: [seq1, seq2] });
  });

  it('waits for a bundle on its way, and keeps at least one sequence', async () => {
    await expect(cleanup({ keep: 0 })).rejects.toMatchObject({ code: 'SEQ0662' });
    const transfer = [
      'schema: seqmirror/v1\nid: T0001\nsites: [bravo]\nkind: individual\nneeds: []\nvolumes: []\nstate: sent',
      `made: 2026-11-29T00:00:00Z\nhead: { number: 4, folder: ${seq4}, seal: 'sha256:${'0'.repeat(64)}' }\n`,
    ].join('\n');
    await made.world.write('mirror/sites/bravo/transfers/T0001.yaml', transfer);
    await expect(cleanup()).rejects.toMatchObject({ code: 'SEQ0662', what: expect.stringContaining('T0001') });
    await made.world.write(
      'mirror/sites/bravo/transfers/T0001.yaml',
      transfer.replace('state: sent', 'state: acknowledged'),
    );
  });

  it('deletes what only earlier sequences need, and nothing else', async () => {
    // Somebody else has given two of our old images tags of their own, one of them to one architecture.
    const { plan: before } = await cleanup();
    const index = before.manifests.find(({ repository, tags }) => repository === 'acme/tool' && tags.length === 0);
    const old = before.manifests.find(({ repository }) => repository.startsWith('web-terminal/'));
    await skopeo(['copy', at(`acme/tool@${index?.digest}`), at('acme/tool:production')]);
    await skopeo([
      'copy',
      '--all',
      '--preserve-digests',
      at(`${old?.repository}@${old?.digest}`),
      at(`${old?.repository}:ours`),
    ]);
    await skopeo(['copy', at(`${old?.repository}@${old?.digest}`), at('foreign/app:1')]);

    const planned = await cleanup();
    expect(inWords(planned)).toMatchInlineSnapshot(`
      "bravo: this plan deletes 19 manifests from registry.example/mirror, which only seq1, seq2 need:
          web-terminal/web-terminal-rhel9-operator:sha256-…
          web-terminal/web-terminal-tooling-rhel9:sha256-…
          acme/tool:sha256-….sig
          web-terminal/web-terminal-bundle:sha256-…
          web-terminal/web-terminal-bundle:sha256-….sig
          web-terminal/web-terminal-rhel9-operator:sha256-….sig
          web-terminal/web-terminal-tooling-rhel9:sha256-….sig
        12 manifests without a tag: parts of these images, and images whose tag has moved
      The images of these sequences stay: seq3, seq4
      A garbage collection of the registry can then free up to 562.7 KiB
      2 other tags point to old images, which therefore stay:
          acme/tool:production is sha256:…
          web-terminal/web-terminal-exec-rhel9:ours is sha256:…
      The ledger will not list seq1, seq2 any more. To go back to these sequences, you have to upload them again
      If another mirror uploads into registry.example/mirror, do not apply this plan: seqmirror does not know which images the other mirror needs
      Plan c…: nothing was changed
      Next: nx run mirror-site-bravo:cleanup --keep=1 --apply=c…"
    `);
    expect(planned.plan.manifests.length).toBeLessThan(before.manifests.length);
    await expect(cleanup({ apply: before.id })).rejects.toMatchObject({ code: 'SEQ0661' });
    const wanted = planned.plan.manifests.map(({ repository, digest }) => `${repository}@${digest}`);
    expect(await Promise.all(wanted.map(isThere))).toEqual(wanted.map(() => true));

    const done = await cleanup({ apply: planned.plan.id });
    expect(inWords(done)).toMatchInlineSnapshot(`
      "bravo: deleted 19 manifests from registry.example/mirror. The ledger does not list seq1, seq2 any more
      A garbage collection of the registry now frees up to 562.7 KiB
      2 other tags point to old images, which therefore stay:
          acme/tool:production is sha256:…
          web-terminal/web-terminal-exec-rhel9:ours is sha256:…
      Next: git add mirror/sites && git commit, then nx run mirror-site-bravo:drift"
    `);
    expect(await Promise.all(wanted.map(isThere))).toEqual(wanted.map(() => false));
    const kept = await placesOf(3);
    expect(kept.length).toBeGreaterThan(10);
    expect(kept.filter((place) => wanted.includes(place))).toEqual([]);
    expect(await Promise.all(kept.map(isThere))).toEqual(kept.map(() => true));
    const signature = `${old?.repository}:${old?.digest.replace(':', '-')}.sig`;
    for (const place of ['acme/tool:production', signature, `${old?.repository}:ours`, 'foreign/app:1'])
      expect([place, await isThere(place)]).toEqual([place, true]);
    expect((await drift()).sound).toBe(true);
    expect(await ledger()).toMatchObject({ entries: [{ sequence: 3 }], cleaned: [{ sequence: 1 }, { sequence: 2 }] });
    expect(inWords(await cleanup())).toContain('has no image that can be deleted');
  });

  it('can be continued after a stop, when the ledger has forgotten the sequences already', async () => {
    await supply(made.world, seq4);
    const { plan } = await cleanup();
    const signature = plan.manifests.flatMap(({ tags }) => tags).filter((tag) => tag.endsWith('.sig'));
    expect(signature.length).toBeGreaterThan(0);
    const abort = new AbortController();
    const progress = { ...run.progress, detail: () => abort.abort(new Error('stopped')) };
    await expect(cleanup({ apply: plan.id, progress, signal: abort.signal })).rejects.toThrow('stopped');
    expect((await ledger()).entries.map(({ sequence }) => sequence)).toEqual([4]);
    const { plan: rest } = await cleanup();
    expect(rest.manifests.length).toBeGreaterThan(0);
    expect(rest.manifests.length).toBeLessThan(plan.manifests.length);
    await cleanup({ apply: rest.id });
    expect(await isThere(tool)).toBe(false);
    expect((await drift()).sound).toBe(true);
  });

  it('is healed by an upload, which going back needs first', async () => {
    const back = { ...run, location: made.world.location, site: 'bravo', to: 1 };
    await expect(rollbackRegistry(back)).rejects.toMatchObject({
      code: 'SEQ0660',
      next: expect.stringContaining(`--registry=${registry.host}/mirror --force --thorough`),
    });
    await upload(made.world, seq1, { registry: `${registry.host}/mirror`, force: true, thorough: true });
    const { plan } = await rollbackRegistry(back);
    await rollbackRegistry({ ...back, apply: plan.id });
    const places = await placesOf(1);
    expect(await Promise.all(places.map(isThere))).toEqual(places.map(() => true));
    expect(await drift()).toMatchObject({ sound: true, sequence: { number: 1 } });
  });
});
