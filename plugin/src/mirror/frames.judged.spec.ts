import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../../../testing/lab/lab';
import type { World } from '../../../testing/worlds/world';
import { app, aWorld, startUpstream, tools, ubi } from '../../../testing/worlds/world';
import { readArchiveIndex } from '../archive/archive-index';
import { rebuildArchive } from '../archive/frame/frame';
import { readEntry } from '../archive/read-entry';
import { renumberSequence } from '../chain/renumber-sequence';
import { voidSequence } from '../chain/void-sequence';
import { silentProgress } from '../system/progress';
import { storeFolder } from './data-directory';
import { frameFiles } from './frames';
import { openMirror } from './mirror';
import { readMetadata } from './records';

const run = {
  progress: silentProgress,
  signal: new AbortController().signal,
  now: () => new Date('2026-11-23T07:00:00Z'),
};

let upstream: Lab;
let world: World;

beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.stop());
beforeEach(async () => {
  world = await aWorld(upstream);
});
afterEach(() => world.remove());

/** Makes an archive of a sealed sequence again from its frame, with the blobs of the archive itself. */
async function madeAgain(folder: string): Promise<{ made: Buffer; sealed: Buffer }> {
  const mirror = await openMirror(world.location);
  const metadata = await readMetadata(mirror, folder);
  const [archive] = metadata.archives;
  if (archive === undefined) throw new Error('no archive');
  const [frame = ''] = frameFiles(mirror.data, folder, { ...metadata, archive: archive.name });
  const stored = join(storeFolder(mirror.data, folder, metadata.seal), archive.name);
  const index = await readArchiveIndex(stored);
  const to = join(world.root, archive.name);
  await rebuildArchive({
    frame,
    to,
    bytes: archive.bytes,
    frameSha256: archive.frame_sha256,
    blob: async function* (digest, bytes) {
      const place = index.blobs.get(digest);
      if (place !== undefined) yield (await readEntry(index, place, { limit: bytes })) as Buffer;
    },
  });
  return { made: await readFile(to), sealed: await readFile(stored) };
}

describe('frames of sealed sequences', () => {
  it('are kept, their hashes are in seq-metadata.yaml, and the archives can be made from them', async () => {
    await world.sequence('seq1-baseline', [ubi]);
    const { metadata } = await world.seal('seq1-baseline');
    expect(metadata.archives[0]?.frame_sha256).toMatch(/^[0-9a-f]{64}$/);
    const { made, sealed } = await madeAgain('seq1-baseline');
    expect(made.equals(sealed)).toBe(true);
  });

  it('move with their sequence, and are removed with it', async () => {
    await twoBranches();
    await renumberSequence({ ...run, location: world.location, folder: 'seq2-add-tools', dryRun: false });
    const { made, sealed } = await madeAgain('seq3-add-tools');
    expect(made.equals(sealed)).toBe(true);
    expect(kept(await world.files())).toEqual(['seq1-baseline', 'seq2-add-app', 'seq3-add-tools']);
    await voidSequence({ ...run, location: world.location, folder: 'seq3-add-tools', dryRun: false });
    expect(kept(await world.files())).toEqual(['seq1-baseline', 'seq2-add-app']);
  });

  it('may be missing for older seals, which have none', async () => {
    await twoBranches();
    await rm(join(world.data, 'frames'), { recursive: true });
    await renumberSequence({ ...run, location: world.location, folder: 'seq2-add-tools', dryRun: false });
    expect((await world.mirror('seq3-add-tools')).kind).toBe('already-sealed');
    await voidSequence({ ...run, location: world.location, folder: 'seq3-add-tools', dryRun: false });
    await world.seal('seq3-add-tools');
    expect(kept(await world.files())).toEqual(['seq3-add-tools']);
  });
});

function kept(files: ReadonlyMap<string, string>): string[] {
  return [...files.keys()].flatMap((path) => /^data\/test\/frames\/(.+)\.[0-9a-f]{12}\//.exec(path)?.[1] ?? []);
}

async function twoBranches(): Promise<void> {
  await world.sequence('seq1-baseline', [ubi]);
  await world.seal('seq1-baseline');
  const lock = 'mirror/content/chain.lock';
  const before = await world.read(lock);
  await world.sequence('seq2-add-app', [ubi, app]);
  await world.seal('seq2-add-app');
  const ours = await world.read(lock);
  await world.write(lock, before);
  const app2 = join(world.root, 'mirror/content/seq2-add-app');
  await rename(app2, join(world.root, 'aside'));
  await world.sequence('seq2-add-tools', [ubi, tools]);
  await world.seal('seq2-add-tools');
  await rename(join(world.root, 'aside'), app2);
  const theirs = (await world.read(lock)).split('\n').filter((line) => line.startsWith('2 '));
  await world.write(lock, `${ours}${theirs.join('\n')}\n`);
}
