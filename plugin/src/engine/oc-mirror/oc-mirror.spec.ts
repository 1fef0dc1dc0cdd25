import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { readArchiveIndex } from '../../archive/archive-index';
import type { BlobSet } from '../../oci/blob';
import type { Digest } from '../../oci/digest';
import { isSeqmirrorError, renderExplanation } from '../../system/errors';
import type { Source } from '../embedded/source.fixture';
import { createSource } from '../embedded/source.fixture';
import type { FakeOcMirror } from './fake-oc-mirror.fixture';
import { fakeOcMirror } from './fake-oc-mirror.fixture';
import { ocMirrorEngine } from './oc-mirror';

const digest = 'sha256:bf4b05b09ba9e5b6ce78c31ca0ed2d78f1b9bb5b3d1b2e0d7a80a2a4a7f8b4d3' as Digest;

describe('ocMirrorEngine', () => {
  let fake: FakeOcMirror;
  afterEach(() => fake.remove());

  const mirror = () => ocMirrorEngine.mirrorToDisk(fake.request(), fake.version);
  const errorOf = async (): Promise<string> => {
    const error: unknown = await mirror().catch((reason: unknown) => reason);
    return isSeqmirrorError(error) ? renderExplanation(error) : `not ours: ${String(error)}`;
  };

  it('returns archives, images and the pinned configuration', async () => {
    fake = await fakeOcMirror();
    const staged = await mirror();
    expect(staged.archives).toEqual([join(fake.folder, 'seq1', 'mirror_000001.tar')]);
    const [image] = staged.images;
    expect(image).toMatchObject({ kind: 'additional', source: 'registry.example/a/b:1', repository: 'a/b', tag: '1' });
    expect(staged.pinnedConfig).toContain(`registry.example/a/b:1@${image?.digest}`);
    expect(staged.provenance).toEqual({ tlsVerified: true, substitutions: [] });
  });

  it('lets others read what oc-mirror writes, whatever the umask of this process', async () => {
    fake = await fakeOcMirror({ mirror: 'copy; archive; umask > umask.txt' });
    const before = process.umask(0o077);
    try {
      await mirror();
    } finally {
      process.umask(before);
    }
    expect(await readFile(join(fake.folder, 'engine', 'stage', 'umask.txt'), 'utf8')).toBe('0022\n');
  });

  it('slims the archives', async () => {
    fake = await fakeOcMirror();
    const { archives } = await mirror();
    const index = await readArchiveIndex(archives[0] as string);
    expect([index.workingDir, index.blobs.size, index.links.length]).toEqual([[], 1, 1]);
  });

  it('leaves no mark, archive or scratch folder behind', async () => {
    fake = await fakeOcMirror();
    await mirror();
    expect((await readdir(join(fake.folder, 'engine'))).sort()).toEqual(['cache', 'fingerprints.json', 'stage', 'tmp']);
    expect(await readdir(join(fake.folder, 'engine', 'stage'))).not.toContain('mirror_000001.tar');
  });

  it('tries again more slowly after a failure that may pass', async () => {
    fake = await fakeOcMirror({
      mirror: 'if [ $run = 1 ]; then fail "status 503 Service Unavailable"; fi; copy; archive',
    });
    await mirror();
    expect(await fake.runs()).toEqual(['mirror 4', 'mirror 2', 'list 2']);
    expect(fake.notes).toEqual([
      '1 image failed in attempt 1; trying again with 2 images at a time, at most 600 s for each image',
    ]);
  });

  it('lists the images that fail permanently', async () => {
    fake = await fakeOcMirror({ mirror: 'fail "reading manifest 1 in registry.example/a/b: manifest unknown"' });
    expect(await errorOf()).toMatchInlineSnapshot(`
      "SEQ0403 oc-mirror 4.19.0 made no archive: 1 image failed in one attempt
        registry.example/a/b:1: reading manifest 1 in registry.example/a/b: manifest unknown
        Why:   oc-mirror makes no archive if one image fails. oc-mirror keeps the copied blobs in its cache
        Next:  Run the same command again later. To mirror without these images, add to mirror.blockedImages of the imageset configuration: \`- name: registry\\.example/a/b:1\`"
    `);
    expect(await fake.runs()).toEqual(['mirror 4']);
  });

  it('says what could not be collected', async () => {
    fake = await fakeOcMirror({
      mirror: `error '[Executor] collection error: collect catalog "registry.example/index:v0": manifest unknown'; exit 4`,
    });
    expect(await errorOf()).toMatchInlineSnapshot(`
      "SEQ0409 oc-mirror 4.19.0 could not find out which operator images to mirror
        collect catalog "registry.example/index:v0": manifest unknown
        Why:   oc-mirror copies nothing if it cannot read a catalog, a release or a chart
        Next:  Check that each name in the imageset configuration exists, and that your credentials give access to it. The errors of oc-mirror are above"
    `);
  });

  it('distinguishes a panic from failing images', async () => {
    fake = await fakeOcMirror({ mirror: 'echo "panic: StorageDriver not registered: " >&2; exit 2' });
    expect(await errorOf()).toMatchInlineSnapshot(`
      "SEQ0405 oc-mirror 4.19.0 stopped before its end: oc-mirror crashed
        Why:   oc-mirror printed: panic: StorageDriver not registered:
        Next:  Run the same command again. seqmirror removes the unfinished files first, and oc-mirror keeps its cache"
    `);
  });

  it('takes another port when the first is taken', async () => {
    fake = await fakeOcMirror({
      mirror: `if [ $run = 1 ]; then error "[Executor] $port is already bound and cannot be used"; exit 1; fi; copy; archive`,
    });
    await mirror();
    expect(await fake.runs()).toEqual(['mirror 4', 'mirror 4', 'list 4']);
  });

  it('does not take an archive that could not be closed', async () => {
    fake = await fakeOcMirror({
      mirror: `copy; archive; echo '2026/11/23 17:22:20  [WARN]   : error closing archive writer : no space left on device'`,
    });
    expect(await errorOf()).toMatch(/^SEQ0407 .*no space left on device/);
  });

  it('explains a release image without a signature', async () => {
    const tag = `sha256-${'ab'.repeat(32)}.sig`;
    fake = await fakeOcMirror({
      mirror: `copy; error '[Executor] archive error: reading manifest ${tag} in localhost:1/openshift/release: manifest unknown'; exit 1`,
    });
    expect(await errorOf()).toMatch(/^SEQ0408 /);
  });

  it('mirrors again with a new working-dir if fewer images came than are listed, and then gives up', async () => {
    fake = await fakeOcMirror({
      list: 'mapping; sed "s/:1/:2/g" working-dir/dry-run/mapping.txt >> working-dir/dry-run/mapping.txt',
    });
    expect(await errorOf()).toMatch(
      /^SEQ0402 oc-mirror 4\.19\.0 reported success, but mirrored only 1 of 2 images\n {2}missing: registry\.example\/a\/b:2\n/,
    );
    expect(await fake.runs()).toEqual(['mirror 4', 'list 4', 'mirror 4', 'list 4']);
  });

  it('says that an empty cache means downloading everything', async () => {
    fake = await fakeOcMirror();
    await ocMirrorEngine.mirrorToDisk(
      fake.request({ base: new Map([[digest, { digest, bytes: 5 * 1024 ** 3 }]]) }),
      fake.version,
    );
    expect(fake.notes).toEqual([
      'the cache of oc-mirror is empty, so oc-mirror downloads the blobs of the base again, up to 5.0 GiB',
    ]);
  });

  it('ends oc-mirror when it is stopped, and cleans up in the next run', async () => {
    fake = await fakeOcMirror({ mirror: 'if [ $run = 1 ]; then copy; exec sleep 60; fi; copy; archive' });
    const stop = new AbortController();
    const stopped = ocMirrorEngine.mirrorToDisk(fake.request({ signal: stop.signal }), fake.version);
    const mark = join(fake.folder, 'engine', 'running.json');
    // oc-mirror counts its runs: if it were stopped before it has counted this one, the next would be its first and
    // sleep.
    while ((await fake.runs().catch(() => [])).length === 0) await Promise.race([setTimeout(5), stopped]);
    stop.abort(new Error('stopped by a person'));
    await expect(stopped).rejects.toThrow('stopped by a person');
    await access(mark);
    await mirror();
    // After a kill the images are listed in a separate folder.
    expect((await fake.runs()).at(-1)).toBe('list 4');
    expect((await readdir(join(fake.folder, 'engine'))).sort()).toEqual(['cache', 'fingerprints.json', 'stage', 'tmp']);
  });

  describe('plans', () => {
    let source: Source;
    beforeEach(async () => {
      source = await createSource();
    });
    afterEach(() => source.close());

    /** A dry run that lists these; `name` without its host for images of the source. */
    const listing = (...names: readonly string[]): Promise<FakeOcMirror> => {
      const lines = names.map((name, index) => {
        const from = name.startsWith('oci:') ? name : `docker://${name.includes('.') ? '' : `${source.host}/`}${name}`;
        return `echo "${from}=docker://localhost:$port/lab/app${index}:v1" >> working-dir/dry-run/mapping.txt`;
      });
      return fakeOcMirror({ list: ['mapping; : > working-dir/dry-run/mapping.txt', ...lines].join('; ') });
    };
    const plan = (base?: BlobSet) => {
      const { registries, env } = source.request(source.document('lab/app:v1'));
      const asked = base === undefined ? { registries, env } : { registries, env, base };
      return ocMirrorEngine.plan(fake.request(asked), fake.version);
    };

    it('what it lists, from the manifests in registries, and fetches nothing', async () => {
      const { digest } = source.image('lab/app', 'v1', ['x'.repeat(5000)]);
      fake = await listing('lab/app:v1');
      const found = await plan();
      expect(found.images).toMatchObject([{ source: `${source.host}/lab/app:v1`, digest, repository: 'lab/app0' }]);
      expect(found).toMatchObject({ isExact: false, unanswered: [] });
      expect([...found.blobs.values()].map(({ bytes }) => bytes)).toContain(5000);
      expect(found.archives.map(({ name }) => name)).toEqual(['mirror_000001.tar']);
      expect(source.requests.filter((line) => line.includes('/blobs/'))).toEqual([]);
      expect(found.notes).toEqual([
        'oc-mirror lists 1 image; sizes are from the manifests in the registries, without images that oc-mirror builds',
        'the cache of oc-mirror is empty, so oc-mirror downloads all images of the configuration, not only the new ones',
      ]);
      expect(found.space.cache).toBeGreaterThan(5000);
      const differential = await plan(found.blobs);
      expect(differential.archives[0]?.bytes).toBeLessThan((found.archives[0]?.bytes ?? 0) - 5000);
    });

    it('and names what could not be asked for, each host once, without giving up on the rest', async () => {
      source.image('lab/app', 'v1', ['x']);
      fake = await listing('lab/app:v1', 'lab/gone:v1', '127.0.0.1:1/a:1', '127.0.0.1:1/b:1');
      const { images, unanswered } = await plan();
      expect(images).toHaveLength(1);
      expect(unanswered).toEqual([
        { image: `${source.host}/lab/gone:v1`, why: expect.stringMatching(/^SEQ0506 /) as string },
        { image: '127.0.0.1:1/a:1', why: expect.stringMatching(/^SEQ0503 /) as string },
        { image: '127.0.0.1:1/b:1', why: expect.stringMatching(/^SEQ0503 /) as string },
      ]);
    });

    it('and names what has no size before it is made', async () => {
      source.image('lab/app', 'v1', ['x']);
      fake = await listing('lab/app:v1', 'oci:///srv/catalog');
      expect((await plan()).notes).toContain(
        'the sizes do not include 1 image that oc-mirror builds or reads from a folder',
      );
    });

    it('on a machine where nothing ran before, for versions that do not make their temporary folder', async () => {
      fake = await fakeOcMirror({ list: '[ -d "$TMPDIR" ] || exit 1; mapping; : > working-dir/dry-run/mapping.txt' });
      expect((await plan()).images).toEqual([]);
    });

    it('without touching archives or stage', async () => {
      source.image('lab/app', 'v1', ['x']);
      fake = await listing('lab/app:v1');
      const engineFolder = join(fake.folder, 'engine');
      await plan();
      expect(await readdir(engineFolder)).not.toContain('scratch');
      expect(await readdir(engineFolder)).not.toContain('stage');
      expect(await fake.runs()).toEqual(['list 4']);
    });
  });
});
