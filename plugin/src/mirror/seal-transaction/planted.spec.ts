/** Staged work that this account did not make, or that was changed since, is never promoted and never signed. */
import { existsSync } from 'node:fs';
import { chmod, chown, copyFile, cp, mkdir, readFile, readdir, rename, rm, stat, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crashAt } from '../../../../testing/worlds/crash';
import { macOf } from '../../system/operator-key';
import type { Mirror } from '../mirror';
import { openMirror } from '../mirror';
import { applyTransaction, reissueStage, sealStage } from './seal-transaction';
import {
  archive,
  config,
  entryOf,
  files,
  first,
  folder,
  frame,
  lockOf,
  packagedAs,
  seal,
  sequence,
  World,
} from './transaction.fixture';

const content = Buffer.from('archive');
const { metadata, texts } = packagedAs(content);
const stageOf = ({ mirror }: World) => sealStage(mirror.data, folder);

let world: World;
beforeEach(async () => {
  world = await World.make();
});
afterEach(() => world.remove());

/** Leaves the state of a run that was killed just after its commit, before anything is promoted. */
async function leaveCommit(of: World): Promise<void> {
  for (let nth = 1; !existsSync(stageOf(of).commit); nth += 1) {
    const stage = stageOf(of);
    await rm(stage.root, { recursive: true, force: true });
    await of.write(of.content(folder, 'imageset-config.yaml'), config);
    await of.write(join(stage.engine, archive), content);
    await of.write(join(stage.frames, frame), 'frame');
    const work = { origin: 'mirrored', folder, metadata, texts, archivesFrom: stage.engine } as const;
    await crashAt(nth, () => applyTransaction(of.mirror, { ...work, frames: { from: stage.frames } }));
  }
}

async function expectNothingSealed(of: World, mirror?: Mirror): Promise<void> {
  expect(await of.recover(mirror)).toEqual([expect.stringContaining('nothing proves that seqmirror wrote')]);
  expect(await readFile(of.content('chain.lock'), 'utf8')).toBe(lockOf(entryOf(first)));
  expect(await readdir(of.content(folder))).toEqual(['imageset-config.yaml']);
  expect(existsSync(stageOf(of).commit)).toBe(false);
  expect(existsSync(stageOf(of).records)).toBe(false);
}

it('what this account staged is finished (the basis of all other cases)', async () => {
  await leaveCommit(world);
  expect(await world.recover()).toEqual([expect.stringContaining('finished it')]);
  expect(await readFile(world.content('chain.lock'), 'utf8')).toBe(lockOf(entryOf(first), entryOf(sequence)));
});

it('a commit and five text files without an archive are cleared away', async () => {
  await leaveCommit(world);
  const stage = stageOf(world);
  const commit = JSON.parse(await readFile(stage.commit, 'utf8')) as Record<string, unknown>;
  await rm(stage.engine, { recursive: true });
  await world.write(stage.commit, JSON.stringify({ ...commit, archives: [], binding: undefined }));
  await expectNothingSealed(world);
});

it.each<{ name: string; change: (binding: Record<string, unknown>) => unknown }>([
  { name: 'without a MAC', change: (binding) => ({ ...binding, mac: undefined }) },
  { name: 'with a MAC of zeros', change: (binding) => ({ ...binding, mac: '0'.repeat(64) }) },
  { name: 'with an empty MAC', change: (binding) => ({ ...binding, mac: '' }) },
  { name: 'with other hashes under a right MAC', change: (binding) => ({ ...binding, files: {} }) },
])('a commit $name is not believed', async ({ change }) => {
  await leaveCommit(world);
  const { commit: file } = stageOf(world);
  const commit = JSON.parse(await readFile(file, 'utf8')) as { binding: Record<string, unknown> };
  await world.write(file, JSON.stringify({ ...commit, binding: change(commit.binding) }));
  await expectNothingSealed(world);
});

it('a stage that another account, with a key of its own, committed to is not believed', async () => {
  await leaveCommit(world);
  const location = { workspaceRoot: world.mirror.workspaceRoot, mirrorRoot: 'mirror', name: 'mirror' };
  const env = { HOME: join(world.root, 'home-of-another'), SEQMIRROR_DATA_DIR: join(world.root, 'data') };
  await expectNothingSealed(world, await openMirror({ ...location, env }));
});

it.each(['another mirror', 'another data directory'])(
  'a stage of ours, carried here from %s, is not believed',
  async (from) => {
    const elsewhere = await World.make({ id: from === 'another mirror' ? 'other' : 'test' });
    await leaveCommit(elsewhere);
    await mkdir(dirname(world.mirror.data.keyFile), { recursive: true });
    await copyFile(elsewhere.mirror.data.keyFile, world.mirror.data.keyFile);
    await cp(stageOf(elsewhere).root, stageOf(world).root, { recursive: true, preserveTimestamps: true });
    await world.write(world.content(folder, 'imageset-config.yaml'), config);
    await expectNothingSealed(world);
    await elsewhere.remove();
  },
);

it.each([...texts.keys()])('a stage whose %s was edited after the commit is not believed', async (name) => {
  await leaveCommit(world);
  const record = join(stageOf(world).records, name);
  await world.write(record, `${await readFile(record, 'utf8')}\n`);
  await expectNothingSealed(world);
});

it('a stage whose archive or frame was exchanged after the commit is not believed', async () => {
  for (const path of [join('engine', archive), join('frames', frame)]) {
    const one = await World.make();
    await leaveCommit(one);
    await one.write(join(stageOf(one).root, path), 'ARCHIVE'.slice(0, path.startsWith('e') ? 7 : 5));
    await expectNothingSealed(one);
    await one.remove();
  }
});

