import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { anImage } from '../images/image';
import type { Lab, LabOptions } from './lab';
import { moveTag, startLab } from './lab';

const ubi = 'registry.redhat.io/ubi9/ubi';
const layer = { name: 'ubi9-base', bytes: 300_000 };
const accept = 'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json';

let lab: Lab;
afterEach(async () => lab.stop());

async function withLab(options: LabOptions = {}): Promise<void> {
  lab = await startLab({ images: [anImage(`${ubi}:9.5`, { layers: [layer] })], ...options });
}
const get = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${lab.url}/v2/${path}`, { ...init, headers: { accept, ...(init.headers as Record<string, string>) } });
const layerDigest = async (): Promise<string> => {
  const manifest = (await (await get(`${ubi}/manifests/9.5`)).json()) as { layers: { digest: string }[] };
  return manifest.layers[0]?.digest ?? '';
};
const sha256 = (body: ArrayBuffer | string): string =>
  `sha256:${createHash('sha256')
    .update(typeof body === 'string' ? body : Buffer.from(body))
    .digest('hex')}`;

describe('reading', () => {
  it('gives a manifest by tag and by digest, and its digest in the header', async () => {
    await withLab();
    const byTag = await get(`${ubi}/manifests/9.5`);
    const digest = byTag.headers.get('docker-content-digest') ?? '';
    expect(sha256(await byTag.text())).toBe(digest);
    expect((await get(`${ubi}/manifests/${digest}`, { method: 'HEAD' })).status).toBe(200);
    expect(await lab.digestOf(`${ubi}:9.5`)).toBe(digest);
  });

  it('finds a digest that nobody asked for by tag before, as after a restart', async () => {
    await withLab();
    const digest = await lab.digestOf(`${ubi}:9.5`);
    await lab.stop();
    await withLab();
    expect((await get(`${ubi}/manifests/${digest}`)).status).toBe(200);
  });

  it('gives blobs whole and by range', async () => {
    await withLab();
    const digest = await layerDigest();
    const whole = await (await get(`${ubi}/blobs/${digest}`)).arrayBuffer();
    const part = await get(`${ubi}/blobs/${digest}`, { headers: { range: 'bytes=100000-100009' } });
    expect(sha256(whole)).toBe(digest);
    expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 100000-100009/300000']);
    expect(Buffer.from(await part.arrayBuffer()).equals(Buffer.from(whole).subarray(100_000, 100_010))).toBe(true);
    expect((await get(`${ubi}/blobs/${digest}`, { headers: { range: 'bytes=300000-' } })).status).toBe(416);
  });

  it('knows a blob only where an image has it', async () => {
    await withLab({ images: [anImage(`${ubi}:9.5`, { layers: [layer] }), anImage('quay.io/a/b:1')] });
    expect((await get(`quay.io/a/b/blobs/${await layerDigest()}`)).status).toBe(404);
  });

  it('lists tags by pages', async () => {
    await withLab({ images: ['1', '2', '3'].map((tag) => anImage(`quay.io/a/b:${tag}`)), tagsPerPage: 2 });
    const first = await get('quay.io/a/b/tags/list');
    expect(await first.json()).toEqual({ name: 'quay.io/a/b', tags: ['1', '2'] });
    expect(first.headers.get('link')).toBe('</v2/quay.io/a/b/tags/list?last=2&n=2>; rel="next"');
    const second = await get('quay.io/a/b/tags/list?last=2&n=2');
    expect([await second.json(), second.headers.get('link')]).toEqual([{ name: 'quay.io/a/b', tags: ['3'] }, null]);
  });

  it('shares layers between images by name and size', async () => {
    await withLab({
      images: [anImage(`${ubi}:9.5`, { layers: [layer] }), anImage('quay.io/a/b:1', { layers: [layer, 'own'] })],
    });
    const other = (await (await get('quay.io/a/b/manifests/1')).json()) as { layers: { digest: string }[] };
    expect(other.layers[0]?.digest).toBe(await layerDigest());
  });

  it('has an index of indexes, and signatures and attestations under tags of their own', async () => {
    const image = anImage(`${ubi}:9.5`, {
      architectures: ['amd64', 'arm64'],
      nested: true,
      signed: true,
      attested: true,
    });
    await withLab({ images: [image] });
    const hex = (await lab.digestOf(image.reference)).slice('sha256:'.length);
    expect(((await (await get(`${ubi}/tags/list`)).json()) as { tags: string[] }).tags).toEqual([
      '9.5',
      `sha256-${hex}.att`,
      `sha256-${hex}.sig`,
    ]);
    const outer = (await (await get(`${ubi}/manifests/9.5`)).json()) as {
      manifests: { mediaType: string; digest: string }[];
    };
    expect(outer.manifests.map(({ mediaType }) => mediaType)).toEqual(['application/vnd.oci.image.index.v1+json']);
    const inner = (await (await get(`${ubi}/manifests/${outer.manifests[0]?.digest}`)).json()) as {
      manifests: object[];
    };
    expect(inner.manifests).toHaveLength(2);
  });

  it('moves a tag, and keeps what it pointed to', async () => {
    await withLab();
    const before = await lab.digestOf(`${ubi}:9.5`);
    moveTag(lab, `${ubi}:9.5`, anImage(`${ubi}:9.6`, { layers: [layer, 'update'] }));
    expect(await lab.digestOf(`${ubi}:9.5`)).not.toBe(before);
    expect((await get(`${ubi}/manifests/${before}`)).status).toBe(200);
  });
});

describe('the journal', () => {
  it('knows which bytes left', async () => {
    await withLab();
    const digest = await layerDigest();
    lab.journal.clear();
    await (await get(`${ubi}/blobs/${digest}`, { headers: { range: 'bytes=0-99' } })).arrayBuffer();
    await get(`${ubi}/blobs/${digest}`, { method: 'HEAD' });
    expect(lab.journal.bytesSentOf(digest)).toBe(100);
    expect(lab.journal.blobsSent()).toEqual(new Set([digest]));
    expect(lab.journal.matching({ method: 'HEAD' })).toHaveLength(1);
  });
});

describe('access', () => {
  const challengeOf = async (): Promise<string | null> =>
    (await get(`${ubi}/manifests/9.5`)).headers.get('www-authenticate');
  const basic = { authorization: `Basic ${Buffer.from('lab:open-sesame').toString('base64')}` };

  it('asks for a password', async () => {
    await withLab({ auth: { kind: 'basic' } });
    expect(await challengeOf()).toBe('Basic realm="seqmirror-lab"');
    expect((await get(`${ubi}/manifests/9.5`, { headers: basic })).status).toBe(200);
  });

  it('asks for a token of the right scope, until its time is over', async () => {
    await withLab({ auth: { kind: 'token' } });
    expect(await challengeOf()).toBe(
      `Bearer realm="${lab.url}/token",service="seqmirror-lab",scope="repository:${ubi}:pull"`,
    );
    const tokenFor = async (scope: string): Promise<Record<string, string>> => {
      const issued = await fetch(`${lab.url}/token?service=seqmirror-lab&scope=${scope}`, { headers: basic });
      return { authorization: `Bearer ${((await issued.json()) as { token: string }).token}` };
    };
    const headers = await tokenFor(`repository:${ubi}:pull`);
    expect((await get(`${ubi}/manifests/9.5`, { headers })).status).toBe(200);
    expect((await get(`${ubi}/manifests/9.5`, { headers: await tokenFor('repository:quay.io/a/b:pull') })).status).toBe(
      401,
    );
    lab.registry.access.expireTokens();
    const late = await get(`${ubi}/manifests/9.5`, { headers });
    expect([late.status, late.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringContaining('invalid_token'),
    ]);
  });

  it('gives nobody a token without a password, unless pulling is free', async () => {
    await withLab({ auth: { kind: 'token' } });
    expect((await fetch(`${lab.url}/token?scope=repository:${ubi}:pull`)).status).toBe(401);
    await lab.stop();
    await withLab({ auth: { kind: 'token', anonymousPull: true } });
    expect((await fetch(`${lab.url}/token?scope=repository:${ubi}:pull`)).status).toBe(200);
  });
});

describe('object storage', () => {
  it('is another host, and takes no credentials', async () => {
    await withLab({ objectStorage: true });
    const answer = await get(`${ubi}/blobs/${await layerDigest()}`, { redirect: 'manual' });
    const location = answer.headers.get('location') ?? '';
    expect([answer.status, new URL(location).hostname]).toEqual([307, 'localhost']);
    expect(sha256(await (await fetch(location)).arrayBuffer())).toBe(await layerDigest());
    expect(lab.journal.authorizationLeaks()).toEqual([]);
    expect((await fetch(location, { headers: { authorization: 'Bearer x' } })).status).toBe(400);
    expect(lab.journal.authorizationLeaks()).toHaveLength(1);
  });
});

describe('faults', () => {
  const path = /\/blobs\//;
  const body = async (init?: RequestInit): Promise<ArrayBuffer> =>
    (await get(`${ubi}/blobs/${await layerDigest()}`, init)).arrayBuffer();

  it('answer with a status, as often as ordered', async () => {
    await withLab();
    lab.fault({ match: { path, first: 1 }, action: { status: 429, retryAfter: 1 } });
    const first = await get(`${ubi}/blobs/${await layerDigest()}`);
    expect([first.status, first.headers.get('retry-after')]).toEqual([429, '1']);
    expect((await body()).byteLength).toBe(300_000);
  });

  it.each([
    { name: 'cut', action: { cutAfter: 1000 } },
    { name: 'reset', action: { resetAfter: 1000 } },
    { name: 'reset before the answer', action: { resetAfter: 0 } },
  ])('end the connection: $name', async ({ action }) => {
    await withLab();
    lab.fault({ match: { path, nth: 1 }, action });
    await expect(body()).rejects.toThrow();
    expect((await body()).byteLength).toBe(300_000);
    await lab.journal.idle();
    expect(lab.journal.matching({ path })[0]).toMatchObject({ bytesSent: Object.values(action)[0], outcome: 'cut' });
  });

  it('stall until the client gives up', async () => {
    await withLab();
    lab.fault({ match: { path }, action: { stallAfter: 1000 } });
    await expect(body({ signal: AbortSignal.timeout(200) })).rejects.toThrow();
  });

  it('change a byte', async () => {
    await withLab();
    const right = Buffer.from(await body());
    const remove = lab.fault({ match: { path }, action: { wrongByteAt: 200_000 } });
    const wrong = Buffer.from(await body());
    expect(right.findIndex((byte, at) => byte !== wrong[at])).toBe(200_000);
    remove();
    expect(sha256(await body())).toBe(await layerDigest());
  });

  it('ignore ranges', async () => {
    await withLab();
    lab.fault({ action: { ignoreRange: true } });
    expect((await body({ headers: { range: 'bytes=5-' } })).byteLength).toBe(300_000);
  });

  it('slow a body down', async () => {
    await withLab();
    lab.fault({ match: { path }, action: { bytesPerSecond: 1_000_000 } });
    const start = performance.now();
    await body();
    expect(performance.now() - start).toBeGreaterThan(200);
  });
});

describe('pushing', () => {
  const content = 'a blob';
  const digest = sha256(content);
  const begin = async (): Promise<string> =>
    (await get('a/b/blobs/uploads/', { method: 'POST' })).headers.get('location') ?? '';

  it('takes a blob in pieces, and refuses a piece that does not follow', async () => {
    await withLab();
    const patch = (location: string, body: string, range: string): Promise<Response> =>
      fetch(`${lab.url}${location}`, { method: 'PATCH', body, headers: { 'content-range': range } });
    const first = await patch(await begin(), 'a bl', '0-3');
    const next = first.headers.get('location') ?? '';
    expect([first.status, first.headers.get('range')]).toEqual([202, '0-3']);
    expect((await patch(next, 'ob', '9-10')).status).toBe(416);
    await patch(next, 'ob', '4-5');
    expect((await fetch(`${lab.url}${next}&digest=${digest}`, { method: 'PUT' })).status).toBe(201);
    expect(await (await get(`a/b/blobs/${digest}`)).text()).toBe(content);
  });

  it('refuses a blob with another digest', async () => {
    await withLab();
    const put = await fetch(`${lab.url}${await begin()}&digest=${digest}`, { method: 'PUT', body: 'another blob' });
    expect([put.status, (await put.json()) as object]).toEqual([
      400,
      { errors: [expect.objectContaining({ code: 'DIGEST_INVALID' })] },
    ]);
  });

  it('takes a manifest only after its blobs, which may be mounted', async () => {
    await withLab();
    const answer = await get(`${ubi}/manifests/9.5`);
    const body = await answer.text();
    const { config, layers } = JSON.parse(body) as { config: { digest: string }; layers: { digest: string }[] };
    const put = (): Promise<Response> =>
      get('a/b/manifests/1', {
        method: 'PUT',
        body,
        headers: { 'content-type': answer.headers.get('content-type') ?? '' },
      });
    expect((await put()).status).toBe(400);
    for (const blob of [config, ...layers]) {
      expect((await get(`a/b/blobs/uploads/?mount=${blob.digest}&from=${ubi}`, { method: 'POST' })).status).toBe(201);
    }
    expect((await put()).status).toBe(201);
    expect(await lab.digestOf('a/b:1')).toBe(await lab.digestOf(`${ubi}:9.5`));
  });

  it('leaves nothing behind', async () => {
    await withLab();
    await fetch(`${lab.url}${await begin()}&digest=${digest}`, { method: 'PUT', body: content });
    const { folder } = lab;
    await lab.stop();
    expect(existsSync(folder)).toBe(false);
    await withLab();
  });
});
