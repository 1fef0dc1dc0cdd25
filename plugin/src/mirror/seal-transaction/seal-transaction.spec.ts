/** Crashes of the transaction by itself, on files that stand for archives, and what version 0.1.0 left unfinished. */
import { existsSync } from 'node:fs';
import { link, mkdtemp, readFile, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crashAt } from '../../../../testing/worlds/crash';
import { writeArchives } from '../../archive/archive.fixture';
import type { SealTransaction } from './seal-transaction';
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
  records,
  seal,
  sequence,
  World,
} from './transaction.fixture';

const uploadFiles = new Map([
  ['seq-upload.sh', '#!/bin/sh\n# seq-upload.sh: uploads\n'],
  ['images.txt', 'ubi9/ubi@sha256:…\n'],
  ['seq-upload.env', `format=seqmirror-sequence/1\nseal=${seal}\n`],
] as const);
interface Case {
  readonly name: string;
  readonly prepare: (world: World) => Promise<Omit<SealTransaction, 'folder' | 'metadata'>>;
  /** An archive has its name in the sequence's folder before, and must have it at every moment. */
  readonly isThere: boolean;
}

const cases: Case[] = [
  {
    name: 'mirrored',
    isThere: false,
    prepare: async (world) => {
      const { engine, frames } = sealStage(world.mirror.data, folder);
      await world.write(world.content(folder, 'imageset-config.yaml'), config);
      await world.write(join(engine, archive), 'archive');
      await world.write(join(frames, frame), 'frame');
      return { origin: 'mirrored', texts: records, uploadFiles, archivesFrom: engine, frames: { from: frames } };
    },
  },
  {
    name: 'adopted in place',
    isThere: true,
    prepare: async (world) => {
      const { archives, frames } = sealStage(world.mirror.data, folder);
      await world.write(world.content(folder, archive), 'archive');
      // A copy: of a hard link it could not be seen whether it has taken its place.
      await world.write(join(archives, archive), 'archive');
      await world.write(join(frames, frame), 'frame');
      await world.write(world.content(folder, 'seq-upload.sh'), 'theirs\n');
      const texts = new Map([['imageset-config.yaml', config], ...records]);
      return { origin: 'adopted in place', texts, uploadFiles, archivesFrom: archives, frames: { from: frames } };
    },
  },
  {
    name: 'renumbered',
    isThere: false,
    prepare: async (world) => {
      await world.writeSequence(other.folder, { 'imageset-config.yaml': config, 'seq-metadata.yaml': 'former\n' });
      await world.write(world.store(other.folder, other.seal), 'archive');
      await link(world.store(other.folder, other.seal), world.content(other.folder, archive));
      await world.write(world.frame(other.folder, other.seal), 'frame');
      await world.write(world.content('chain.lock'), lockOf(entryOf(first), other));
      return {
        origin: 'renumbered',
        texts: new Map([['imageset-config.yaml', config], ...records]),
        uploadFiles,
        archivesFrom: dirname(world.store(other.folder, other.seal)),
        frames: { from: dirname(world.frame(other.folder, other.seal)) },
        replaces: other,
      };
    },
  },
  {
    name: 'reissued',
    isThere: true,
    prepare: async (world) => {
      const { archives, frames } = reissueStage(world.mirror.data, { folder, seal });
      await world.writeSequence(folder, files);
      await world.write(world.content('chain.lock'), lockOf(entryOf(first), entryOf(sequence)));
      await world.write(world.store(), 'damaged');
      await link(world.store(), world.content(folder, archive));
      await world.write(world.store().replace('000001', '000002'), 'of the packaging before');
      await world.write(world.content(folder, 'mirror_000002.tar'), 'of the packaging before');
      await world.write(join(archives, archive), 'archive');
      await world.write(join(frames, frame), 'frame');
      return {
        origin: 'reissued',
        texts: new Map([
          ['SHA256SUMS', '0000  mirror_000001.tar\n'],
          ['seq-metadata.yaml', `${files['seq-metadata.yaml']}# packaged anew\n`],
        ]),
        archivesFrom: archives,
        removed: ['mirror_000002.tar'],
        frames: { from: frames },
      };
    },
  },
];

const steps = [2, 3, 4, 5, 6, 7, 8, 9, 10] as const;
type Step = (typeof steps)[number];

