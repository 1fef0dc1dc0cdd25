import { chmod, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../../../testing/lab/lab';
import { startLab } from '../../../testing/lab/lab';
import { settingsTrusting, upload as uploaded } from '../../../testing/worlds/uploading';
import type { World } from '../../../testing/worlds/world';
import { app, aSealedMirror, startUpstream, tools, ubi } from '../../../testing/worlds/world';
import { readArchiveIndex } from '../archive/archive-index';
import type { SeqmirrorError } from '../system/errors';

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
/** What was put, in order: `blob`, `manifest` or `tag`. */
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
  { name: 'forgets our login in the middle', match: { ...blobs, nth: 4 }, action: { status: 401 }, code: 'SEQ0501' },
  {
    name: 'forgets our login at a manifest',
    match: { ...manifests, nth: 2 },
    action: { status: 401 },
    code: 'SEQ0501',
  },
  { name: 'becomes read-only', match: { ...manifests, nth: 2 }, action: { status: 405 }, code: 'SEQ0519' },
  { name: 'keeps answering 429', match: manifests, action: { status: 429, retryAfter: 0 }, code: 'SEQ0509' },
  { name: 'keeps forgetting uploads', match: blobs, action: { status: 404 }, code: 'SEQ0522' },
])('no tag is set in a registry that $name, and the next run finishes', async ({ match, action, code }) => {
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
    name: 'answers 429 to many requests at once',
    match: { path: /blobs|manifests/, first: 6 },
    action: { status: 429, retryAfter: 0 },
  },
  { name: 'forgets one upload', match: { ...blobs, nth: 2 }, action: { status: 404 } },
  { name: 'resets a connection in the middle of a blob', match: { ...blobs, nth: 2 }, action: { resetAfter: 1000 } },
])('an upload succeeds in a registry that $name', async ({ match, action }) => {
  registry.fault({ match, action });
  expect(await upload()).toMatchObject({ kind: 'uploaded' });
  expectInOrder();
});

const tags = { method: 'PUT', path: /manifests\/(?!sha256:)/ } as const;

describe('a tag that the registry does not move', () => {
  it.each([
    { name: 'Harbor', status: 412, message: "Failed to process request due to 'app:1' configured as immutable." },
    { name: 'Harbor, retagging', status: 412, message: 'the tag 1 configured as immutable, cannot be updated' },
    { name: 'Quay', status: 409, message: 'tag was already pushed' },
    {
      name: 'ECR',
      status: 400,
      message:
        "The image tag '1' already exists in the 'app' repository and cannot be overwritten because the repository is immutable.",
    },
    { name: 'a registry that gives no reason', status: 412, message: '' },
  ])('is named, with those that are set, by the answer of $name', async ({ status, message }) => {
    const heal = registry.fault({ match: { ...tags, nth: 2 }, action: { status, message } });
    const failure = await upload().catch((error: unknown) => error as SeqmirrorError);
    expect(failure).toMatchObject({
      code: 'SEQ0527',
      what: expect.stringMatching(/refused to overwrite 1 immutable tag; seqmirror set 3 of 4 tags$/),
      details: expect.arrayContaining([
        expect.stringMatching(/still points to .*, not to sha256:/),
        expect.stringMatching(/^tags that seqmirror set: .+:.+, .+:.+/),
      ]),
      next: expect.stringContaining('Tag Immutability'),
    });
    expect(puts().filter((what) => what === 'tag')).toHaveLength(3);
    heal();
    await upload();
    expect(puts().filter((what) => what === 'tag')).toHaveLength(4);
  });

  it('is not a problem if it stands for that image already', async () => {
    await upload();
    registry.fault({ match: { method: 'HEAD', path: tags.path, first: 1 }, action: { status: 404 } });
    registry.fault({ match: tags, action: { status: 412, message: 'configured as immutable' } });
    expect(await upload()).toMatchObject({ kind: 'uploaded' });
  });

  it('is not confused with other problems, which also report the tags that are set', async () => {
    registry.fault({ match: { ...tags, nth: 3 }, action: { status: 403 } });
    await expect(upload()).rejects.toMatchObject({
      code: 'SEQ0519',
      details: expect.arrayContaining([expect.stringMatching(/^seqmirror set 3 of 4 tags: /)]),
    });
  });
});

describe('a registry that wants its repositories created beforehand, as ECR does', () => {
  const missing = (name: string) =>
    ({
      status: 404,
      message: `The repository with name '${name}' does not exist in the registry with id '123456789012'`,
    }) as const;

  it('is reported with all repositories at once, and nothing is sent to it', async () => {
    registry.fault({ match: { path: /\/(manifests|blobs)\// }, action: missing('app') });
    for (const dryRun of [true, false]) {
      const failure = await uploaded(world, seq1, { registry: `${registry.host}/mirror`, dryRun }).catch(
        (error: unknown) => error as SeqmirrorError,
      );
      expect(failure).toMatchObject({
        code: 'SEQ0526',
        what: expect.stringMatching(/does not have 3 of the 3 repositories/),
      });
      expect((failure as SeqmirrorError).details).toEqual([
        expect.stringMatching(
          /^for name in (mirror\/\S+ ){2}mirror\/\S+; do aws ecr create-repository --repository-name "\$name"; done$/,
        ),
      ]);
    }
    expect(registry.journal.entries.filter(({ method }) => method !== 'GET' && method !== 'HEAD')).toEqual([]);
  });
});

it('nothing is sent to a registry that cannot read anything it has', async () => {
  registry.fault({ match: { method: 'HEAD' }, action: { status: 500 } });
  await expect(upload()).rejects.toMatchObject({ code: 'SEQ0525' });
  expect(registry.journal.entries.filter(({ method }) => method !== 'GET' && method !== 'HEAD')).toEqual([]);
});

it('no tag is set if a medium changes between the check and the upload, even in its last blob', async () => {
  const archive = join(world.root, 'mirror/content', seq1, 'mirror_000001.tar');
  const { blobs: places } = await readArchiveIndex(archive);
  // The smallest layers are sent last; manifests are checked when they are read.
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
