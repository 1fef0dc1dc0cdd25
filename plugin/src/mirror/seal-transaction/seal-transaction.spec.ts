/** What becomes of interrupted transactions, of this version and of 0.1.0. */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crashAt } from '../../../../testing/worlds/crash';
import { writeArchives } from '../../archive/archive.fixture';
import { applyTransaction, reissueStage, sealStage } from './seal-transaction';
import {
  archive,
  chain,
  config,
  entryOf,
  files,
  first,
  folder,
  frame,
  lockOf,
  metadata,
  other,
  packagedAs,
  seal,
  sequence,
  World,
} from './transaction.fixture';
import type { TransactionCase } from './transactions.fixture';
import { transactions } from './transactions.fixture';

describe('what version 0.1.0 left', () => {
  let world: World;
  beforeEach(async () => {
    world = await World.make();
  });
  afterEach(() => world.remove());
  const stage = () => sealStage(world.mirror.data, folder);
  const reissue = () => reissueStage(world.mirror.data, { folder, seal });

  const sealCommit = `{
  "schema": "seqmirror/v1",
  "entry": {
    "number": 2,
    "folder": "seq2-add-logging",
    "seal": "${seal}"
  },
  "previous": "${first.seal}",
  "configSha256": "${metadata.provenance.config_sha256}",
  "archivesFrom": "stage/seq2-add-logging/archives",
  "archives": [
    "mirror_000001.tar"
  ],
  "framesFrom": "stage/seq2-add-logging/frames",
  "records": [
    "imageset-config.pinned.yaml",
    "seq-inventory.jsonl",
    "SHA256SUMS",
    "seq-metadata.yaml"
  ]
}
`;
  const reissueCommit = `{
  "schema": "seqmirror/v1",
  "entry": {
    "number": 2,
    "folder": "seq2-add-logging",
    "seal": "${seal}"
  },
  "archives": [
    "mirror_000001.tar"
  ],
  "removed": [
    "mirror_000002.tar"
  ],
  "records": [
    "custody.yaml"
  ]
}
`;

  /** A real archive with all blobs that the sequence adds. */
  async function tinyArchive(): Promise<Buffer> {
    const blobs = new Map(sequence.inventory.blobs.map(({ digest }) => [digest, chain.contents.get(digest) as Buffer]));
    const { paths } = await writeArchives(await mkdtemp(join(world.root, 'made-')), { blobs, links: [] });
    return readFile(paths[0] as string);
  }

  async function leaveSeal(content: Buffer = Buffer.from('archive')): Promise<void> {
    await world.write(world.content(folder, 'imageset-config.yaml'), config);
    await world.write(join(stage().archives, archive), content);
    await world.write(join(stage().frames, frame), 'frame');
    for (const [name, text] of packagedAs(content).texts) await world.write(join(stage().records, name), text);
    await world.write(stage().commit, sealCommit);
  }

  async function leaveReissue(commit: string, content: Buffer = Buffer.from('archive')): Promise<void> {
    const { texts } = packagedAs(content);
    await world.writeSequence(folder, { ...files, ...Object.fromEntries(texts) });
    await world.write(world.content('chain.lock'), lockOf(entryOf(first), entryOf(sequence)));
    await world.write(world.store().replace('000001', '000002'), 'of the packaging before');
    await world.write(join(reissue().archives, archive), content);
    await world.write(join(reissue().frames, frame), 'frame');
    await world.write(join(reissue().records, 'custody.yaml'), 'schema: seqmirror/v1\nstate: held\ncopies: []\n');
    await world.write(reissue().commit, commit);
  }

  it('is cleared away with a note if only its commit says that it was to be sealed; archives stay', async () => {
    await leaveSeal(await tinyArchive());
    expect(await world.recover()).toEqual([expect.stringContaining('nothing proves that seqmirror wrote')]);
    expect(await readFile(world.content('chain.lock'), 'utf8')).toBe(lockOf(entryOf(first)));
    expect(await readdir(world.content(folder))).toEqual(['imageset-config.yaml']);
    expect(await readdir(stage().root)).toEqual(['archives']);
  });

  it('is finished if chain.lock has its line, and records and archives are proven by it', async () => {
    const content = await tinyArchive();
    await leaveSeal(content);
    const lock = lockOf(entryOf(first), entryOf(sequence));
    await world.write(world.content('chain.lock'), lock);
    expect(await world.recover()).toEqual([
      'seq2-add-logging: an earlier run was stopped while it sealed this sequence; seqmirror has hashed its files again and finished it',
    ]);
    expect(await readFile(world.content('chain.lock'), 'utf8')).toBe(lock);
    expect(await readFile(world.content(folder, archive))).toEqual(content);
    expect(await readFile(world.frame(), 'utf8')).not.toBe('frame');
    expect(await readFile(world.content(folder, 'seq-metadata.yaml'), 'utf8')).toContain(seal);
    expect(existsSync(stage().root)).toBe(false);
  });

  it.each([
    { name: 'its archives are not archives', content: Buffer.from('archive'), edit: (text: string) => text },
    { name: 'a record was edited', content: undefined, edit: (text: string) => text.replace('registry', 'elsewhere') },
  ])('is cleared away if chain.lock has its line, and $name', async ({ content, edit }) => {
    await leaveSeal(content ?? (await tinyArchive()));
    const pinned = join(stage().records, 'imageset-config.pinned.yaml');
    await world.write(pinned, edit(await readFile(pinned, 'utf8')));
    await world.write(world.content('chain.lock'), lockOf(entryOf(first), entryOf(sequence)));
    expect(await world.recover()).toEqual([expect.stringContaining('nothing proves that seqmirror wrote')]);
    expect(await readdir(world.content(folder))).toEqual(['imageset-config.yaml']);
  });

  it('is cleared away with a note if its place in the chain is taken', async () => {
    await leaveSeal();
    await world.write(world.content('chain.lock'), lockOf(entryOf(first), other));
    expect(await world.recover()).toEqual([expect.stringContaining('The folder was deleted')]);
    expect(await readdir(world.content(folder))).toEqual(['imageset-config.yaml']);
    expect(existsSync(stage().commit)).toBe(false);
  });

  it('is finished, from its bytes and without a line written to chain.lock, if it was a reissue', async () => {
    const content = await tinyArchive();
    await leaveReissue(reissueCommit, content);
    const lock = await stat(world.content('chain.lock'));
    expect(await world.recover()).toEqual([
      'seq2-add-logging: an earlier reissue was stopped at its end; seqmirror has hashed its files again and finished it',
    ]);
    expect(await readFile(world.content(folder, archive))).toEqual(content);
    expect(existsSync(world.frame())).toBe(true);
    expect(await readFile(world.content(folder, 'custody.yaml'), 'utf8')).toContain('state: held');
    expect(await readdir(dirname(world.store()))).toEqual([archive]);
    expect((await stat(world.content('chain.lock'))).ino).toBe(lock.ino);
    expect(existsSync(reissue().root)).toBe(false);
  });

  it('is discarded with a note if it was a reissue whose archive is not what was sealed', async () => {
    await leaveReissue(reissueCommit);
    expect(await world.recover()).toEqual([expect.stringContaining('differ from what was sealed. They were deleted')]);
    expect(existsSync(world.content(folder, archive))).toBe(false);
    expect(await readdir(dirname(world.store()))).toEqual(['mirror_000002.tar']);
    expect(existsSync(reissue().root)).toBe(false);
  });

  it.each([
    { name: 'cannot be read', commit: reissueCommit.slice(0, 80) },
    { name: 'is for another seal', commit: reissueCommit.replace(seal, first.seal) },
  ])('is discarded with a note if it was a reissue whose commit $name', async ({ commit }) => {
    await leaveReissue(commit);
    const before = await readdir(world.content(folder));
    expect(await world.recover()).toEqual([expect.stringContaining('They were deleted; you can run reissue again')]);
    expect(await readdir(world.content(folder))).toEqual(before);
    expect(existsSync(reissue().root)).toBe(false);
  });
});