it('a stage whose archive became a link is not believed', async () => {
  await leaveCommit(world);
  const path = join(stageOf(world).engine, archive);
  await rename(path, join(world.root, 'theirs'));
  await symlink(join(world.root, 'theirs'), path);
  await expectNothingSealed(world);
});

it('a stage whose archive was copied, and has another inode and time, is hashed and believed', async () => {
  await leaveCommit(world);
  const path = join(stageOf(world).engine, archive);
  await rename(path, `${path}.was`);
  await copyFile(`${path}.was`, path);
  expect(await world.recover()).toEqual([expect.stringContaining('finished it')]);
  expect(await readFile(world.content(folder, archive))).toEqual(content);
});

it('a planted commit removes nothing: no sequence that it replaces, no archive, no configuration', async () => {
  const commit = {
    schema: 'seqmirror/v1',
    origin: 'renumbered',
    entry: entryOf(sequence),
    previous: first.seal,
    configSha256: 'a',
    archivesFrom: `store/${first.folder}.${first.seal.slice(7, 19)}`,
    archives: [archive],
    removed: [archive],
    records: ['imageset-config.yaml', 'seq-metadata.yaml'],
    replaces: entryOf(first),
  };
  await world.write(world.store(first.folder, first.seal), 'of the first');
  await world.write(world.content(first.folder, archive), 'of the first');
  await world.write(world.content(folder, 'imageset-config.yaml'), config);
  for (const origin of ['renumbered', 'adopted', 'mirrored', 'bundle', 'adopted in place']) {
    await world.write(stageOf(world).commit, JSON.stringify({ ...commit, origin }));
    for (const name of commit.records) await world.write(join(stageOf(world).records, name), files[name] as string);
    const before = Object.entries(await world.texts()).filter(([path]) => !path.includes('/stage/'));
    await world.recover();
    const after = Object.entries(await world.texts()).filter(([path]) => !path.includes('/stage/'));
    expect({ origin, after }).toEqual({ origin, after: before });
  }
});

it('a planted reissue removes no archive, and adds no script', async () => {
  await world.writeSequence(folder, { ...files, ...Object.fromEntries(texts) });
  await world.write(world.content('chain.lock'), lockOf(entryOf(first), entryOf(sequence)));
  await world.write(world.store(), 'archive');
  const stage = reissueStage(world.mirror.data, { folder, seal });
  const commit = { schema: 'seqmirror/v1', origin: 'reissued', entry: entryOf(sequence), previous: null };
  const rest = { configSha256: '', archives: [archive], removed: [archive], records: [], uploads: ['seq-upload.sh'] };
  await world.write(join(stage.records, 'seq-upload.sh'), '#!/bin/sh\nsteal\n');
  await world.write(stage.commit, JSON.stringify({ ...commit, ...rest }));
  expect(await world.recover()).toEqual([expect.stringContaining('They were deleted')]);
  expect(await readFile(world.store(), 'utf8')).toBe('archive');
  expect(existsSync(world.content(folder, 'seq-upload.sh'))).toBe(false);
});

describe('the key that binds staged work', () => {
  it("is made on first use, in the user's configuration, for that user alone", async () => {
    const { keyFile } = world.mirror.data;
    // A run that only recovers makes no key.
    await world.recover();
    expect(existsSync(keyFile)).toBe(false);
    await macOf(keyFile, 'the first use', null);
    expect(keyFile).toBe(join(world.root, 'home/.config/seqmirror/operator.key'));
    expect((await stat(keyFile)).mode & 0o777).toBe(0o600);
    expect(await readdir(dirname(keyFile))).toEqual(['operator.key']);
    const key = await readFile(keyFile, 'utf8');
    await world.recover();
    expect(await readFile(keyFile, 'utf8')).toBe(key);
  });

  it.each<{ name: string; spoil: (keyFile: string) => Promise<unknown> }>([
    { name: 'that the group can read', spoil: (keyFile) => chmod(keyFile, 0o640) },
    { name: 'that the world can read', spoil: (keyFile) => chmod(keyFile, 0o604) },
    { name: 'that has another text', spoil: (keyFile) => world.write(keyFile, 'seqmirror-key/1 00\n') },
    { name: 'that is empty', spoil: (keyFile) => world.write(keyFile, '') },
    {
      name: 'that is a link',
      spoil: async (keyFile) => {
        await rename(keyFile, `${keyFile}.was`);
        await symlink(`${keyFile}.was`, keyFile);
      },
    },
    ...(process.getuid?.() === 0
      ? [{ name: 'that somebody else owns', spoil: (keyFile: string) => chown(keyFile, 12345, 0) }]
      : []),
  ])('is refused before any work if it is a key $name', async ({ spoil }) => {
    await macOf(world.mirror.data.keyFile, 'the first use', null);
    await spoil(world.mirror.data.keyFile);
    await expect(world.recover()).rejects.toMatchObject({
      code: 'SEQ0218',
      next: expect.stringMatching(/^Delete the file/),
    });
  });

  it('may be impossible to keep: then sealing works, and the work of a killed run is done again', async () => {
    await world.write(join(world.root, 'home'), 'no folder');
    await leaveCommit(world);
    await expectNothingSealed(world);
    expect(await readFile(join(stageOf(world).engine, archive))).toEqual(content);
  });
});
