import { chmod, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../../../testing/lab/lab';
import { startLab } from '../../../testing/lab/lab';
import { settingsTrusting, upload as uploaded } from '../../../testing/worlds/uploading';
import type { World } from '../../../testing/worlds/world';
import { app, aSealedMirror, startUpstream, tools, ubi } from '../../../testing/worlds/world';
import { readArchiveIndex } from '../archive/archive-index';

jest.setTimeout(300_000);

const seq1 = 'seq1-baseline';
let upstream: Lab;
let sealed: World;
let world: World;
let registry: Lab;

beforeAll(async () => {
  upstream = await startUpstream();
  sealed = await aSealedMirror(upstream, { [seq1]: [ubi, app, tools] });
});
afterAll(async () => {
  await sealed?.remove();
  await upstream?.stop();
});
beforeEach(async () => {
  registry = await startLab({ images: [] });
  world = await sealed.copy();
  await world.write('mirror/seqmirror.yaml', settingsTrusting(registry.host, { retries: 2 }));
});
afterEach(async () => {
  await world.remove();
  await registry.stop();
});

const upload = () => uploaded(world, seq1, { registry: `${registry.host}/mirror` });
/** Of what was put, in its order: `blob`, `manifest` or `tag`. */
const puts = (): string[] =>
  registry.journal.entries
    .filter(({ method, status }) => method === 'PUT' && status === 201)
    .map(({ path }) => (path.includes('/uploads/') ? 'blob' : path.includes('sha256:') ? 'manifest' : 'tag'));
const expectInOrder = (): void => {
  const order = ['blob', 'manifest', 'tag'];
  expect(puts()).toEqual([...puts()].sort((a, b) => order.indexOf(a) - order.indexOf(b)));
  expect(puts()).toContain('tag');
};

const blobs = { method: 'PUT', path: /uploads/ } as const;
const manifests = { method: 'PUT', path: /manifests\/sha256:/ } as const;

it.each([
  { name: 'is full in the middle of the blobs', match: { ...blobs, nth: 4 }, action: { status: 507 }, code: 'SEQ0520' },
  { name: 'is full at its last manifest', match: { ...manifests, nth: 5 }, action: { status: 507 }, code: 'SEQ0520' },
  { name: 'forgets who we are in the middle', match: { ...blobs, nth: 4 }, action: { status: 401 }, code: 'SEQ0501' },
  {
    name: 'forgets who we are at a manifest',
    match: { ...manifests, nth: 2 },
    action: { status: 401 },
    code: 'SEQ0501',
  },
  { name: 'becomes read-only', match: { ...manifests, nth: 2 }, action: { status: 405 }, code: 'SEQ0519' },
  { name: 'keeps answering 429', match: manifests, action: { status: 429, retryAfter: 0 }, code: 'SEQ0509' },
  { name: 'keeps forgetting uploads', match: blobs, action: { status: 404 }, code: 'SEQ0522' },
])('nothing is tagged by a registry that $name, and the same again finishes', async ({ match, action, code }) => {
  const heal = registry.fault({ match, action });
  await expect(upload()).rejects.toMatchObject({ code });
  expect(puts()).not.toContain('tag');
  heal();
  const sent = puts().filter((what) => what === 'blob').length;
  await upload();
  expectInOrder();
  // What arrived before is found again, and not sent once more.
  const { blobs: closure } = await readArchiveIndex(join(world.root, 'mirror/content', seq1, 'mirror_000001.tar'));
  expect(puts().filter((what) => what === 'blob').length - sent).toBeLessThan(closure.size - sent);
});

it.each([
  {
    name: 'answers 429 to a storm of requests',
    match: { path: /blobs|manifests/, first: 6 },
    action: { status: 429, retryAfter: 0 },
  },
  { name: 'forgets one upload', match: { ...blobs, nth: 2 }, action: { status: 404 } },
  { name: 'resets a connection in the middle of a blob', match: { ...blobs, nth: 2 }, action: { resetAfter: 1000 } },
])('an upload comes through to a registry that $name', async ({ match, action }) => {
  registry.fault({ match, action });
  expect(await upload()).toMatchObject({ kind: 'uploaded' });
  expectInOrder();
});

it('nothing is sent to a registry that can read nothing of what it has', async () => {
  registry.fault({ match: { method: 'HEAD' }, action: { status: 500 } });
  await expect(upload()).rejects.toMatchObject({ code: 'SEQ0525' });
  expect(registry.journal.entries.filter(({ method }) => method !== 'GET' && method !== 'HEAD')).toEqual([]);
});

it('nothing is tagged where a medium changes between the check and the upload, even in its last blob', async () => {
  const archive = join(world.root, 'mirror/content', seq1, 'mirror_000001.tar');
  const { blobs: places } = await readArchiveIndex(archive);
  // The smallest layers go last; manifests are checked where they are read.
  const layers = [...places.values()].filter(({ bytes }) => bytes > 50_000).sort((a, b) => a.bytes - b.bytes);
  const { offset = 0 } = layers[0] ?? {};
  await chmod(archive, 0o600);
  const change = async (byte: number): Promise<number> => {
    const file = await open(archive, 'r+');
    try {
      const { buffer } = await file.read(Buffer.alloc(1), 0, 1, offset + 40_000);
      await file.write(Buffer.from([byte]), 0, 1, offset + 40_000);
      return buffer[0] ?? 0;
    } finally {
      await file.close();
    }
  };
  let before: Promise<number> | undefined;
  const altering = setInterval(() => {
    if (registry.journal.entries.some(({ method }) => method === 'HEAD')) before ??= change(0xa5);
  }, 1);
  try {
    await expect(upload()).rejects.toMatchObject({ code: 'SEQ0523' });
  } finally {
    clearInterval(altering);
  }
  expect(puts()).not.toContain('tag');
  await change((await before) ?? 0);
  await upload();
  expectInOrder();
});
