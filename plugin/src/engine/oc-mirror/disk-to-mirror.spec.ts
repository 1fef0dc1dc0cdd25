import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { isSeqmirrorError, renderExplanation } from '../../system/errors';
import type { DiskToMirror } from '../engine';
import { diskToMirror } from './disk-to-mirror';
import type { FakeOcMirror } from './fake-oc-mirror.fixture';
import { fakeOcMirror } from './fake-oc-mirror.fixture';

describe('diskToMirror with oc-mirror', () => {
  let fake: FakeOcMirror;
  afterEach(() => fake.remove());

  const upload = (overrides: Partial<DiskToMirror> = {}) => diskToMirror(fake.upload(overrides), fake.version);
  const at = (...names: string[]) => join(fake.folder, 'engine', 'registry.example', ...names);
  const errorOf = async (): Promise<string> => {
    const error: unknown = await upload().catch((reason: unknown) => reason);
    return isSeqmirrorError(error) ? renderExplanation(error) : `not ours: ${String(error)}`;
  };

  it('returns the cluster resources, and keeps the cache', async () => {
    fake = await fakeOcMirror();
    const { images, clusterResources } = await upload();
    expect(images).toBe(0);
    expect([...clusterResources]).toEqual([['itms-oc-mirror.yaml', 'kind: ImageTagMirrorSet\n']]);
    expect((await readdir(at())).sort()).toEqual(['cache', 'from', 'tmp']);
  });

  it('runs where the archives are linked in order, each under its own name', async () => {
    fake = await fakeOcMirror({ upload: 'ls > ../listed; echo "$@" > ../arguments; resources' });
    const [archive = ''] = fake.upload().archives;
    await upload({ archives: [archive, archive], registries: { hosts: { 'registry.example': { insecure: true } } } });
    expect((await readFile(at('listed'), 'utf8')).split('\n')).toEqual(
      expect.arrayContaining(['seq0001-mirror_000001.tar', 'seq0002-mirror_000001.tar']),
    );
    const args = (await readFile(at('arguments'), 'utf8')).trim().replace(/--port=\d+/, '--port=<free>');
    expect(args.split(' ')).toMatchInlineSnapshot(`
      [
        "--v2",
        "--config=imageset-config.yaml",
        "--cache-dir=../cache",
        "--port=<free>",
        "--dest-tls-verify=false",
        "--parallel-images=4",
        "--parallel-layers=5",
        "--retry-times=1",
        "--image-timeout=600s",
        "--from=file://.",
        "docker://registry.example/mirror",
      ]
    `);
  });

  it('tries again more slowly after a failure that may pass, and does not take its traces for a new failure', async () => {
    fake = await fakeOcMirror({
      upload: 'if [ $run = 1 ]; then fail "status 503 Service Unavailable"; fi; resources',
    });
    await upload();
    expect(await fake.runs()).toEqual(['upload 4', 'upload 2']);
    expect(fake.notes).toEqual(['oc-mirror could not upload 1 image in attempt 1; trying again']);
  });

  it('names what its cache lacks', async () => {
    fake = await fakeOcMirror({ upload: 'fail "reading manifest 1 in localhost:1/a/b: manifest unknown"' });
    expect(await errorOf()).toMatchInlineSnapshot(`
      "SEQ0642 oc-mirror 4.19.0 did not upload everything to registry.example/mirror: 1 image failed
        registry.example/a/b:1: reading manifest 1 in localhost:1/a/b: manifest unknown
        Why:   oc-mirror needs a blob that is not in the archives and not in its cache for this registry. An earlier sequence was not uploaded with this cache
        Next:  Upload with \`--engine=embedded\`, which needs no cache. Or copy back the archives of all sequences that this sequence needs"
    `);
    expect(await fake.runs()).toEqual(['upload 4']);
  });

  it('takes another port when the first is taken', async () => {
    fake = await fakeOcMirror({
      upload:
        'if [ $run = 1 ]; then error "[Executor] $port is already bound and cannot be used"; exit 1; fi; resources',
    });
    await upload();
    expect(await fake.runs()).toEqual(['upload 4', 'upload 4']);
  });

  it('ends oc-mirror when it is stopped, and continues in the next run', async () => {
    fake = await fakeOcMirror({ upload: 'if [ $run = 1 ]; then exec sleep 60; fi; resources' });
    const stop = new AbortController();
    const stopped = upload({ signal: stop.signal });
    while ((await fake.runs().catch(() => [])).length === 0) await Promise.race([setTimeout(5), stopped]);
    stop.abort(new Error('stopped by a person'));
    await expect(stopped).rejects.toThrow('stopped by a person');
    await access(at('running.json'));
    expect((await upload()).clusterResources.size).toBe(1);
    expect(await readdir(at())).not.toContain('running.json');
  });
});
