import { createHash } from 'node:crypto';
import type { Lab, LabOptions } from '../../../testing/lab/lab';
import { startLab } from '../../../testing/lab/lab';
import { renderExplanation } from '../system/errors';
import type { PushClient, PushClientOptions } from './push';
import { createPushClient } from './push';
import { digestOf, manifestText, manifestType } from './scripted-registry.fixture';

const signal = new AbortController().signal;
const labs: Lab[] = [];
const clients: PushClient[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await Promise.all(labs.splice(0).map((lab) => lab.stop()));
});

async function labOf(options: LabOptions = {}): Promise<Lab> {
  const lab = await startLab({ images: [], ...options });
  labs.push(lab);
  return lab;
}

function clientOf(lab: Lab, options: Partial<PushClientOptions> = {}): PushClient {
  const client = createPushClient({
    destination: { host: lab.host, namespace: 'mirror' },
    settings: {
      hosts: { [lab.host]: { insecure: lab.caFile === undefined } },
      authFile: lab.authFile,
    },
    env: { HOME: lab.folder, XDG_RUNTIME_DIR: lab.folder, CONTAINERS_REGISTRIES_CONF: '/dev/null' },
    signal,
    retries: 3,
    sleep: async (_ms, aborted) => aborted.throwIfAborted(),
    ...options,
  });
  clients.push(client);
  return client;
}

const pieceBytes = 100_000;
function blobOf(content: Buffer, stated = digestOf(content)) {
  let opened = 0;
  return {
    digest: stated,
    bytes: content.length,
    get opened() {
      return opened;
    },
    async *open() {
      opened += 1;
      for (let at = 0; at < content.length; at += pieceBytes) yield content.subarray(at, at + pieceBytes);
    },
  };
}

function contentOf(bytes: number): Buffer {
  const block = createHash('sha512').update('content').digest();
  return Buffer.alloc(bytes, block);
}

const content = contentOf(350_000);
const linesOf = ({ journal }: Lab): string[] =>
  journal.entries
    .filter(({ path }) => path !== '/v2/' && path !== '/token')
    .map(({ method, path, status }) => `${method} ${path.replace(/uploads\/.+/, 'uploads/<id>')} ${status}`);
const storedAt = async (lab: Lab, repository: string, digest: string): Promise<Buffer> => {
  const response = await fetch(`${lab.url}/v2/${repository}/blobs/${digest}`);
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
};

