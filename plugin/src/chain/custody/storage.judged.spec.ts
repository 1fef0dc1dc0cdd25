import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StorageServer } from '../../../../testing/lab/object-storage';
import { startObjectStorage, storageServer } from '../../../../testing/lab/object-storage';
import { describeWith } from '../../../../testing/lab/requirements';
import { refusalOf } from '../../../../testing/run/refusal';
import {
  archivesBelow,
  aSite,
  copy,
  custodyOf,
  prune,
  pruned,
  rebased,
  restore,
  stored,
  verify,
  withRebasedMirror,
} from '../../../../testing/worlds/pruning';
import type { World } from '../../../../testing/worlds/world';
import { silentProgress } from '../../system/progress';

const [seq1, seq2, seq3, seq4] = rebased;
const place = 's3://archive/ocp';

describeWith([storageServer], `copies in object storage that ${storageServer} serves`, () => {
  let server: StorageServer;
  let world: World;

  beforeAll(async () => {
    server = await startObjectStorage();
  });
  afterAll(() => server.stop());

  withRebasedMirror((taken) => {
    const env = { ...taken.location.env, ...server.env };
    world = { ...taken, location: { ...taken.location, env } };
  });
  beforeEach(() =>
    world.write(
      'mirror/seqmirror.yaml',
      `schema: seqmirror/v1
id: test
engine: embedded
registries:
  hosts:
    ${server.host}:
      insecure: true
storage:
  buckets:
    archive:
      endpoint: ${server.endpoint}
`,
    ),
  );

  const store = () => join(world.data, 'store');
  /** Paths of archives, below the store and below the place. */
  const paths = () => [...archivesBelow(store()).keys()];

  it('are what was sealed, are moved and restored like others, and are verified', async () => {
    const abort = new AbortController();
    const stopped = copy(world, {
      to: place,
      signal: abort.signal,
      progress: {
        ...silentProgress,
        detail: (text) => {
          if (text === seq2) abort.abort(new Error('stopped'));
        },
      },
    });
    await expect(stopped).rejects.toThrow('stopped');
    expect((await copy(world, { to: `${place}/` })).sequences.filter(({ copied }) => copied.length > 0)).toHaveLength(
      3,
    );
    const before = archivesBelow(store());
    for (const path of paths())
      expect((await server.object(`ocp/${path}`)).equals(await readFile(join(store(), path)))).toBe(true);
    expect((await custodyOf(world, seq1)).copies).toEqual([{ where: place, verified: '2026-11-28' }]);
    expect((await verify(world, { now: () => new Date('2027-02-01T00:00:00Z') })).sound).toBe(true);
    expect((await custodyOf(world, seq4)).copies).toEqual([{ where: place, verified: '2027-02-01' }]);

    await aSite(world, 'bravo', 4);
    await pruned(world, { to: place });
    expect(await stored(world)).toEqual([seq3, seq4]);
    expect((await restore(world, seq1)).archives).toEqual([
      expect.objectContaining({ from: expect.stringContaining(`${place}/${seq1}.`) as string }),
    ]);
    await restore(world, seq2, { from: place });
    expect(archivesBelow(store())).toEqual(before);

    const key = `ocp/${paths()[0] ?? ''}`;
    const content = await server.object(key);
    content[5000] = (content[5000] ?? 0) ^ 1;
    await server.replace(key, content);
    expect((await refusalOf(copy(world, { to: place }))).code).toBe('SEQ0261');
    expect((await verify(world)).copies.map(({ found }) => found)).toEqual(['damaged', 'sound', 'sound', 'sound']);
    expect((await custodyOf(world, seq1)).copies).toEqual([{ where: 'store', verified: '2026-11-28' }]);
    await pruned(world);
    expect(await stored(world)).toEqual([seq3, seq4]);
    expect((await refusalOf(restore(world, seq1, { from: place }))).code).toBe('SEQ0264');
    expect(await stored(world)).toEqual([seq3, seq4]);
  });

  it('are never made of a damaged archive, and no part of it stays', async () => {
    const [path = ''] = paths();
    const file = join(store(), path);
    const content = await readFile(file);
    content[5000] = (content[5000] ?? 0) ^ 1;
    await chmod(file, 0o644);
    await writeFile(file, content);
    expect((await refusalOf(copy(world, { to: 's3://archive/damaged' }))).code).toBe('SEQ0262');
    expect(await server.unfinished()).toBe(0);
    await expect(server.object(`damaged/${path}`)).rejects.toThrow();
  });

  it('are not reachable without credentials, which changes nothing', async () => {
    await aSite(world, 'bravo', 4);
    const location = { ...world.location, env: { ...world.location.env, AWS_SECRET_ACCESS_KEY: '' } };
    expect((await refusalOf(prune(world, { to: place, location }))).code).toBe('SEQ0532');
    await copy(world, { to: place, folder: seq3 });
    expect((await verify(world, { location })).copies).toMatchObject([{ found: 'unreachable' }]);
    expect((await custodyOf(world, seq3)).copies).toHaveLength(1);
  });
});