const stageFor = ({ mirror }: World, { origin }: Pick<SealTransaction, 'origin'>) =>
  origin === 'reissued' ? reissueStage(mirror.data, { folder, seal }) : sealStage(mirror.data, folder);

/** Which steps of the head comment of seal-transaction.ts are done, as far as files show it. */
async function stepsDone(world: World, transaction: SealTransaction): Promise<Record<Step, boolean>> {
  const { texts, uploadFiles: uploads = new Map<string, string>(), replaces } = transaction;
  const stage = stageFor(world, transaction);
  const text = (path: string) => readFile(path, 'utf8').catch(() => undefined);
  const inode = (path: string) =>
    stat(path)
      .then(({ ino }) => ino)
      .catch(() => undefined);
  const written: boolean[] = [];
  for (const [name, wanted] of texts) written.push((await text(world.content(folder, name))) === wanted);
  const isSealed = written.at(-1) === true;
  const uploaded: boolean[] = [];
  for (const [name, wanted] of uploads) uploaded.push((await text(world.content(folder, name))) === wanted);
  if (uploaded.at(-1) === true) expect(uploaded).toEqual([true, true, true]);
  const isStored = (await text(world.store())) === 'archive' && (await text(world.frame())) === 'frame';
  const isLinked = isStored && (await inode(world.store())) === (await inode(world.content(folder, archive)));
  return {
    2: existsSync(stage.commit) || isSealed,
    3: isStored && !existsSync(world.store().replace('000001', '000002')),
    4: isLinked && !existsSync(world.content(folder, 'mirror_000002.tar')),
    5: written.slice(0, -1).every(Boolean),
    6: (await text(world.content('chain.lock'))) === lockOf(entryOf(first), entryOf(sequence)),
    7: isSealed,
    8: uploaded.every(Boolean),
    9: replaces === undefined || !existsSync(world.content(replaces.folder)),
    10: !existsSync(stage.root),
  };
}