describe('recovery', () => {
  it('gives archives back to a sequence that lost its place while it was renumbered', async () => {
    const renumbered = transactions.find(({ name }) => name === 'renumbered') as TransactionCase;
    const taken = { number: 2, folder: 'seq2-third', seal: `sha256:${'d'.repeat(64)}` as typeof seal };
    for (let nth = 1, isMoved = false; !isMoved; nth += 1) {
      const world = await World.make();
      try {
        const transaction = { ...(await renumbered.prepare(world)), folder, metadata };
        await crashAt(nth, () => applyTransaction(world.mirror, transaction));
        isMoved = existsSync(world.frame());
        if (!isMoved) continue;
        await world.write(world.content(other.folder, 'imageset-config.yaml'), `${config}# edited\nmore: true\n`);
        await world.write(world.content('chain.lock'), lockOf(entryOf(first), taken));
        expect(await world.recover()).toEqual([expect.stringContaining('that work was discarded')]);
        expect(await readFile(world.store(other.folder, other.seal), 'utf8')).toBe('archive');
        expect(await readFile(world.frame(other.folder, other.seal), 'utf8')).toBe('frame');
        expect(existsSync(world.content(folder))).toBe(false);
      } finally {
        await world.remove();
      }
    }
  });

  it('refuses a commit in the stage of another sequence', async () => {
    const world = await World.make();
    try {
      const entry = { number: 2, folder, seal };
      const commit = { schema: 'seqmirror/v1', entry, previous: first.seal, configSha256: 'a' };
      const text = JSON.stringify({ ...commit, archivesFrom: 'stage/seq3-other/archives', archives: [], records: [] });
      await world.write(join(world.mirror.data.root, 'stage/seq3-other/commit.json'), text);
      await expect(world.recover()).rejects.toMatchObject({ code: 'SEQ0211' });
    } finally {
      await world.remove();
    }
  });
});