describe('a blob', () => {
  it('is sent in one request, below the namespace', async () => {
    const lab = await labOf();
    const client = clientOf(lab);
    const blob = blobOf(content);
    const sent: number[] = [];
    expect(await client.hasBlob('app', blob.digest, { signal })).toBe(false);
    expect(await client.uploadBlob('app', blob, { signal, onBytes: (bytes) => sent.push(bytes) })).toBe('uploaded');
    expect(await client.hasBlob('app', blob.digest, { signal })).toBe(true);
    expect((await storedAt(lab, 'mirror/app', blob.digest)).equals(content)).toBe(true);
    expect(sent).toEqual([100_000, 100_000, 100_000, 50_000]);
    expect(linesOf(lab)).toEqual([
      `HEAD /v2/mirror/app/blobs/${blob.digest} 404`,
      'POST /v2/mirror/app/blobs/uploads/ 202',
      'PUT /v2/mirror/app/blobs/uploads/<id> 201',
      `HEAD /v2/mirror/app/blobs/${blob.digest} 200`,
      `GET /v2/mirror/app/blobs/${blob.digest} 200`,
    ]);
  });

  it('that the registry cannot read, however often it is asked, counts as missing', async () => {
    const lab = await labOf();
    const client = clientOf(lab);
    const blob = blobOf(content);
    await client.uploadBlob('app', blob, { signal });
    const failing = { method: 'HEAD', path: /blobs/ } as const;
    const repair = lab.fault({ match: failing, action: { status: 500 } });
    expect(await client.hasBlob('app', blob.digest, { signal })).toBe(false);
    expect(linesOf(lab).filter((line) => line.endsWith('500'))).toHaveLength(4);
    repair();
    lab.fault({ match: { ...failing, first: 3 }, action: { status: 500 } });
    expect(await client.hasBlob('app', blob.digest, { signal })).toBe(true);
  });

  it('without bytes is sent too', async () => {
    const lab = await labOf();
    const blob = blobOf(Buffer.alloc(0));
    expect(await clientOf(lab).uploadBlob('app', blob, { signal })).toBe('uploaded');
    expect(await clientOf(lab).hasBlob('app', blob.digest, { signal })).toBe(true);
  });

  it('is mounted from a repository that has it', async () => {
    const lab = await labOf();
    const client = clientOf(lab);
    const blob = blobOf(content);
    await client.uploadBlob('app', blob, { signal });
    expect(await client.uploadBlob('other', blob, { signal, mountFrom: 'app' })).toBe('mounted');
    expect(blob.opened).toBe(1);
    expect((await storedAt(lab, 'mirror/other', blob.digest)).equals(content)).toBe(true);
  });

  it('is sent in the upload that a mount opens if there is nothing to mount', async () => {
    const lab = await labOf();
    expect(await clientOf(lab).uploadBlob('other', blobOf(content), { signal, mountFrom: 'app' })).toBe('uploaded');
    expect(linesOf(lab)).toEqual([
      'POST /v2/mirror/other/blobs/uploads/ 202',
      'PUT /v2/mirror/other/blobs/uploads/<id> 201',
    ]);
  });

  it('that is damaged on the disk never lands', async () => {
    const lab = await labOf();
    const damaged = Buffer.from(content);
    damaged[7] = (damaged[7] ?? 0) ^ 1;
    const blob = blobOf(damaged, digestOf(content));
    await expect(clientOf(lab).uploadBlob('app', blob, { signal })).rejects.toMatchObject({ code: 'SEQ0523' });
    expect(await clientOf(lab).hasBlob('app', blob.digest, { signal })).toBe(false);
    await lab.journal.idle();
    expect(lab.journal.entries.filter(({ method }) => method === 'PUT').map(({ outcome }) => outcome)).toEqual(['cut']);
    expect(lab.journal.entries.every(({ bytesReceived }) => bytesReceived < content.length)).toBe(true);
  });

  it.each([
    { name: 'answers 503', rule: { status: 503 } },
    { name: 'answers 429 again and again', rule: { status: 429, retryAfter: 1 } },
    { name: 'resets the connection', rule: { resetAfter: 0 } },
    { name: 'forgets the upload', rule: { status: 404 } },
    { name: 'accepts only so much in one request', rule: { status: 413 } },
  ])('arrives, in chunks if needed, when the registry $name', async ({ rule }) => {
    const lab = await labOf();
    lab.fault({ match: { method: 'PUT', path: /uploads/, first: 1 }, action: rule });
    const blob = blobOf(content);
    expect(await clientOf(lab).uploadBlob('app', blob, { signal })).toBe('uploaded');
    expect((await storedAt(lab, 'mirror/app', blob.digest)).equals(content)).toBe(true);
    expect(blob.opened).toBe(2);
  });

  it('larger than a chunk arrives whole', async () => {
    const lab = await labOf();
    lab.fault({ match: { method: 'PUT', path: /uploads/, first: 1 }, action: { status: 413 } });
    const blob = blobOf(contentOf(20_000_000));
    await clientOf(lab).uploadBlob('app', blob, { signal, hashHere: true });
    expect((await storedAt(lab, 'mirror/app', blob.digest)).length).toBe(20_000_000);
    expect(linesOf(lab).filter((line) => line.startsWith('PATCH'))).toHaveLength(3);
  });

  it.each([
    { name: 'in its middle', action: { resetAfter: 3_000_000 } },
    { name: 'before anything of it', action: { status: 503 } },
  ])('continues after a chunk that breaks off $name, without sending those before it again', async ({ action }) => {
    const lab = await labOf();
    lab.fault({ match: { method: 'PUT', path: /uploads/, first: 1 }, action: { status: 413 } });
    lab.fault({ match: { method: 'PATCH', path: /uploads/, nth: 2 }, action });
    const large = contentOf(20_000_000);
    const blob = blobOf(large);
    await clientOf(lab).uploadBlob('app', blob, { signal, hashHere: true });
    expect((await storedAt(lab, 'mirror/app', blob.digest)).equals(large)).toBe(true);
    expect(blob.opened).toBe(2);
    expect(linesOf(lab).filter((line) => line.startsWith('POST'))).toHaveLength(2);
    expect(linesOf(lab).filter((line) => line.startsWith('PATCH') && line.endsWith('202'))).toHaveLength(3);
  });

  it('gets another token when the first one expires in the middle', async () => {
    const lab = await labOf({ auth: { kind: 'token' } });
    const client = clientOf(lab);
    await client.uploadBlob('app', blobOf(content), { signal });
    lab.registry.access.expireTokens();
    expect(await client.uploadBlob('other', blobOf(content), { signal, mountFrom: 'app' })).toBe('mounted');
  });
});

