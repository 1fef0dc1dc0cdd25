import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DebianRegistry } from '../../../testing/lab/debian-registry';
import { startDebianRegistry } from '../../../testing/lab/debian-registry';
import type { Lab } from '../../../testing/lab/lab';
import { describeWith } from '../../../testing/lab/requirements';
import { settingsTrusting } from '../../../testing/worlds/uploading';
import type { World } from '../../../testing/worlds/world';
import { app, aSealedMirror, startUpstream, ubi } from '../../../testing/worlds/world';
import type { Digest } from '../oci/digest';
import { renderDrift } from '../report/text/drift';
import { renderUpload } from '../report/text/upload';
import { silentProgress } from '../system/progress';
import type { SiteUploadOptions } from '../upload/upload-to-site';
import { uploadToSite } from '../upload/upload-to-site';
import type { DriftOptions } from './registry-drift';
import { registryDrift } from './registry-drift';

jest.setTimeout(300_000);

const [seq1, seq2] = ['seq1-baseline', 'seq2-add-app'] as const;

let upstream: Lab;
let world: World;

beforeAll(async () => {
  upstream = await startUpstream();
  world = await aSealedMirror(upstream, { [seq1]: [ubi], [seq2]: [ubi, app] });
  await writeSite();
});
afterAll(async () => {
  await world?.remove();
  await upstream?.stop();
});

const writeSite = (more = ''): Promise<void> =>
  world.write('mirror/sites/bravo/site.yaml', `schema: seqmirror/v1\nname: bravo\n${more}`);
const run = { progress: silentProgress, signal: new AbortController().signal, now: () => new Date() };
const drift = (options: Partial<DriftOptions> = {}) =>
  registryDrift({ ...run, location: world.location, site: 'bravo', ...options });
const upload = (options: Partial<SiteUploadOptions> = {}) =>
  uploadToSite({
    ...{ ...run, location: world.location, site: 'bravo', folder: seq2, engine: 'auto' },
    ...{ force: false, dryRun: false },
    ...options,
  });

describe('registryDrift', () => {
  it('fails where there is nothing to compare', async () => {
    await expect(drift()).rejects.toMatchObject({ code: 'SEQ0658', why: 'site.yaml has no `registry`' });
    await expect(drift({ registry: '127.0.0.1:1/mirror' })).rejects.toMatchObject({ code: 'SEQ0659' });
  });
});

describeWith(['docker-registry'], 'registryDrift, judged by a registry that has lost content', () => {
  let registry: DebianRegistry;

  beforeAll(async () => {
    registry = await startDebianRegistry({ allowDelete: true });
    await world.write('mirror/seqmirror.yaml', settingsTrusting(registry.host));
    await writeSite(`registry: ${registry.host}/mirror\n`);
    await upload();
  });
  afterAll(() => registry?.stop());

  const inWords = (text: string) => text.replaceAll(registry.host, 'registry.example');
  const dataOf = (digest: Digest) => {
    const hex = digest.slice('sha256:'.length);
    return join(registry.folder, 'docker/registry/v2/blobs/sha256', hex.slice(0, 2), hex, 'data');
  };
  const aLayerOf = async (folder: string): Promise<Digest> => {
    const lines = (await world.read(`mirror/content/${folder}/seq-inventory.jsonl`)).trimEnd().split('\n');
    const blobs = lines.map((line) => JSON.parse(line) as { record: string; digest: Digest; bytes: number; refs?: [] });
    const layers = blobs.filter(({ record, refs }) => record === 'blob' && refs === undefined);
    return layers.sort((a, b) => b.bytes - a.bytes)[0]!.digest;
  };

  it('finds everything in a registry to which it was uploaded', async () => {
    const outcome = await drift();
    expect(outcome).toMatchObject({ sound: true, tags: [], lacking: { blobs: 0, images: [] }, file: undefined });
    expect(inWords(renderDrift(outcome))).toMatchInlineSnapshot(
      `"bravo: seq2-add-app in registry.example/mirror: nothing is missing (3 tags, 5 manifests, 9 layers and configs)"`,
    );
  });

  it.each([
    ['of the newest sequence', seq2],
    ['of an earlier one, whose archives are here', seq1],
  ])('finds a lost layer %s, which an upload does not see unless it is thorough', async (_, folder) => {
    const layer = await aLayerOf(folder);
    await rm(dataOf(layer));
    const output = join(world.root, 'need.txt');
    const found = await drift({ output });
    expect(found).toMatchObject({ sound: false, tags: [], lacking: { blobs: 1 }, file: output });
    expect(await readFile(output, 'utf8')).toBe(`${layer}\n`);

    expect(renderUpload(await upload())).toContain('already has all 2 images');
    expect((await drift()).sound).toBe(false);
    const again = await upload({ thorough: true });
    expect(inWords(renderUpload(again))).toMatch(/1 blob uploaded/);
    expect((await drift()).sound).toBe(true);
  });

  it('finds a tag that stands for nothing, and the manifests that went with it', async () => {
    const [, digest = ''] = /@(sha256:\w+)/.exec(await world.read(`mirror/content/${seq1}/images.txt`)) ?? [];
    await rm(dataOf(digest as Digest));
    const outcome = await drift();
    expect(outcome).toMatchObject({ sound: false, tags: [{ there: undefined }], lacking: { blobs: 1 } });
    expect(inWords(renderDrift(outcome))).toMatchInlineSnapshot(`
      "bravo: seq2-add-app in registry.example/mirror: the registry differs from the ledger (3 tags, 5 manifests, 9 layers and configs)
        1 blob missing, 491 B, of 1 image:
          registry.redhat.io/ubi9/ubi:9.5
        1 tag with another image, or with none:
          ubi9/ubi:9.5 is missing
      Next: nx run mirror-site-bravo:upload --thorough
      To carry the missing blobs on a medium: add --output=need.txt, which writes a list for \`bundle --need\`"
    `);
    await upload();
    expect((await drift()).sound).toBe(true);
  });

  it('needs the embedded engine to be thorough', async () => {
    await expect(upload({ thorough: true, engine: 'oc-mirror' })).rejects.toMatchObject({ code: 'SEQ0657' });
  });
});
