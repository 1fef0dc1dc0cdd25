import { execFileSync } from 'node:child_process';
import { truncate } from 'node:fs/promises';
import fc from 'fast-check';
import { Pax } from 'tar';
import type { Finding } from '../system/errors';
import { isSeqmirrorError } from '../system/errors';
import { readArchiveIndex } from './archive-index';
import type { RawEntry } from './archive.fixture';
import { anImage, digestOf, fileOf, inTemporaryFolder, rawTar, writeArchives } from './archive.fixture';
import { blobEntryName } from './names';

const blob = 'some content';
const goodBlob: RawEntry = { header: { path: blobEntryName(digestOf(blob)) }, body: blob };

async function codeOf(tar: Buffer): Promise<string | undefined> {
  return inTemporaryFolder(async (folder) => {
    try {
      const { findings } = await readArchiveIndex(await fileOf(folder, tar));
      return findings[0]?.code;
    } catch (error) {
      return isSeqmirrorError(error) ? error.code : String(error);
    }
  });
}

function extension(type: 'x' | 'g', records: string | Buffer): RawEntry {
  return {
    header: { path: 'PaxHeader/x', type: type === 'x' ? 'ExtendedHeader' : 'GlobalExtendedHeader' },
    body: records,
  };
}

function record(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  const length = rest + String(rest + String(rest).length).length;
  return `${length} ${key}=${value}\n`;
}

