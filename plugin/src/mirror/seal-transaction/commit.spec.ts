import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCommit } from './commit';

const seal = `sha256:${'a'.repeat(64)}`;
const commit = {
  schema: 'seqmirror/v1',
  entry: { number: 2, folder: 'seq2-add-logging', seal },
  previous: seal,
  configSha256: 'a',
  archivesFrom: 'stage/seq2-add-logging/archives',
  archives: ['mirror_000001.tar'],
  records: ['SHA256SUMS', 'seq-metadata.yaml'],
};

describe('readCommit', () => {
  let stage: string;
  beforeEach(async () => {
    stage = await mkdtemp(join(tmpdir(), 'seqmirror-commit-'));
    await mkdir(stage, { recursive: true });
  });
  afterEach(() => rm(stage, { recursive: true, force: true }));
  const read = async (text: string) => {
    await writeFile(join(stage, 'commit.json'), text);
    return readCommit(stage);
  };

  it('reads what was written, with frames and as older runs wrote it', async () => {
    expect(await read(JSON.stringify(commit))).toEqual(commit);
    const withFrames = { ...commit, framesFrom: 'stage/seq2-add-logging/frames' };
    expect(await read(JSON.stringify(withFrames))).toEqual(withFrames);
  });

  it.each([
    { name: 'a cut text', text: JSON.stringify(commit).slice(0, 80) },
    {
      name: 'a folder elsewhere',
      text: JSON.stringify({ ...commit, entry: { ...commit.entry, folder: '../seq2-a' } }),
    },
    { name: 'a folder of another number', text: JSON.stringify({ ...commit, entry: { ...commit.entry, number: 3 } }) },
    { name: 'frames from elsewhere', text: JSON.stringify({ ...commit, framesFrom: 'frames/../../home' }) },
    { name: 'archives from elsewhere', text: JSON.stringify({ ...commit, archivesFrom: '../../home' }) },
    { name: 'a record of another name', text: JSON.stringify({ ...commit, records: ['../../.bashrc'] }) },
  ])('refuses $name', async ({ text }) => {
    await expect(read(text)).rejects.toMatchObject({ code: 'SEQ0211' });
  });
});
