import { chmod, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { anImage } from '../../../testing/images/image';
import type { DebianRegistry } from '../../../testing/lab/debian-registry';
import { skopeo, startDebianRegistry } from '../../../testing/lab/debian-registry';
import type { Lab } from '../../../testing/lab/lab';
import { moveTag, startLab } from '../../../testing/lab/lab';
import { describeWith } from '../../../testing/lab/requirements';
import { settingsTrusting, trusting, upload as uploaded } from '../../../testing/worlds/uploading';
import type { World } from '../../../testing/worlds/world';
import { app, aWorld, startUpstream, tools, ubi } from '../../../testing/worlds/world';
import { readArchiveIndex } from '../archive/archive-index';
import { renderUpload } from '../report/text/upload';
import type { UploadOptions, UploadOutcome } from './upload-sequence';

jest.setTimeout(300_000);

const [seq1, seq2, seq3] = ['seq1-baseline', 'seq2-add-app', 'seq3-move-ubi'] as const;

let upstream: Lab;
let site: Lab;
let world: World;

beforeAll(async () => {
  upstream = await startUpstream();
  site = await startLab({ images: [] });
  world = await aWorld(upstream, { settings: trusting(site.host) });
  await world.sequence(seq1, [ubi]);
  await world.sequence(seq2, [ubi, app, tools]);
  await world.sequence(seq3, [ubi, app]);
  await world.seal(seq1);
  await world.seal(seq2);
  moveTag(upstream, ubi, anImage(ubi, { layers: [{ name: 'ubi9-base', bytes: 300_000 }, 'patched'] }));
  await world.seal(seq3);
});
afterAll(async () => {
  await world?.remove();
  await site?.stop();
  await upstream?.stop();
});

function upload(
  folder: string,
  options: Partial<UploadOptions> & { at?: World | undefined } = {},
): Promise<UploadOutcome> {
  const { at = world, ...rest } = options;
  return uploaded(at, folder, { registry: `${site.host}/mirror`, ...rest });
}

const methodsOf = ({ journal }: Lab, pattern = /./): string[] => [
  ...new Set(journal.entries.filter(({ path }) => pattern.test(path)).map(({ method }) => method)),
];
const tagsPut = ({ journal }: Lab): string[] =>
  journal.entries
    .filter(({ method, path, status }) => method === 'PUT' && status === 201 && /\/manifests\/[^:]+$/.test(path))
    .map(({ path }) => path.slice('/v2/'.length).replace('/manifests/', ':'))
    .sort();

/** A new registry for one spec. */
async function atFreshSite(work: (fresh: Lab, there: Partial<UploadOptions> & { at: World }) => Promise<void>) {
  const fresh = await startLab({ images: [] });
  const copy = await world.copy();
  try {
    await copy.write('mirror/seqmirror.yaml', settingsTrusting(fresh.host));
    await work(fresh, { at: copy, registry: `${fresh.host}/mirror` });
  } finally {
    await copy.remove();
    await fresh.stop();
  }
}

it('shows first what it would do', async () => {
  const outcome = await upload(seq1, { dryRun: true });
  expect(renderUpload(outcome).replaceAll(site.host, 'registry.example')).toMatchInlineSnapshot(`
    "seq1-baseline to registry.example/mirror: dry run; nothing was written
      1 image, 0 already in the registry; 4 manifests to upload
      6 blobs, at most 587.0 KiB to upload; blobs that the registry already has are skipped
    Next: nx run mirror:upload --sequence=seq1 --registry=registry.example/mirror"
  `);
  // The answer to a GET says why the registry has no such tag.
  expect(methodsOf(site, /manifests|blobs/)).toEqual(['HEAD', 'GET']);
});

it('uploads a chain, mounts what is in another repository there, and says what to apply', async () => {
  const first = await upload(seq1);
  expect(renderUpload(first).replaceAll(site.host, 'registry.example')).toMatchInlineSnapshot(`
    "seq1-baseline: uploaded to registry.example/mirror (embedded 0.1.0)
      1 image
         587.0 KiB  6 blobs uploaded
    Next: on each cluster, in this order, from mirror/content/seq1-baseline/working-dir/cluster-resources/
      oc apply -f itms-oc-mirror.yaml
          NODES MAY REBOOT: nodes then pull from this registry; a change is rolled out node by node"
  `);
  site.journal.clear();
  const second = await upload(seq2);
  expect(renderUpload(second).replaceAll(site.host, 'registry.example')).toMatchInlineSnapshot(`
    "seq2-add-app: uploaded to registry.example/mirror (embedded 0.1.0)
      3 images, 1 of them already in the registry
         479.9 KiB  7 blobs uploaded
         586.0 KiB  2 blobs mounted from another repository of the registry
    Next: on each cluster, in this order, from mirror/content/seq2-add-app/working-dir/cluster-resources/
      oc apply -f itms-oc-mirror.yaml
          NODES MAY REBOOT: nodes then pull from this registry; a change is rolled out node by node"
  `);
  expect(site.journal.entries.some(({ query }) => query.includes('from=mirror%2Fubi9%2Fubi'))).toBe(true);
  const written = join(world.root, 'mirror/content', seq2, 'working-dir/cluster-resources');
  expect(await readdir(written)).toEqual(['itms-oc-mirror.yaml']);
  const text = await world.read(join('mirror/content', seq2, 'working-dir/cluster-resources/itms-oc-mirror.yaml'));
  expect(text.replaceAll(site.host, 'registry.example')).toMatchInlineSnapshot(`
    "---
    apiVersion: config.openshift.io/v1
    kind: ImageTagMirrorSet
    metadata:
      name: itms-generic-0
    spec:
      imageTagMirrors:
      - mirrors:
        - registry.example/mirror/platform
        source: quay.io/platform
      - mirrors:
        - registry.example/mirror/ubi9
        source: registry.redhat.io/ubi9
    "
  `);
});

it('shortens paths if the registry accepts two parts, and says so in the next step', async () => {
  await atFreshSite(async (fresh, there) => {
    const shallow = { ...there, maxNestedPaths: 2 };
    const planned = renderUpload(await upload(seq2, { ...shallow, dryRun: true }));
    expect(planned).toContain(`upload --sequence=seq2 --registry=${fresh.host}/mirror --maxNestedPaths=2`);
    await upload(seq2, shallow);
    const repositories = new Set(tagsPut(fresh).map((place) => place.replace(/:.*/, '')));
    expect([...repositories]).toEqual(['mirror/platform-app', 'mirror/platform-tools', 'mirror/ubi9-ubi']);
    const text = await there.at.read(`mirror/content/${seq2}/working-dir/cluster-resources/itms-oc-mirror.yaml`);
    expect(text).toContain(`- ${fresh.host}/mirror/ubi9-ubi\n    source: registry.redhat.io/ubi9/ubi\n`);
  });
});

it('refuses two images that would get one name by shortened paths, before it asks the registry for anything', async () => {
  const [deep, flat] = ['quay.io/team/tools/cli:1', 'quay.io/team/tools-cli:1'];
  const other = await startLab({ images: [deep, flat].map((name) => anImage(name, { layers: [name] })) });
  const fresh = await startLab({ images: [] });
  const twins = await aWorld(other, { settings: trusting(fresh.host) });
  try {
    await twins.sequence('seq1-twins', [deep, flat]);
    await twins.seal('seq1-twins');
    const there = { at: twins, registry: fresh.host };
    for (const dryRun of [true, false])
      await expect(upload('seq1-twins', { ...there, dryRun, maxNestedPaths: 2 })).rejects.toMatchObject({
        code: 'SEQ0656',
        details: ['team/tools-cli:1 and team/tools/cli:1 both become team/tools-cli:1'],
      });
    expect(methodsOf(fresh, /manifests|blobs/)).toEqual([]);
    await upload('seq1-twins', { ...there, maxNestedPaths: 3 });
    expect(tagsPut(fresh)).toEqual(['team/tools-cli:1', 'team/tools/cli:1']);
  } finally {
    await twins.remove();
    await fresh.stop();
    await other.stop();
  }
});

it('asks only for tags, each once, when it is run again', async () => {
  site.journal.clear();
  const outcome = await upload(seq2);
  expect(renderUpload(outcome).split('\n')[0]?.replaceAll(site.host, 'registry.example')).toMatchInlineSnapshot(
    `"seq2-add-app: registry.example/mirror already has all 3 images (embedded 0.1.0)"`,
  );
  expect(methodsOf(site, /manifests|blobs/)).toEqual(['HEAD']);
  const asked = site.journal.entries.map(({ path }) => path).filter((path) => path !== '/v2/');
  expect(asked.filter((path) => /\/blobs\/|sha256:/.test(path))).toEqual([]);
  // A later sequence moved one tag, and so it is asked for before, in case it would be set back.
  expect(asked).toHaveLength(new Set(asked).size + 1);
});

it('refuses to set tags back unless it is forced to', async () => {
  await upload(seq3);
  await expect(upload(seq2)).rejects.toMatchObject({
    code: 'SEQ0640',
    what: `${site.host}/mirror already has ${seq3}, so the upload of ${seq2} would move 1 tag back to older images`,
    details: [`from ${seq3}: ubi9/ubi:9.5`],
  });
  expect(await upload(seq2, { force: true })).toMatchObject({ kind: 'uploaded' });
  expect(await upload(seq3)).toMatchObject({ kind: 'uploaded' });
});

it('sets no tag before everything is there, and continues where it stopped', () =>
  atFreshSite(async (fresh, there) => {
    const heal = fresh.fault({ match: { method: 'PUT', path: /manifests\/sha256:/, nth: 3 }, action: { status: 507 } });
    await expect(upload(seq2, there)).rejects.toMatchObject({ code: 'SEQ0520' });
    expect(tagsPut(fresh)).toEqual([]);
    heal();
    fresh.journal.clear();
    await upload(seq2, there);
    expect(methodsOf(fresh, /uploads/)).toEqual([]);
    expect(tagsPut(fresh)).toHaveLength(4);
  }));

it('sends no damaged blob, and sets no tag', () =>
  atFreshSite(async (fresh, there) => {
    const archive = join(there.at.root, 'mirror/content', seq1, 'mirror_000001.tar');
    const index = await readArchiveIndex(archive);
    const [digest, place] = [...index.blobs].sort(([, a], [, b]) => b.bytes - a.bytes)[0] ?? [];
    await chmod(archive, 0o600);
    const file = await open(archive, 'r+');
    await file.write(Buffer.from([0xff, 0xfe]), 0, 2, (place?.offset ?? 0) + 100);
    await file.close();
    await expect(upload(seq1, there)).rejects.toMatchObject({
      code: 'SEQ0523',
      details: [
        `the blob is in mirror_000001.tar, from byte ${place?.offset} on`,
        `expected ${digest}`,
        expect.anything(),
      ],
    });
    expect(tagsPut(fresh)).toEqual([]);
    expect((await fetch(`${fresh.url}/v2/mirror/ubi9/ubi/blobs/${digest}`)).status).toBe(404);
  }));

it('uploads nothing if records were edited, of the sequence or of one before it', () =>
  atFreshSite(async (fresh, there) => {
    const inventory = join('mirror/content', seq1, 'seq-inventory.jsonl');
    await there.at.write(inventory, (await there.at.read(inventory)).replace(/"bytes":\d+/, '"bytes":1'));
    for (const folder of [seq1, seq2]) await expect(upload(folder, there)).rejects.toMatchObject({ code: 'SEQ0233' });
    expect(fresh.journal.entries).toEqual([]);
  }));

it('uploads although records of a later sequence were edited', () =>
  atFreshSite(async (_, there) => {
    const inventory = join('mirror/content', seq3, 'seq-inventory.jsonl');
    await there.at.write(inventory, (await there.at.read(inventory)).replace(/"bytes":\d+/, '"bytes":1'));
    expect(await upload(seq1, there)).toMatchObject({ kind: 'uploaded' });
  }));

it('does without the archives of a sequence that the registry has', () =>
  atFreshSite(async (_fresh, there) => {
    await upload(seq1, there);
    await rm(join(there.at.root, 'mirror/content', seq1, 'mirror_000001.tar'));
    await rm(join(there.at.data, 'store'), { recursive: true });
    expect(await upload(seq2, there)).toMatchObject({ kind: 'uploaded', missing: [`${seq1}/mirror_000001.tar`] });
  }));

it('names the part that is missing when neither archives nor registry have it', () =>
  atFreshSite(async (fresh, there) => {
    await rm(join(there.at.root, 'mirror/content', seq1, 'mirror_000001.tar'));
    await rm(join(there.at.data, 'store'), { recursive: true });
    await expect(upload(seq2, there)).rejects.toMatchObject({ code: 'SEQ0641' });
    expect(tagsPut(fresh)).toEqual([]);
  }));

describeWith(['docker-registry', 'skopeo'], "into Debian's docker-registry, judged by skopeo", () => {
  let registry: DebianRegistry;
  let copy: World;
  beforeAll(async () => {
    registry = await startDebianRegistry({ basicAuth: true });
    copy = await world.copy();
    const auth = `  authFile: ${registry.authFile}\n`;
    const settings = `${settingsTrusting(registry.host)}${auth}`;
    await copy.write('mirror/seqmirror.yaml', settings);
  });
  afterAll(async () => {
    await registry?.stop();
    await copy?.remove();
  });

  it('every image arrives as it was at its source', async () => {
    for (const folder of [seq1, seq2, seq3]) await upload(folder, { at: copy, registry: `${registry.host}/mirror` });
    for (const reference of [ubi, app]) {
      const name = reference.slice(reference.indexOf('/') + 1);
      const at = ['inspect', '--raw', `docker://${registry.host}/mirror/${name}`];
      const source = ['inspect', '--raw', `docker://${upstream.host}/${reference}`];
      expect(await skopeo(at, { authFiles: [registry.authFile] })).toBe(await skopeo(source));
      const target = `dir:${join(copy.root, `pulled-${name.replaceAll(/\W/g, '-')}`)}`;
      const pulled = ['copy', '--all', `docker://${registry.host}/mirror/${name}`, target];
      await skopeo(pulled, { authFiles: [registry.authFile] });
    }
  });
});
