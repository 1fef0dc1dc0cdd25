import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describeWith } from '../../../testing/lab/requirements';
import { parseSequenceMetadata, renderSequenceMetadata } from '../sequence/metadata';
import type { ReportedMirror } from '../report/reported-mirror.fixture';
import { aReportedMirror, chain } from '../report/reported-mirror.fixture';
import { reportedChain } from './reported-chain';
import { sequenceContents } from './sequence-contents';
import { writeReportFiles } from './write-report-files';

const exec = promisify(execFile);

let mirror: ReportedMirror;
beforeEach(async () => {
  mirror = await aReportedMirror();
});
afterEach(() => mirror.remove());
const pathOf = (path: string) => join(mirror.location.workspaceRoot, 'mirror', path);

describe('reportedChain', () => {
  it('tells what each sequence changed, as its records have it', async () => {
    const { sequences } = await reportedChain(mirror.location);
    expect(sequences.map(({ news }) => news.images)).toEqual(chain.sequences.map(({ metadata }) => metadata.changes));
    expect(sequences.map(({ custody }) => custody?.state)).toEqual(['held', undefined, undefined]);
  });

  it('has one transfer for all of its sites, with its state at each', async () => {
    const { transfers } = await reportedChain(mirror.location);
    expect(transfers.map(({ transfer, states, head, needs }) => [transfer.id, states, head, needs])).toEqual([
      ['T0001', [{ site: 'bravo', state: 'acknowledged' }], 1, []],
      [
        'T0002',
        [
          { site: 'bravo', state: 'sent' },
          { site: 'charlie', state: 'sent' },
        ],
        3,
        [[1]],
      ],
    ]);
  });

  it('reports nothing of records that are not what was sealed', async () => {
    const path = 'content/seq2-logging/seq-metadata.yaml';
    const metadata = parseSequenceMetadata(await readFile(pathOf(path), 'utf8'), path);
    const provenance = { ...metadata.provenance, engine_version: 'another' };
    await mirror.write(path, renderSequenceMetadata({ ...metadata, provenance }));
    await expect(reportedChain(mirror.location)).rejects.toMatchObject({ code: 'SEQ0233' });
  });

  it('reports a mirror without a sealed sequence', async () => {
    await rm(pathOf('content'), { recursive: true });
    await rm(pathOf('sites'), { recursive: true });
    expect(await reportedChain(mirror.location)).toMatchObject({ sequences: [], transfers: [] });
    const report = await mirror.report();
    expect(report.recordsUpTo).toBeUndefined();
    expect([...(await mirror.files(report)).keys()]).toEqual(['report.json', 'report.md', 'index.html']);
  });

  describeWith(['ssh-keygen'], 'signatures of chain.lock', () => {
    it('are named by key, and by the name that the file of signers gives it', async () => {
      const lock = pathOf('content/chain.lock');
      const key = pathOf('../key');
      await exec('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', key]);
      await exec('ssh-keygen', ['-Y', 'sign', '-f', key, '-n', 'seqmirror-chain', lock]);
      const { stdout } = await exec('ssh-keygen', ['-l', '-f', key]);
      const [fingerprint] = /SHA256:\S+/.exec(stdout) ?? [];
      const file = 'chain.lock.sig';
      expect((await reportedChain(mirror.location)).signatures).toEqual([{ file, key: fingerprint, name: undefined }]);
      const known = await readFile(`${key}.pub`, 'utf8');
      await mirror.write('allowed_signers', `# ours\nmaria@example.org namespaces="seqmirror-chain" ${known}`);
      const named = [{ file, key: fingerprint, name: 'maria@example.org' }];
      expect((await reportedChain(mirror.location)).signatures).toEqual(named);
      // What the environment names is no record.
      const env = { ...mirror.location.env, SEQMIRROR_ALLOWED_SIGNERS: '/nowhere' };
      expect((await reportedChain({ ...mirror.location, env })).signatures).toEqual(named);
    });
  });

  it('names no key of a signature that ssh did not make', async () => {
    await mirror.write('content/chain.lock.sig', 'a signature of another program\n');
    const { signatures } = await reportedChain(mirror.location);
    expect(signatures).toEqual([{ file: 'chain.lock.sig', key: undefined, name: undefined }]);
  });
});

describe('sequenceContents', () => {
  it('has every image of a sequence, the sequence that brought it, and what is attached to it', async () => {
    const contents = await sequenceContents(mirror.location, [2, 3]);
    expect(contents.map(({ folder }) => folder)).toEqual(['seq2-logging', 'seq3-ubi9']);
    for (const { number, images } of contents) {
      const all = chain.sequences[number - 1]!.images;
      const own = all.filter(({ attachedTo }) => attachedTo === undefined);
      expect(images.map(({ digest }) => digest).sort()).toEqual(own.map(({ digest }) => digest).sort());
      const attached = images.flatMap((image) => image.attached.map(({ digest }) => digest));
      const signatures = all.filter(({ attachedTo }) => attachedTo !== undefined).map(({ digest }) => digest);
      expect(signatures.length).toBeGreaterThan(0);
      expect(attached.sort()).toEqual(signatures.sort());
    }
    const since = contents[1]!.images.map((image) => image.since);
    expect([...new Set(since)].sort()).toEqual([1, 2, 3]);
  });

  it('says what came, what has another image under its tag, and what left', async () => {
    const [content] = await sequenceContents(mirror.location, [2]);
    const sourcesOf = (change: string) =>
      content!.images.filter((image) => image.change === change).map(({ source }) => source);
    const { added, updated, removed } = chain.sequences[1]!.metadata.changes;
    expect(sourcesOf('added').sort()).toEqual(added);
    expect(sourcesOf('updated')).toEqual(updated);
    expect(content!.removed).toEqual(removed);
  });
});

describe('writeReportFiles', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'seqmirror-reports-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('replaces its own files, and leaves others and no temporary ones', async () => {
    await writeReportFiles({ root: folder, folder }, [{ path: 'mine.txt', text: 'mine' }]);
    for (const text of ['old', 'new'])
      await writeReportFiles({ root: folder, folder }, [{ path: 'a/index.html', text }]);
    expect(await readFile(join(folder, 'a/index.html'), 'utf8')).toBe('new');
    expect((await readdir(folder, { recursive: true })).sort()).toEqual(['a', 'a/index.html', 'mine.txt']);
  });

  it('writes through no link that was put into the folder', async () => {
    await symlink(tmpdir(), join(folder, 'transfers'));
    const files = [{ path: 'transfers/T0001.html', text: '' }];
    await expect(writeReportFiles({ root: folder, folder }, files)).rejects.toMatchObject({ code: 'SEQ0708' });
    // A repository may have a link where its reports go.
    await symlink(tmpdir(), join(folder, 'dist'));
    const place = { root: folder, folder: join(folder, 'dist/report') };
    await expect(writeReportFiles(place, files)).rejects.toMatchObject({ code: 'SEQ0708' });
  });
});