describe.each(cases)('a transaction of what is $name', ({ prepare, isThere }) => {
  it('can be killed after each of its steps, which come in their order, and ends the same', async () => {
    const reached = new Set<number>();
    const ends: { nth: number; texts: Record<string, string> }[] = [];
    for (let nth = 1, killed = true; killed; nth += 1) {
      const world = await World.make();
      try {
        const transaction = { ...(await prepare(world)), folder, metadata };
        const work = () => applyTransaction(world.mirror, transaction);
        const before = await stepsDone(world, transaction);
        killed = await crashAt(nth, work);
        const after = await stepsDone(world, transaction);
        // A reissue has its line in chain.lock already, and has what uploads; only a renumbering replaces something.
        const done = steps.filter((step) => !before[step]).map((step) => after[step]);
        reached.add(done.filter(Boolean).length);
        expect({ nth, done }).toEqual({ nth, done: [...done].sort().reverse() });
        if (isThere) expect(await readFile(world.content(folder, archive), 'utf8')).toMatch(/^(?:archive|damaged)$/);

        const isCommitted = existsSync(stageFor(world, transaction).commit);
        const notes = await world.recover();
        expect({ nth, notes }).toEqual({ nth, notes: isCommitted ? [expect.stringContaining('finished now')] : [] });
        if (!isCommitted) await work();
        if (transaction.uploadFiles !== undefined) {
          expect((await stat(world.content(folder, 'seq-upload.sh'))).mode & 0o777).toBe(0o755);
          const theirs = world.content(folder, 'seq-upload.original.sh');
          if (transaction.origin === 'adopted in place') expect(await readFile(theirs, 'utf8')).toBe('theirs\n');
          else expect(existsSync(theirs)).toBe(false);
        }
        ends.push({ nth, texts: await world.texts() });
      } finally {
        await world.remove();
      }
    }
    expect([...reached].sort()).toEqual(Array.from({ length: Math.max(...reached) + 1 }, (_, count) => count));
    for (const { nth, texts } of ends) expect({ nth, texts }).toEqual({ nth, texts: ends.at(-1)?.texts });
  }, 120_000);
});

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

  /** A real one, of all blobs that the sequence adds. */
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

  it('is cleared away with a word when nothing but its commit says that it was to be sealed; archives stay', async () => {
    await leaveSeal(await tinyArchive());
    expect(await world.recover()).toEqual([expect.stringContaining('nothing proves that this was a run of ours')]);
    expect(await readFile(world.content('chain.lock'), 'utf8')).toBe(lockOf(entryOf(first)));
    expect(await readdir(world.content(folder))).toEqual(['imageset-config.yaml']);
    expect(await readdir(stage().root)).toEqual(['archives']);
  });

  it('is finished when chain.lock has its line, and records and archives are proven by it', async () => {
    const content = await tinyArchive();
    await leaveSeal(content);
    const lock = lockOf(entryOf(first), entryOf(sequence));
    await world.write(world.content('chain.lock'), lock);
    expect(await world.recover()).toEqual([
      'seq2-add-logging: an earlier run was stopped while sealing it; what it left was verified from its bytes, and finished now',
    ]);
    expect(await readFile(world.content('chain.lock'), 'utf8')).toBe(lock);
    expect(await readFile(world.content(folder, archive))).toEqual(content);
    expect(await readFile(world.frame(), 'utf8')).not.toBe('frame');
    expect(await readFile(world.content(folder, 'seq-metadata.yaml'), 'utf8')).toContain(seal);
    expect(existsSync(stage().root)).toBe(false);
  });

  it.each([
    { name: 'its archives are none', content: Buffer.from('archive'), edit: (text: string) => text },
    { name: 'a record was edited', content: undefined, edit: (text: string) => text.replace('registry', 'elsewhere') },
  ])('is cleared away when chain.lock has its line, and $name', async ({ content, edit }) => {
    await leaveSeal(content ?? (await tinyArchive()));
    const pinned = join(stage().records, 'imageset-config.pinned.yaml');
    await world.write(pinned, edit(await readFile(pinned, 'utf8')));
    await world.write(world.content('chain.lock'), lockOf(entryOf(first), entryOf(sequence)));
    expect(await world.recover()).toEqual([expect.stringContaining('nothing proves that this was a run of ours')]);
    expect(await readdir(world.content(folder))).toEqual(['imageset-config.yaml']);
  });

  it('is cleared away with a word when its place in the chain is taken', async () => {
    await leaveSeal();
    await world.write(world.content('chain.lock'), lockOf(entryOf(first), other));
    expect(await world.recover()).toEqual([expect.stringContaining('it was cleared away')]);
    expect(await readdir(world.content(folder))).toEqual(['imageset-config.yaml']);
    expect(existsSync(stage().commit)).toBe(false);
  });

  it('is finished when it was a reissue, from its bytes and without a line written to chain.lock', async () => {
    const content = await tinyArchive();
    await leaveReissue(reissueCommit, content);
    const lock = await stat(world.content('chain.lock'));
    expect(await world.recover()).toEqual([
      'seq2-add-logging: an earlier reissue was stopped at its end; what it left was verified from its bytes, and finished now',
    ]);
    expect(await readFile(world.content(folder, archive))).toEqual(content);
    expect(existsSync(world.frame())).toBe(true);
    expect(await readFile(world.content(folder, 'custody.yaml'), 'utf8')).toContain('state: held');
    expect(await readdir(dirname(world.store()))).toEqual([archive]);
    expect((await stat(world.content('chain.lock'))).ino).toBe(lock.ino);
    expect(existsSync(reissue().root)).toBe(false);
  });

  it('is discarded with a word when it was a reissue whose archive is not what was sealed', async () => {
    await leaveReissue(reissueCommit);
    expect(await world.recover()).toEqual([expect.stringContaining('is not what was sealed; it was discarded')]);
    expect(existsSync(world.content(folder, archive))).toBe(false);
    expect(await readdir(dirname(world.store()))).toEqual(['mirror_000002.tar']);
    expect(existsSync(reissue().root)).toBe(false);
  });

  it.each([
    { name: 'cannot be read', commit: reissueCommit.slice(0, 80) },
    { name: 'is of another seal', commit: reissueCommit.replace(seal, first.seal) },
  ])('is discarded with a word when it was a reissue whose commit $name', async ({ commit }) => {
    await leaveReissue(commit);
    const before = await readdir(world.content(folder));
    expect(await world.recover()).toEqual([expect.stringContaining('it was discarded, and reissue can be run again')]);
    expect(await readdir(world.content(folder))).toEqual(before);
    expect(existsSync(reissue().root)).toBe(false);
  });
});

describe('recovery', () => {
  it('gives archives back to a sequence whose renumbering has lost its place', async () => {
    const renumbered = cases.find(({ name }) => name === 'renumbered') as Case;
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

  it('refuses a commit that lies in the stage of another sequence', async () => {
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