describe('a manifest', () => {
  it('is put by its digest, then under its tag', async () => {
    const lab = await labOf();
    const client = clientOf(lab);
    for (const part of [Buffer.from('{}'), content]) await client.uploadBlob('app', blobOf(part), { signal });
    const manifest = Buffer.from(manifestText([content]));
    const digest = digestOf(manifest);
    expect(await client.manifestAt('app', '1', { signal })).toBeUndefined();
    await client.putManifest('app', digest, { mediaType: manifestType, content: manifest }, { signal });
    expect(await client.manifestAt('app', digest, { signal })).toBe(digest);
    expect(await client.manifestAt('app', '1', { signal })).toBeUndefined();
    await client.putManifest('app', '1', { mediaType: manifestType, content: manifest }, { signal });
    expect(await client.manifestAt('app', '1', { signal })).toBe(digest);
  });
});

it.each([
  { name: 'full', action: { status: 507 }, code: 'SEQ0520' },
  {
    name: "full, in docker-registry's words",
    action: { status: 500, message: 'no space left on device' },
    code: 'SEQ0520',
  },
  { name: 'forbidden', action: { status: 403 }, code: 'SEQ0519' },
  { name: 'without such a project', action: { status: 404 }, code: 'SEQ0519' },
  { name: 'read-only', action: { status: 405 }, code: 'SEQ0519' },
  { name: 'down', action: { status: 503 }, code: 'SEQ0509' },
])('a registry that is $name is reported as that', async ({ action, code }) => {
  const lab = await labOf();
  lab.fault({ match: { method: 'POST' }, action });
  await expect(clientOf(lab).uploadBlob('app', blobOf(content), { signal })).rejects.toMatchObject({ code });
});

it('a registry that speaks plain HTTP is reported as that at once, unless it is marked insecure', async () => {
  const lab = await labOf();
  const waits: number[] = [];
  const client = clientOf(lab, { settings: {}, sleep: async (ms) => void waits.push(ms) });
  await expect(client.hasBlob('app', digestOf(content), { signal })).rejects.toMatchObject({
    code: 'SEQ0503',
    what: expect.stringMatching(/^127\.0\.0\.1:\d+ answered the request for .* without TLS$/),
    next: expect.stringContaining(`registries.hosts."${lab.host}".insecure: true`),
  });
  expect(waits).toEqual([]);
});

it('a registry that keeps forgetting uploads is given up', async () => {
  const lab = await labOf();
  lab.fault({ match: { path: /uploads\/.+/ }, action: { status: 404 } });
  const failure = await clientOf(lab)
    .uploadBlob('app', blobOf(content), { signal })
    .catch((error: unknown) => error);
  expect(renderExplanation(failure as never).replaceAll(lab.host, 'registry.example')).toMatchInlineSnapshot(`
    "SEQ0522 registry.example lost the upload of blob sha256:9612f1b0ef1d56145f51d9c42d611a41f986d9b793df0163b0ccd38235734315 of registry.example/mirror/app 4 times
      Why:   The registry answered HTTP 404 during the upload. The instances of the registry do not share storage, or the registry deletes unfinished uploads too early
      Next:  Configure all instances of registry.example to use the same storage, or configure the load balancer to send each client to the same instance"
  `);
});

describe('the deletion of manifests', () => {
  it('asks for a token that allows it, and says how to enable it', async () => {
    const lab = await labOf({ auth: { kind: 'token' } });
    const client = clientOf(lab);
    const digest = digestOf('a manifest');
    await expect(client.deleteManifest('ubi9/ubi', digest, { signal })).rejects.toMatchObject({
      code: 'SEQ0534',
      next: expect.stringContaining('REGISTRY_STORAGE_DELETE_ENABLED=true'),
    });
    // Without that action, the lab would refuse the first token.
    const answers = lab.journal.entries.filter(({ method }) => method === 'DELETE').map(({ status }) => status);
    expect(answers).toEqual([405]);
  });

  it.each([
    { status: 202, deleted: true },
    { status: 404, deleted: false },
  ])('knows from $status whether there was one', async ({ status, deleted }) => {
    const lab = await labOf();
    lab.fault({ match: { method: 'DELETE' }, action: { status } });
    expect(await clientOf(lab).deleteManifest('ubi9/ubi', digestOf('a manifest'), { signal })).toBe(deleted);
  });

  it('is refused with the words of the registry', async () => {
    const lab = await labOf();
    lab.fault({ match: { method: 'DELETE' }, action: { status: 403, message: 'only admins delete' } });
    await expect(clientOf(lab).deleteManifest('ubi9/ubi', digestOf('a manifest'), { signal })).rejects.toMatchObject({
      code: 'SEQ0519',
      details: [expect.stringContaining('only admins delete')],
    });
  });
});
