import { createHash, randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StorageServer } from '../../../testing/lab/object-storage';
import { startObjectStorage, storageServer } from '../../../testing/lab/object-storage';
import { describeWith } from '../../../testing/lab/requirements';
import { refusalOf } from '../../../testing/run/refusal';
import { parseStorageAddress } from './address';
import type { ObjectStorage } from './object-storage';
import { openObjectStorage } from './object-storage';
import type { StorageOptions } from './storage-requests';

const partBytes = 5 * 1024 ** 2;

describeWith([storageServer], `storage that ${storageServer} serves`, () => {
  let server: StorageServer;
  let folder: string;
  let file: FileHandle;
  let content: Buffer;
  let abort: AbortController;
  const opened: ObjectStorage[] = [];

  beforeAll(async () => {
    server = await startObjectStorage();
    folder = await mkdtemp(join(tmpdir(), 'seqmirror-storage-spec-'));
    content = randomBytes(2 * partBytes + 1000);
    await writeFile(join(folder, 'file'), content);
    file = await open(join(folder, 'file'));
  });
  beforeEach(() => (abort = new AbortController()));
  afterEach(async () => {
    for (const storage of opened.splice(0)) await storage.close();
  });
  afterAll(async () => {
    await file.close();
    await rm(folder, { recursive: true });
    await server.stop();
  });

  const storageAt = async (place = 's3://archive/old', options: Partial<StorageOptions> = {}) => {
    const storage = await openObjectStorage({
      address: parseStorageAddress(place),
      storage: { buckets: { archive: { endpoint: server.endpoint }, other: { endpoint: server.endpoint } } },
      settings: { hosts: { [server.host]: { insecure: true } } },
      env: server.env,
      signal: abort.signal,
      retries: 0,
      partBytes,
      ...options,
    });
    opened.push(storage);
    return storage;
  };
  const source = (progress: (bytes: number) => void = () => undefined) => ({
    file,
    bytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
    progress,
  });
  const readBack = async (storage: ObjectStorage, path: string) => {
    const pieces: Buffer[] = [];
    for await (const piece of storage.read(path)) pieces.push(Buffer.from(piece));
    return Buffer.concat(pieces);
  };

  it('keeps an object that was sent in parts, byte for byte', async () => {
    const storage = await storageAt();
    expect(await storage.look('seq1.ab/mirror_000001.tar')).toBeUndefined();
    const sent = await storage.send('seq1.ab/mirror_000001.tar', source());
    expect(await storage.look('seq1.ab/mirror_000001.tar')).toBeUndefined();
    await sent.finish();
    expect(await storage.look('seq1.ab/mirror_000001.tar')).toEqual({
      bytes: content.length,
      statedSha256: source().sha256,
    });
    expect((await server.object('old/seq1.ab/mirror_000001.tar')).equals(content)).toBe(true);
    expect((await readBack(storage, 'seq1.ab/mirror_000001.tar')).equals(content)).toBe(true);
    await storage.remove('seq1.ab/mirror_000001.tar');
    expect(await storage.look('seq1.ab/mirror_000001.tar')).toBeUndefined();
  });

  it('continues a stopped upload with the parts that are missing, and drops one', async () => {
    const first = await storageAt();
    await expect(
      first.send(
        'stopped',
        source(() => abort.abort(new Error('stopped'))),
      ),
    ).rejects.toThrow('stopped');
    expect(await server.unfinished()).toBe(1);
    abort = new AbortController();
    let bytes = 0;
    const sent = await (
      await storageAt()
    ).send(
      'stopped',
      source((more) => (bytes += more)),
    );
    expect(bytes).toBe(content.length);
    expect(await server.unfinished()).toBe(1);
    await sent.finish();
    expect((await server.object('old/stopped')).equals(content)).toBe(true);
    const dropped = await (await storageAt()).send('dropped', source());
    expect(await server.unfinished()).toBe(1);
    await dropped.drop();
    expect(await server.unfinished()).toBe(0);
  });

  it('says what is wrong with a place, and prints no secret', async () => {
    expect(await refusalOf(storageAt('s3://other/old'))).toMatchObject({
      code: 'SEQ0531',
      next: 'Correct the name of the bucket, or make the bucket. seqmirror makes no bucket',
    });
    expect(await refusalOf(storageAt('s3://archive', { settings: {} }))).toMatchObject({ code: 'SEQ0533' });
    expect(await refusalOf(storageAt('s3://archive', { env: { HOME: folder } }))).toMatchObject({ code: 'SEQ0532' });
    expect(await refusalOf(storageAt('s3://archive', { storage: {} }))).toMatchObject({ code: 'SEQ0533' });
    if (storageServer !== 'versitygw') return;
    const refused = await refusalOf(
      storageAt('s3://archive', { env: { ...server.env, AWS_SECRET_ACCESS_KEY: 'another-secret' } }),
    );
    expect(refused).toMatchObject({
      code: 'SEQ0531',
      next: expect.stringContaining('Check the credentials') as string,
    });
    expect(JSON.stringify(refused)).not.toContain('another-secret');
  });
});