describe('readArchiveIndex', () => {
  it('finds the place of every blob, and the digest in each link', () =>
    inTemporaryFolder(async (folder) => {
      const image = anImage({ layers: ['a', 'b'.repeat(5000), ''] });
      const { paths } = await writeArchives(folder, image);
      const index = await readArchiveIndex(paths[0] as string);
      expect([...index.blobs].map(([digest, { bytes }]) => [digest, bytes]).sort()).toEqual(
        [...image.blobs].map(([digest, content]) => [digest, content.length]).sort(),
      );
      expect(index.links.map(({ name, target }) => ({ name, digest: target }))).toEqual(
        [...image.links].sort((a, b) => (a.name < b.name ? -1 : 1)),
      );
      expect(index.findings).toEqual([]);
    }));

  it('accepts what GNU tar makes, with its zeros at the end and its long names', () =>
    inTemporaryFolder(async (folder) => {
      const long = `working-dir/${'n'.repeat(120)}/${'m'.repeat(150)}`;
      execFileSync('sh', ['-c', 'mkdir -p "$(dirname "$1")" && echo hello > "$1" && tar cf a.tar "$1"', '-', long], {
        cwd: folder,
      });
      const index = await readArchiveIndex(`${folder}/a.tar`);
      expect(index.workingDir).toMatchObject([{ name: long, bytes: 6, headerOffset: 0, offset: 1536 }]);
    }));

  it('never accepts a file that was cut, wherever', () =>
    inTemporaryFolder(async (folder) => {
      const { paths, bytes } = await writeArchives(folder, anImage({ layers: ['a', 'b'.repeat(2000)] }));
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 0, max: bytes - 1 }), async (length) => {
          const path = await fileOf(folder, Buffer.alloc(0), 'cut.tar');
          execFileSync('cp', [paths[0] as string, path]);
          await truncate(path, length);
          await expect(readArchiveIndex(path)).rejects.toMatchObject({ code: 'SEQ0304' });
        }),
        { numRuns: 60 },
      );
    }));

  it.each<[string, string | undefined, Buffer]>([
    ['an honest archive', undefined, rawTar([goodBlob])],
    ['an archive of nothing', undefined, rawTar([])],
    [
      'a PAX remark',
      undefined,
      rawTar([extension('g', record('comment', 'hello')), extension('x', record('mtime', '1.5')), goodBlob]),
    ],
    ['an absolute name', 'SEQ0305', rawTar([{ header: { path: '/etc/passwd' } }])],
    ['a name that leads out', 'SEQ0305', rawTar([{ header: { path: 'working-dir/../../x' } }])],
    ['a name that leads out by PAX', 'SEQ0305', rawTar([extension('x', record('path', '../x')), goodBlob])],
    ['a name with backslashes', 'SEQ0305', rawTar([{ header: { path: 'working-dir\\..\\x' } }])],
    [
      'a file whose PAX name ends in a slash',
      'SEQ0304',
      rawTar([extension('x', record('path', 'working-dir/x/')), goodBlob]),
    ],
    [
      'a PAX size that differs from the size in the header',
      'SEQ0304',
      rawTar([extension('x', record('size', '5')), goodBlob]),
    ],
    ['a PAX size like the one in the header', undefined, rawTar([extension('x', record('size', '12')), goodBlob])],
    [
      'a global header between a PAX header and its entry, after which Go has forgotten the PAX header',
      'SEQ0304',
      rawTar([extension('x', record('path', 'working-dir/x')), extension('g', record('comment', 'a')), goodBlob]),
    ],
    [
      'a global header that is not the first',
      'SEQ0304',
      rawTar([goodBlob, extension('g', record('comment', 'a')), { header: { path: 'working-dir/x' } }]),
    ],
    ['an owner for all entries', 'SEQ0304', rawTar([extension('g', record('uname', 'a')), goodBlob])],
    [
      'a PAX header before an entry in the format of GNU',
      'SEQ0304',
      rawTar([
        extension('x', record('path', 'working-dir/x')),
        { ...goodBlob, spoil: (block) => block.write('ustar  \0', 257) },
      ]),
    ],
    [
      'a name that is not UTF-8',
      'SEQ0305',
      rawTar([{ header: { path: 'ab' }, spoil: (block) => block.fill(0xff, 1, 2) }]),
    ],
    [
      'a symbolic link',
      'SEQ0305',
      rawTar([{ header: { path: 'working-dir/x', type: 'SymbolicLink', linkpath: '/etc' } }]),
    ],
    ['a hard link', 'SEQ0305', rawTar([{ header: { path: 'working-dir/x', type: 'Link', linkpath: 'y' } }])],
    ['a device', 'SEQ0305', rawTar([{ header: { path: 'working-dir/x', type: 'CharacterDevice' } }])],
    ['a folder', 'SEQ0305', rawTar([{ header: { path: 'working-dir/x/', type: 'Directory' } }])],
    ['an entry twice', 'SEQ0307', rawTar([goodBlob, goodBlob])],
    [
      'a link that holds something else',
      'SEQ0306',
      rawTar([
        { header: { path: 'docker/registry/v2/repositories/a/_manifests/tags/v1/current/link' }, body: 'sha256:1' },
      ]),
    ],
    [
      'a sparse file',
      'SEQ0304',
      rawTar([{ header: { path: 'working-dir/x' }, body: 'x', spoil: (block) => block.write('S', 156) }]),
    ],
    ['a sparse file by PAX', 'SEQ0304', rawTar([extension('x', record('GNU.sparse.map', '0,1')), goodBlob])],
    ['a size beyond the file', 'SEQ0304', rawTar([{ header: { path: 'working-dir/x', size: 2 ** 40 } }])],
    ['a size beyond the file by PAX', 'SEQ0304', rawTar([extension('x', record('size', '99999999')), goodBlob])],
    ['a size in a global header', 'SEQ0304', rawTar([extension('g', record('size', '0')), goodBlob])],
    ['a PAX bomb', 'SEQ0304', rawTar([extension('x', record('comment', 'x'.repeat(100_000))), goodBlob])],
    [
      'two PAX headers for one entry',
      'SEQ0304',
      rawTar([extension('x', record('path', 'a')), extension('x', record('path', 'b')), goodBlob]),
    ],
    ['an extension for no entry', 'SEQ0304', rawTar([extension('x', record('path', 'a'))])],
    [
      'a folder with a body',
      'SEQ0304',
      rawTar([{ header: { path: 'x' }, body: 'x', spoil: (block) => block.write('5', 156) }]),
    ],
    ['one zero block at the end', 'SEQ0304', rawTar([goodBlob], { end: Buffer.alloc(512) })],
    [
      'something after the end',
      'SEQ0304',
      rawTar([goodBlob], { end: Buffer.concat([Buffer.alloc(1024), Buffer.alloc(512, 1)]) }),
    ],
    ['no tar at all', 'SEQ0304', Buffer.alloc(1024, 'x')],
    ['an empty file', 'SEQ0304', Buffer.alloc(0)],
  ])('judges %s as %s', async (_, code, tar) => {
    expect(await codeOf(tar)).toBe(code);
  });

  it.each([
    {
      name: 'the type of an entry',
      tar: rawTar([{ header: { path: 'x' }, spoil: (block) => block.write('\x1b', 156) }]),
    },
    {
      name: 'the type of one with a body',
      tar: rawTar([{ header: { path: 'x' }, body: 'x', spoil: (block) => block.write('\n', 156) }]),
    },
    {
      name: 'the key of a PAX record',
      tar: rawTar([extension('x', record('\x1b[2J\nSEQ0001 forged', '1')), goodBlob]),
    },
  ])('shows $name as it is, without letting it control a terminal', ({ tar }) =>
    inTemporaryFolder(async (folder) => {
      const path = await fileOf(folder, tar);
      const { findings } = await readArchiveIndex(path).catch((error: Finding) => ({ findings: [error] }));
      expect(findings.map(({ what, why }) => `${what} ${why}`).join()).toMatch(/^\P{Cc}+\\u00(1b|0a)\P{Cc}*$/u);
    }),
  );

  it('refuses a long name that is not UTF-8, and more entries of the wrong kind than memory can hold', async () => {
    const long = {
      header: { path: '././@LongLink' },
      body: Buffer.from([0x61, 0xff]),
      spoil: (block: Buffer) => block.write('L', 156),
    };
    expect(await codeOf(rawTar([long, goodBlob]))).toBe('SEQ0304');
    const folders = Array.from({ length: 1002 }, (_, at) => ({
      header: { path: `x${at}/`, type: 'Directory' as const },
    }));
    expect(await codeOf(rawTar(folders))).toBe('SEQ0304');
  });

  it('warns of padding that is not zero, wherever it is, and says how often', () =>
    inTemporaryFolder(async (folder) => {
      const file = { header: { path: 'working-dir/x' }, body: 'x' };
      const tar = rawTar([extension('g', record('comment', 'a')), goodBlob, file]);
      // Behind the PAX records, right behind the blob and further on, and before the end mark.
      for (const offset of [1023, 1536 + blob.length, 2047, 3071]) tar[offset] = 1;
      const { findings, blobs } = await readArchiveIndex(await fileOf(folder, tar));
      expect(blobs.size).toBe(1);
      expect(findings).toEqual([
        expect.objectContaining({
          severity: 'warning',
          code: 'SEQ0316',
          what: 'mirror_000001.tar has padding that is not zero in 3 places, the first at byte 1023',
        }),
      ]);
    }));

  it('knows the owners of the files, by headers and PAX, and that most have none', () =>
    inTemporaryFolder(async (folder) => {
      const owned = { uid: 1000, gid: 100, uname: 'jenkins', gname: 'docker' };
      const entry = (number: number, header: object): RawEntry => ({
        header: { path: `working-dir/${number}`, ...header },
      });
      const tar = rawTar([
        goodBlob,
        entry(1, owned),
        entry(2, owned),
        entry(3, { uid: 7 }),
        extension('x', record('uname', 'a name that is longer than any header has place for')),
        entry(4, owned),
      ]);
      const { owners } = await readArchiveIndex(await fileOf(folder, tar));
      expect(owners).toEqual([
        'jenkins:docker (1000:100)',
        ': (7:0)',
        'a name that is longer than any header has place for:docker (1000:100)',
      ]);
    }));

  it('remembers no more than twenty owners', () =>
    inTemporaryFolder(async (folder) => {
      const entries = Array.from({ length: 50 }, (_, uid) => ({ header: { path: `working-dir/${uid}`, uid } }));
      const { owners } = await readArchiveIndex(await fileOf(folder, rawTar(entries)));
      expect(owners).toHaveLength(20);
    }));

  it('takes the size of a file whose own name ends in a slash, as Go and GNU tar do, and does not read its bytes as headers', () =>
    inTemporaryFolder(async (folder) => {
      const inner = rawTar([goodBlob]);
      const tar = rawTar([
        extension('x', record('path', 'working-dir/x')),
        { header: { path: 'x' }, body: inner, spoil: (block) => block.write('x/', 0) },
      ]);
      const { blobs, workingDir, findings } = await readArchiveIndex(await fileOf(folder, tar));
      expect(findings).toEqual([]);
      expect(blobs.size).toBe(0);
      expect(workingDir).toMatchObject([{ name: 'working-dir/x', bytes: inner.length }]);
    }));

  it('explains that a file is missing', async () => {
    await expect(readArchiveIndex('/nonexistent/mirror_000001.tar')).rejects.toMatchObject({ code: 'SEQ0702' });
  });

  it('reads sizes beyond 8 GiB and names that fit in no header', () =>
    inTemporaryFolder(async (folder) => {
      // The body is a hole, since only the header is tested.
      const bytes = 9 * 2 ** 30;
      const pax = new Pax({ size: bytes, path: blobEntryName(digestOf(blob)) }).encode();
      const header = rawTar([{ header: { path: 'x', size: 0 } }], { end: Buffer.alloc(0) });
      const path = await fileOf(folder, Buffer.concat([pax, header]));
      await truncate(path, pax.length + 512 + bytes + 1024);
      const index = await readArchiveIndex(path);
      expect(index.blobs.get(digestOf(blob))).toEqual({ offset: pax.length + 512, bytes });
    }));
});
