import { setImmediate } from 'node:timers/promises';
import { linksOf } from '../../archive/links';
import type { BlobRecord } from '../../oci/blob';
import type { Digest } from '../../oci/digest';
import type { AttachmentSettings } from '../engine';
import { noManifestStore } from './manifest-store';
import type { Source } from './source.fixture';
import { createSource, resolve } from './source.fixture';

jest.setTimeout(60_000);

let source: Source;
beforeEach(async () => {
  source = await createSource();
});
afterEach(() => source.close());

async function resolved(
  entries: readonly string[],
  base = new Map<Digest, BlobRecord>(),
  attachments: AttachmentSettings = { taken: 'all', ifRefused: 'fail' },
  stop?: AbortSignal,
): ReturnType<typeof resolve> {
  const request = source.request(source.document(...entries), {
    base,
    ...(stop === undefined ? {} : { signal: stop }),
  });
  return source.withSources(request, (sources) =>
    resolve(request.document, sources, { store: noManifestStore, attachments }),
  );
}

/** Records of everything that was resolved, as in an inventory. */
async function baseOf(...entries: readonly string[]): Promise<Map<Digest, BlobRecord>> {
  const { blobs, images, manifests } = await resolved(entries);
  const links = linksOf(images, manifests);
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

describe('resolutionOf', () => {
  // Followed child by child these would be 27 million manifests, in three of 45 KB, and the spec would time out.
  it('visits each of three indexes once that name the next one 300 times, also in the base', async () => {
    const named = (child: ReturnType<typeof source.image>) => Array.from({ length: 300 }, () => child);
    const image = source.image('lab/app', undefined, ['layer']);
    const second = source.index('lab/app', undefined, named(source.index('lab/app', undefined, named(image))));
    source.index('lab/app', 'v1', named(second));
    const { blobs } = await resolved(['lab/app:v1']);
    expect(blobs.size).toBe(4 + 2);
    const base = await baseOf('lab/app:v1');
    expect((await resolved(['lab/app:v1'], base)).blobs.size).toBe(4 + 2);
    expect(gets().length).toBeLessThan(20);
  });

  it('stops within an index of 300 different manifests on its signal', async () => {
    const children = Array.from({ length: 300 }, (_, number) =>
      source.image('lab/app', undefined, [`layer ${number}`]),
    );
    source.index('lab/app', 'v1', children);
    const stop = new AbortController();
    const work = resolved(['lab/app:v1'], undefined, undefined, stop.signal);
    while (gets().length < 10) await setImmediate();
    stop.abort(new Error('told to stop'));
    await expect(work).rejects.toThrow('told to stop');
    expect(gets().length).toBeLessThan(100);
  });

  it('refuses an index that gives another size of a manifest than it has', async () => {
    const image = source.image('lab/app', undefined, ['layer']);
    const lying = { ...image, descriptor: { ...image.descriptor, size: image.descriptor.size + 1 } };
    source.index('lab/app', 'v1', [lying]);
    await expect(resolved(['lab/app:v1'])).rejects.toMatchObject({ code: 'SEQ0417' });
  });

  it('finds every manifest, config and layer below nested indexes, once each', async () => {
    const amd = source.image('lab/app', undefined, ['shared', 'amd']);
    const arm = source.image('lab/app', undefined, ['shared', 'arm']);
    const inner = source.index('lab/app', undefined, [amd, arm]);
    const outer = source.index('lab/app', 'v1', [inner, amd]);
    const { images, blobs, manifests } = await resolved(['lab/app:v1', `lab/app@${outer.digest}`]);
    const links = linksOf(images, manifests);
    expect(images.map(({ digest, repository, tag }) => ({ digest, repository, tag }))).toEqual([
      { digest: outer.digest, repository: 'lab/app', tag: 'v1' },
      { digest: outer.digest, repository: 'lab/app', tag: outer.digest.replace(':', '-') },
    ]);
    expect([...blobs.values()].map(({ source }) => ('pieces' in source ? 'manifest' : 'part')).sort()).toEqual([
      ...Array<string>(4).fill('manifest'),
      ...Array<string>(5).fill('part'),
    ]);
    expect(links).toHaveLength(4 + 5 + 2);
    // Each image that uses the tag asks for the tag itself.
    expect(new Set(gets()).size).toBe(gets().length);
  });

  it('takes attachments of cosign to any manifest, under their own tags', async () => {
    const child = source.image('lab/app', undefined, ['x']);
    const root = source.index('lab/app', 'v1', [child]);
    const signature = source.image('lab/app', `${child.digest.replace(':', '-')}.sig`, ['signature']);
    const attestation = source.image('lab/app', `${root.digest.replace(':', '-')}.att`, ['attestation']);
    const { images } = await resolved([`name: HOST/lab/app:v1\n      targetRepo: mine/app`]);
    expect(images.slice(1).map(({ digest, repository, attachedTo }) => ({ digest, repository, attachedTo }))).toEqual([
      { digest: attestation.digest, repository: 'mine/app', attachedTo: root.digest },
      { digest: signature.digest, repository: 'mine/app', attachedTo: child.digest },
    ]);
  });

  it('looks for the kinds in the settings, and for nothing else', async () => {
    const { digest } = source.image('lab/app', 'v1', ['x']);
    const [sig, att, sbom] = ['sig', 'att', 'sbom'].map((kind) => {
      const tag = `${digest.replace(':', '-')}.${kind}`;
      return source.image('lab/app', tag, [kind]).digest;
    });
    const taken = async (choice: AttachmentSettings['taken']): Promise<(Digest | undefined)[]> => {
      const { images } = await resolved(['lab/app:v1'], undefined, { taken: choice, ifRefused: 'fail' });
      return images.slice(1).map((image) => image.digest);
    };
    expect(await taken('all')).toEqual([sig, att, sbom]);
    source.requests.length = 0;
    expect(await taken('signatures')).toEqual([sig]);
    expect(source.requests.filter((line) => /\.(att|sbom)$/.test(line))).toEqual([]);
    source.requests.length = 0;
    expect(await taken('none')).toEqual([]);
    expect(source.requests).toEqual(['GET /v2/lab/app/manifests/v1']);
  });

  describe('if a registry refuses to say what is attached to an image,', () => {
    const roles = [
      ['sig', 'signature'],
      ['att', 'attestation'],
      ['sbom', 'SBOM'],
    ] as const;
    const statuses = [400, 401, 403, 500, 503];
    const cases = roles.flatMap(([kind, role]) => statuses.map((status) => ({ kind, role, status })));

    /** An image of two platforms; requests for its attachments of one kind are answered with this status. */
    function refusing(kind: string, status: number): { tags: string[] } {
      const children = ['x', 'y'].map((layer) => source.image('lab/app', undefined, [layer]));
      const root = source.index('lab/app', 'v1', children);
      const tags = [root, ...children].map(({ digest }) => `${digest.replace(':', '-')}.${kind}`);
      for (const method of ['HEAD', 'GET'])
        for (const tag of tags)
          source.faults.set(`${method} /v2/lab/app/manifests/${tag}`, (_, response) => {
            response.writeHead(status, { 'content-type': 'application/json', 'www-authenticate': 'Basic' });
            response.end(JSON.stringify({ errors: [{ code: 'DENIED', message: 'no such tags here' }] }));
          });
      return { tags };
    }

    it.each(cases)('HTTP $status for the $role: names the image, the role and the setting', async (facts) => {
      const { tags } = refusing(facts.kind, facts.status);
      const failure = await resolved(['lab/app:v1']).catch((error: unknown) => error);
      expect(failure).toMatchObject({
        code: 'SEQ0418',
        what: `The registry does not say whether the ${facts.role} of ${source.host}/lab/app:v1 exists`,
        next: expect.stringContaining('ifRefused: skip') as string,
      });
      const { details } = failure as { details: string[] };
      expect(tags.some((tag) => details[0]?.includes(tag))).toBe(true);
      expect(details[0]).toContain(`HTTP ${facts.status}`);
    });

    it.each(cases)('HTTP $status for the $role: continues without, and says so', async ({ kind, role, status }) => {
      const { tags } = refusing(kind, status);
      const other = source.image('lab/app', tags[0]?.replace(/\w+$/, kind === 'sig' ? 'att' : 'sig'), ['other']);
      const skipping = { taken: 'all', ifRefused: 'skip' } as const;
      const { images, refused } = await resolved(['lab/app:v1'], undefined, skipping);
      expect(images.slice(1).map(({ digest }) => digest)).toEqual([other.digest]);
      expect(refused).toEqual([`${source.host}/lab/app: ${role}`]);
    });

    it('does not ask again for what was answered with 5xx at each attempt', async () => {
      const layers = Array.from({ length: 20 }, (_, index) => `layer ${index}`);
      const children = layers.map((layer) => source.image('lab/app', undefined, [layer]));
      source.index('lab/app', 'v1', children);
      for (const { digest } of children)
        source.faults.set(`HEAD /v2/lab/app/manifests/${digest.replace(':', '-')}.sig`, (_, response) => {
          response.statusCode = 503;
          response.end();
        });
      await resolved(['lab/app:v1'], undefined, { taken: 'signatures', ifRefused: 'skip' });
      expect(source.requests.filter((line) => line.endsWith('.sig')).length).toBeLessThan(13);
    });

    it('takes what the registry does not refuse, and leaves out what it names but does not have', async () => {
      const { digest } = source.image('lab/app', 'v1', ['x']);
      const tag = `${digest.replace(':', '-')}.att`;
      source.image('lab/app', tag, ['attestation']);
      source.faults.set(`GET /v2/lab/app/manifests/${tag}`, (_, response) => {
        response.statusCode = 404;
        response.end();
      });
      await expect(resolved(['lab/app:v1'])).rejects.toMatchObject({
        code: 'SEQ0418',
        what: `The attestation of ${source.host}/lab/app:v1 cannot be read`,
      });
      const { images, refused } = await resolved(['lab/app:v1'], undefined, { taken: 'all', ifRefused: 'skip' });
      expect(images).toHaveLength(1);
      expect(refused).toEqual([`${source.host}/lab/app: attestation`]);
    });

    it('still ends if the network fails, or if content does not match its digest', async () => {
      const { digest } = source.image('lab/app', 'v1', ['x']);
      const tag = `${digest.replace(':', '-')}.sig`;
      source.faults.set(`HEAD /v2/lab/app/manifests/${tag}`, (_, response) => void response.destroy());
      const skipping = { taken: 'all', ifRefused: 'skip' } as const;
      await expect(resolved(['lab/app:v1'], undefined, skipping)).rejects.toMatchObject({ code: 'SEQ0418' });
    });
  });

  it('names the image and the role of an attestation that a proxy cache lacks', async () => {
    const image = source.image('lab/app', undefined, ['x']);
    const attestation = source.image('lab/app', undefined, ['in-toto']);
    const index = source.index('lab/app', 'v1', [
      image,
      {
        ...attestation,
        descriptor: {
          ...attestation.descriptor,
          platform: { os: 'unknown', architecture: 'unknown' },
          annotations: {
            'vnd.docker.reference.type': 'attestation-manifest',
            'vnd.docker.reference.digest': image.digest,
          },
        },
      },
    ]);
    source.faults.set(`GET /v2/lab/app/manifests/${attestation.digest}`, (_, response) => {
      response.statusCode = 404;
      response.end();
    });
    await expect(resolved(['lab/app:v1'])).rejects.toMatchObject({
      code: 'SEQ0411',
      what: `${source.host}/lab/app:v1 is incomplete: ${source.host} does not have its attestation (${attestation.digest})`,
      details: [`the index ${index.digest} names it`],
    });
  });

  it('names the image whose tag a proxy cache knows, and whose manifest it lacks', async () => {
    source.image('lab/other', 'v1', ['other']);
    const base = await baseOf('lab/other:v1');
    const { digest } = source.image('lab/app', 'v1', ['x']);
    source.faults.set(`GET /v2/lab/app/manifests/${digest}`, (_, response) => {
      response.statusCode = 404;
      response.end();
    });
    await expect(resolved(['lab/app:v1'], base)).rejects.toMatchObject({
      code: 'SEQ0506',
      what: expect.stringContaining(`The manifest of ${source.host}/lab/app:v1 cannot be read: `) as string,
    });
  });

  it('names the image and the platform of a manifest that a registry refuses', async () => {
    const arm = source.image('lab/app', undefined, ['x']);
    const platform = { os: 'linux', architecture: 'arm64' };
    source.index('lab/app', 'v1', [{ ...arm, descriptor: { ...arm.descriptor, platform } }]);
    source.faults.set(`GET /v2/lab/app/manifests/${arm.digest}`, (_, response) => {
      response.statusCode = 403;
      response.end();
    });
    await expect(resolved(['lab/app:v1'])).rejects.toMatchObject({
      code: 'SEQ0505',
      what: expect.stringContaining(
        `The image for linux/arm64 of ${source.host}/lab/app:v1 cannot be read: `,
      ) as string,
    });
  });

  it('requests no content that the base has, only what tags stand for now', async () => {
    source.index('lab/app', 'v1', [source.image('lab/app', undefined, ['x'])]);
    const base = await baseOf('lab/app:v1');
    source.requests.length = 0;
    const { blobs, images, manifests } = await resolved(['lab/app:v1'], base);
    expect(gets()).toEqual([]);
    expect([...blobs.keys()].sort()).toEqual([...base.keys()].sort());
    expect(linksOf(images, manifests)).toHaveLength(2 + 2 + 1);
  });

  it('reads a manifest of the base again when the base lacks a part of it', async () => {
    const image = source.image('lab/app', 'v1', ['x', 'y']);
    const base = await baseOf('lab/app:v1');
    const lost = base.get(image.digest)?.refs?.[2] as Digest;
    base.delete(lost);
    const { blobs } = await resolved(['lab/app:v1'], base);
    expect(blobs.get(lost)).toMatchObject({ bytes: 1, source: { repository: { repository: 'lab/app' } } });
  });

  it('refuses two images that would get the same name', async () => {
    source.image('a/app', 'v1', ['x']);
    source.image('b/app', 'v1', ['y']);
    const entries = ['a', 'b'].map((name) => `name: HOST/${name}/app:v1\n      targetRepo: app`);
    await expect(resolved(entries)).rejects.toMatchObject({ code: 'SEQ0413' });
  });

  it('refuses an image nested deeper than any real one', async () => {
    let root = source.image('lab/app', undefined, ['x']);
    for (let depth = 0; depth < 12; depth += 1) root = source.index('lab/app', 'v1', [root]);
    await expect(resolved(['lab/app:v1'])).rejects.toMatchObject({ code: 'SEQ0416' });
  });

  it('names an image that is of Docker schema 1', async () => {
    source.faults.set('GET /v2/lab/old/manifests/v1', (_, response) => void response.end('{"schemaVersion":1}'));
    await expect(resolved(['lab/old:v1'])).rejects.toMatchObject({
      code: 'SEQ0417',
      what: expect.stringContaining('lab/old:v1') as string,
      details: [expect.stringContaining('schema 1') as string],
    });
  });

  it('names the image that does not exist', async () => {
    await expect(resolved(['lab/none:v1'])).rejects.toMatchObject({ code: 'SEQ0506' });
  });
});
