/** Crashes of the transaction by itself, on files that stand for archives, and what version 0.1.0 left unfinished. */
import { existsSync } from 'node:fs';
import { link, mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { aChain } from '../../../../testing/worlds/chain';
import { crashAt } from '../../../../testing/worlds/crash';
import { filesBelow, newFolder } from '../../../../testing/worlds/folders';
import { renderChainLock } from '../../sequence/chain-lock';
import { silentProgress } from '../../system/progress';
import { framesFolder, storeFolder } from '../data-directory';
import type { Mirror } from '../mirror';
import { openMirror } from '../mirror';
import { withMirrorLock } from '../with-mirror-lock';
import type { SealTransaction } from './seal-transaction';
import { applyTransaction, reissueStage, sealStage } from './seal-transaction';

const chain = aChain().baseline('baseline').differential('add-logging').build();
const [first, sequence] = chain.sequences as [(typeof chain.sequences)[0], (typeof chain.sequences)[0]];
const { folder, metadata, seal, files } = sequence;
const archive = 'mirror_000001.tar';
const frame = 'mirror_000001.tar.frame.gz';
const recordTexts = ['imageset-config.pinned.yaml', 'seq-inventory.jsonl', 'SHA256SUMS', 'seq-metadata.yaml'];
const records = new Map(recordTexts.map((name) => [name, files[name] ?? '']));
const uploadFiles = new Map([
  ['seq-upload.sh', '#!/bin/sh\n# seq-upload.sh: uploads\n'],
  ['images.txt', 'ubi9/ubi@sha256:…\n'],
  ['seq-upload.env', `format=seqmirror-sequence/1\nseal=${seal}\n`],
] as const);
const config = files['imageset-config.yaml'] ?? '';
const other = { number: 2, folder: 'seq2-other', seal: `sha256:${'e'.repeat(64)}` as typeof seal };
const lockOf = (...entries: readonly (typeof other)[]): string =>
  renderChainLock({ entries: entries.map((entry) => ({ ...entry, state: 'sealed' })) });
const entryOf = ({ number, folder: of, seal: its }: typeof first) => ({ number, folder: of, seal: its });

class World {
  private constructor(
    readonly root: string,
    readonly mirror: Mirror,
  ) {}

  static async make(): Promise<World> {
    const root = newFolder('transaction');
    const workspaceRoot = join(root, 'workspace');
    await mkdir(join(workspaceRoot, 'mirror/content'), { recursive: true });
    await writeFile(join(workspaceRoot, 'mirror/seqmirror.yaml'), 'schema: seqmirror/v1\nid: test\n');
    const env = { HOME: join(root, 'home'), SEQMIRROR_DATA_DIR: join(root, 'data') };
    const mirror = await openMirror({ workspaceRoot, mirrorRoot: 'mirror', name: 'mirror', env });
    const world = new World(root, mirror);
    await world.writeSequence(first.folder, first.files);
    await world.write(world.content('chain.lock'), lockOf(entryOf(first)));
    return world;
  }

  content = (...names: string[]): string => join(this.mirror.content, ...names);
  store = (of = folder, its = seal): string => join(storeFolder(this.mirror.data, of, its), archive);
  frame = (of = folder, its = seal): string => join(framesFolder(this.mirror.data, of, its), frame);

  async write(path: string, text: string): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }

  async writeSequence(of: string, texts: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, text] of Object.entries(texts)) await this.write(this.content(of, name), text);
  }

  /** What recovery says; the lock of a process that is gone is stale, this one lives on. */
  async recover(): Promise<string[]> {
    await rm(this.mirror.data.lockFile, { force: true });
    const notes: string[] = [];
    const progress = { ...silentProgress, note: (text: string) => notes.push(text) };
    const now = () => new Date(0);
    await withMirrorLock(this.mirror, { purpose: 'next', now, progress }, async () => undefined);
    return notes;
  }

  async texts(): Promise<Record<string, string>> {
    return Object.fromEntries(filesBelow(this.root));
  }

  remove = (): Promise<void> => rm(this.root, { recursive: true, force: true });
}

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

  async function leaveSeal(): Promise<void> {
    await world.write(world.content(folder, 'imageset-config.yaml'), config);
    await world.write(join(stage().archives, archive), 'archive');
    await world.write(join(stage().frames, frame), 'frame');
    for (const [name, text] of records) await world.write(join(stage().records, name), text);
    await world.write(stage().commit, sealCommit);
  }

  async function leaveReissue(commit: string): Promise<void> {
    await world.writeSequence(folder, files);
    await world.write(world.content('chain.lock'), lockOf(entryOf(first), entryOf(sequence)));
    await world.write(world.store().replace('000001', '000002'), 'of the packaging before');
    await world.write(join(reissue().archives, archive), 'archive');
    await world.write(join(reissue().frames, frame), 'frame');
    await world.write(join(reissue().records, 'custody.yaml'), 'schema: seqmirror/v1\nstate: held\ncopies: []\n');
    await world.write(reissue().commit, commit);
  }

  it('is sealed when it was committed to', async () => {
    await leaveSeal();
    expect(await world.recover()).toEqual([
      'seq2-add-logging: an earlier run was stopped while sealing it; finished now',
    ]);
    expect(await readFile(world.content('chain.lock'), 'utf8')).toBe(lockOf(entryOf(first), entryOf(sequence)));
    expect(await readFile(world.content(folder, archive), 'utf8')).toBe('archive');
    expect(await readFile(world.frame(), 'utf8')).toBe('frame');
    expect(await readFile(world.content(folder, 'seq-metadata.yaml'), 'utf8')).toBe(records.get('seq-metadata.yaml'));
    expect(existsSync(stage().root)).toBe(false);
  });

  it('is discarded with a word when its place in the chain is taken', async () => {
    await leaveSeal();
    await world.write(world.content('chain.lock'), lockOf(entryOf(first), other));
    expect(await world.recover()).toEqual([expect.stringContaining('that work was discarded')]);
    expect(await readdir(world.content(folder))).toEqual(['imageset-config.yaml']);
    expect(existsSync(stage().root)).toBe(false);
  });

  it('is finished when it was a reissue, without a line written to chain.lock', async () => {
    await leaveReissue(reissueCommit);
    const lock = await stat(world.content('chain.lock'));
    expect(await world.recover()).toEqual([
      'seq2-add-logging: an earlier reissue was stopped at its end; finished now',
    ]);
    expect(await readFile(world.content(folder, archive), 'utf8')).toBe('archive');
    expect(await readFile(world.frame(), 'utf8')).toBe('frame');
    expect(await readFile(world.content(folder, 'custody.yaml'), 'utf8')).toContain('state: held');
    expect(await readdir(dirname(world.store()))).toEqual([archive]);
    expect((await stat(world.content('chain.lock'))).ino).toBe(lock.ino);
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
