import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCommit } from './read-commit';
import { stageAt } from './stage';

const seal = `sha256:${'a'.repeat(64)}`;
const earlierSeal = {
  schema: 'seqmirror/v1',
  entry: { number: 2, folder: 'seq2-add-logging', seal },
  previous: seal,
  configSha256: 'a',
  archivesFrom: 'stage/seq2-add-logging/archives',
  archives: ['mirror_000001.tar'],
  records: ['SHA256SUMS', 'seq-metadata.yaml'],
};
const commit = { ...earlierSeal, origin: 'mirrored', removed: [] };

describe('readCommit', () => {
  let stage: string;
  beforeEach(async () => {
    stage = await mkdtemp(join(tmpdir(), 'seqmirror-commit-'));
    await mkdir(stage, { recursive: true });
  });
  afterEach(() => rm(stage, { recursive: true, force: true }));
  const read = async (text: string) => {
    await writeFile(join(stage, 'commit.json'), text);
    return readCommit(
      stageAt({ root: stage, lockFile: join(stage, 'lock'), isShared: false, keyFile: join(stage, 'key') }, stage),
    );
  };

  it('reads what was written, with and without frames and upload files', async () => {
    expect(await read(JSON.stringify(commit))).toEqual(commit);
    const withFrames = { ...commit, framesFrom: 'stage/seq2-add-logging/frames' };
    expect(await read(JSON.stringify(withFrames))).toEqual(withFrames);
    const withUploads = { ...commit, uploads: ['seq-upload.sh', 'images.txt', 'seq-upload.env'] };
    expect(await read(JSON.stringify(withUploads))).toEqual(withUploads);
  });

  it.each([
    { name: 'a seal', text: earlierSeal, read: commit },
    {
      name: 'a renumbering',
      text: { ...earlierSeal, archivesFrom: 'store/seq1-add-logging.0123456789ab', replaces: commit.entry },
      read: {
        ...commit,
        origin: 'renumbered',
        archivesFrom: 'store/seq1-add-logging.0123456789ab',
        replaces: commit.entry,
      },
    },
    {
      name: 'an adoption in place',
      text: { ...earlierSeal, adopts: 'in place' },
      read: { ...commit, origin: 'adopted in place' },
    },
    {
      name: 'an adoption from elsewhere',
      text: { ...earlierSeal, adopts: 'from elsewhere' },
      read: { ...commit, origin: 'adopted' },
    },
    { name: 'records of a bundle', text: { ...earlierSeal, adopts: 'records' }, read: { ...commit, origin: 'bundle' } },
    {
      name: 'a reissue',
      text: {
        schema: 'seqmirror/v1',
        entry: commit.entry,
        archives: ['mirror_000001.tar'],
        removed: ['mirror_000002.tar'],
        records: ['custody.yaml'],
      },
      read: {
        schema: 'seqmirror/v1',
        origin: 'reissued',
        entry: commit.entry,
        previous: null,
        configSha256: '',
        archivesFrom: 'reissue/seq2-add-logging.aaaaaaaaaaaa/archives',
        framesFrom: 'reissue/seq2-add-logging.aaaaaaaaaaaa/frames',
        archives: ['mirror_000001.tar'],
        removed: ['mirror_000002.tar'],
        records: ['custody.yaml'],
      },
    },
  ])('reads $name as version 0.1.0 committed it', async ({ text, read: expected }) => {
    expect(await read(JSON.stringify(text))).toEqual(expected);
  });

  it.each([
    { name: 'a text that was cut', text: JSON.stringify(commit).slice(0, 80) },
    {
      name: 'a folder elsewhere',
      text: JSON.stringify({ ...commit, entry: { ...commit.entry, folder: '../seq2-a' } }),
    },
    {
      name: 'a folder with another number',
      text: JSON.stringify({ ...commit, entry: { ...commit.entry, number: 3 } }),
    },
    { name: 'frames from elsewhere', text: JSON.stringify({ ...commit, framesFrom: 'frames/../../home' }) },
    { name: 'archives from elsewhere', text: JSON.stringify({ ...commit, archivesFrom: '../../home' }) },
    { name: 'the removal of another file', text: JSON.stringify({ ...commit, removed: ['../../.bashrc'] }) },
    { name: 'another origin', text: JSON.stringify({ ...commit, origin: 'found' }) },
    { name: 'an earlier seal of another record', text: JSON.stringify({ ...earlierSeal, records: ['../../.bashrc'] }) },
    { name: 'an upload file with another name', text: JSON.stringify({ ...commit, uploads: ['../../.bashrc'] }) },
    { name: 'a record with another name', text: JSON.stringify({ ...commit, records: ['../../.bashrc'] }) },
  ])('refuses $name', async ({ text }) => {
    await expect(read(text)).rejects.toMatchObject({ code: 'SEQ0211' });
  });
});
