import type { BlobRecord } from '../../oci/blob';
import type { Digest } from '../../oci/digest';
import { createRegistryClient } from '../../registry/client';
import { requestedImages } from './collect/collect';
import { noManifestStore } from './manifest-store';
import type { Resolution } from './resolve';
import { resolveImages } from './resolve';
import type { Source } from './source.fixture';
import { createSource } from './source.fixture';

jest.setTimeout(60_000);

let source: Source;
beforeEach(async () => {
  source = await createSource();
});
afterEach(() => source.close());

async function resolve(entries: readonly string[], base = new Map<Digest, BlobRecord>()): Promise<Resolution> {
  const { document, registries: settings, env, signal } = source.request(source.document(...entries));
  const client = createRegistryClient({ settings, env, signal, retries: 0 });
  try {
    return await resolveImages(requestedImages(document), {
      client,
      base,
      store: noManifestStore,
      parallelImages: 2,
      signal,
    });
  } finally {
    await client.close();
  }
}

/** Records of all that was resolved, as an inventory has them. */
async function baseOf(...entries: readonly string[]): Promise<Map<Digest, BlobRecord>> {
  const { blobs, links } = await resolve(entries);
  const records = new Map<Digest, BlobRecord>();
  for (const { digest, bytes } of blobs.values()) records.set(digest, { digest, bytes });
  for (const { name, digest } of links) {
    if (!name.includes('/revisions/')) continue;
    const manifest = JSON.parse(String(source.contentOf(digest))) as {
      mediaType: string;
      config?: { digest: Digest } | undefined;
      layers?: { digest: Digest }[] | undefined;
      manifests?: { digest: Digest }[] | undefined;
    };
    const parts = manifest.manifests ?? [manifest.config, ...(manifest.layers ?? [])];
    records.set(digest, {
      digest,
      bytes: records.get(digest)?.bytes ?? 0,
      mediaType: manifest.mediaType,
      refs: parts.flatMap((part) => part?.digest ?? []),
    });
  }
  return records;
}

const gets = (): string[] => source.requests.filter((line) => line.startsWith('GET'));

describe('resolveImages', () => {
  // Followed child by child these are 27 million manifests, in three of 45 KB, which no time-out of a spec waits for.
  it('looks once at each of three indexes that name the next one 300 times, of the base too', async () => {
    const named = (child: ReturnType<typeof source.image>) => Array.from({ length: 300 }, () => child);
    const image = source.image('lab/app', undefined, ['layer']);
    const second = source.index('lab/app', undefined, named(source.index('lab/app', undefined, named(image))));
    source.index('lab/app', 'v1', named(second));
    const { blobs } = await resolve(['lab/app:v1']);
    expect(blobs.size).toBe(4 + 2);
    const base = await baseOf('lab/app:v1');
    expect((await resolve(['lab/app:v1'], base)).blobs.size).toBe(4 + 2);
    expect(gets().length).toBeLessThan(20);
  });

  it('refuses an index that gives another size of a manifest than it has', async () => {
    const image = source.image('lab/app', undefined, ['layer']);
    const lying = { ...image, descriptor: { ...image.descriptor, size: image.descriptor.size + 1 } };
    source.index('lab/app', 'v1', [lying]);
    await expect(resolve(['lab/app:v1'])).rejects.toMatchObject({ code: 'SEQ0417' });
  });

  it('finds every manifest, config and layer below nested indexes, once each', async () => {
    const amd = source.image('lab/app', undefined, ['shared', 'amd']);
    const arm = source.image('lab/app', undefined, ['shared', 'arm']);
    const inner = source.index('lab/app', undefined, [amd, arm]);
    const outer = source.index('lab/app', 'v1', [inner, amd]);
    const { images, blobs, links } = await resolve(['lab/app:v1', `lab/app@${outer.digest}`]);
    expect(images.map(({ digest, repository, tag }) => ({ digest, repository, tag }))).toEqual([
      { digest: outer.digest, repository: 'lab/app', tag: 'v1' },
      { digest: outer.digest, repository: 'lab/app', tag: outer.digest.replace(':', '-') },
    ]);
    expect([...blobs.values()].map(({ source }) => ('pieces' in source ? 'manifest' : 'part')).sort()).toEqual([
      ...Array<string>(4).fill('manifest'),
      ...Array<string>(5).fill('part'),
    ]);
    expect(links).toHaveLength(4 + 5 + 2);
    // The tag itself is asked for by each image that means it.
    expect(new Set(gets()).size).toBe(gets().length);
  });

  it('takes what cosign attached to any manifest, under its own tag', async () => {
    const child = source.image('lab/app', undefined, ['x']);
    const root = source.index('lab/app', 'v1', [child]);
    const signature = source.image('lab/app', `${child.digest.replace(':', '-')}.sig`, ['signature']);
    const attestation = source.image('lab/app', `${root.digest.replace(':', '-')}.att`, ['attestation']);
    const { images } = await resolve([`name: HOST/lab/app:v1\n      targetRepo: mine/app`]);
    expect(images.slice(1).map(({ digest, repository, attachedTo }) => ({ digest, repository, attachedTo }))).toEqual([
      { digest: attestation.digest, repository: 'mine/app', attachedTo: root.digest },
      { digest: signature.digest, repository: 'mine/app', attachedTo: child.digest },
    ]);
  });

  it('asks for no content that the base has, only for what tags mean now', async () => {
    source.index('lab/app', 'v1', [source.image('lab/app', undefined, ['x'])]);
    const base = await baseOf('lab/app:v1');
    source.requests.length = 0;
    const { blobs, links } = await resolve(['lab/app:v1'], base);
    expect(gets()).toEqual([]);
    expect([...blobs.keys()].sort()).toEqual([...base.keys()].sort());
    expect(links).toHaveLength(2 + 2 + 1);
  });

  it('reads a manifest of the base again when the base lacks a part of it', async () => {
    const image = source.image('lab/app', 'v1', ['x', 'y']);
    const base = await baseOf('lab/app:v1');
    const lost = base.get(image.digest)?.refs?.[2] as Digest;
    base.delete(lost);
    const { blobs } = await resolve(['lab/app:v1'], base);
    expect(blobs.get(lost)).toMatchObject({ bytes: 1, source: { repository: { repository: 'lab/app' } } });
  });

  it('refuses two images that would become one', async () => {
    source.image('a/app', 'v1', ['x']);
    source.image('b/app', 'v1', ['y']);
    const entries = ['a', 'b'].map((name) => `name: HOST/${name}/app:v1\n      targetRepo: app`);
    await expect(resolve(entries)).rejects.toMatchObject({ code: 'SEQ0413' });
  });

  it('refuses an image nested deeper than any real one', async () => {
    let root = source.image('lab/app', undefined, ['x']);
    for (let depth = 0; depth < 12; depth += 1) root = source.index('lab/app', 'v1', [root]);
    await expect(resolve(['lab/app:v1'])).rejects.toMatchObject({ code: 'SEQ0416' });
  });

  it('names an image that is of Docker schema 1', async () => {
    source.faults.set('GET /v2/lab/old/manifests/v1', (_, response) => void response.end('{"schemaVersion":1}'));
    await expect(resolve(['lab/old:v1'])).rejects.toMatchObject({
      code: 'SEQ0417',
      what: expect.stringContaining('lab/old:v1') as string,
      details: [expect.stringContaining('schema 1') as string],
    });
  });

  it('says which image does not exist', async () => {
    await expect(resolve(['lab/none:v1'])).rejects.toMatchObject({ code: 'SEQ0506' });
  });
});
