import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import type { Digest } from '../oci/digest';
import { readArchiveIndex } from './archive-index';
import { anImage, digestOf, fileOf, inTemporaryFolder, writeArchives } from './archive.fixture';
import type { MadeBlob, StoredBlob } from './blob-source';
import { openArchives } from './fill-archive';
import type { HashLanes } from './hashing/hashing';
import { startHashLanes } from './hashing/hashing';
import type { PlannedFile } from './plan';
import { blobsIn, planArchives } from './plan';
import { sendArchive, writeArchive } from './write-archive';

async function* piecesOf(content: Buffer): AsyncGenerator<Buffer, void, undefined> {
  for (let at = 0; at < content.length; at += 300) yield content.subarray(at, at + 300);
}

const plannedFile = (name: string, text: string): PlannedFile => ({
  name,
  bytes: Buffer.byteLength(text),
  pieces: () => piecesOf(Buffer.from(text)),
});

/** Puts contents into files of their own, as sources to copy from. */
async function sourcesIn(folder: string, blobs: ReadonlyMap<Digest, Buffer>): Promise<(digest: Digest) => StoredBlob> {
  const sources = new Map<Digest, StoredBlob>();
  for (const [digest, content] of blobs) {
    const path = await fileOf(folder, Buffer.concat([Buffer.from('before'), content, Buffer.from('behind')]), digest);
    sources.set(digest, { path, offset: 6, bytes: content.length });
  }
  return (digest) => sources.get(digest) as StoredBlob;
}

const layers = fc.array(fc.string({ maxLength: 2000 }), { minLength: 1, maxLength: 6 });

describe('writeArchive', () => {
  let lanes: HashLanes;
  beforeAll(() => {
    lanes = startHashLanes();
  });
  afterAll(() => lanes.close());

  it('writes the same archives for a layout as the embedded engine fills', async () => {
    await fc.assert(
      fc.asyncProperty(layers, fc.integer({ min: 6_000, max: 40_000 }), async (texts, archiveSizeBytes) => {
        const { blobs, links } = anImage({ layers: texts });
        const sizes = [...blobs].map(([digest, content]) => ({ digest, bytes: content.length }));
        await inTemporaryFolder(async (folder) => {
          const { paths } = await writeArchives(folder, { blobs, links }, { archiveSizeBytes });
          const { archives } = planArchives({ blobs: sizes, links, archiveSizeBytes });
          expect(archives).toHaveLength(paths.length);
          for (const [number, archive] of archives.entries()) {
            const path = join(folder, `again-${archive.name}`);
            const source = await sourcesIn(folder, blobs);
            const { sha256, bytes } = await writeArchive(path, archive, { source, lanes });
            const made = await readFile(path);
            expect(made.equals(await readFile(paths[number] as string))).toBe(true);
            expect([digestOf(made), made.length]).toEqual([`sha256:${sha256}`, bytes]);
            expect(bytes).toBe(archive.bytes);
          }
        });
      }),
      { numRuns: 30 },
    );
  });

  it('writes the same archives for a plan with files, whether blobs are copied or made, and filled or written', async () => {
    await fc.assert(
      fc.asyncProperty(layers, fc.integer({ min: 9_000, max: 40_000 }), async (texts, archiveSizeBytes) => {
        const { blobs, links } = anImage({ layers: texts });
        const sizes = [...blobs].map(([digest, content]) => ({ digest, bytes: content.length }));
        const files = [plannedFile('working-dir/b', 'two'), plannedFile('working-dir/a', 'x'.repeat(5000))];
        const { archives } = planArchives({ blobs: sizes, links, files, archiveSizeBytes });
        await inTemporaryFolder(async (folder) => {
          const filled = await openArchives(archives, (name) => join(folder, name));
          for (const { digest } of blobsIn(...archives))
            await filled.blob(digest).write(0, [blobs.get(digest) as Buffer]);
          await filled.close();
          const stored = await sourcesIn(folder, blobs);
          const made = (digest: Digest): MadeBlob => {
            const content = blobs.get(digest) as Buffer;
            return { bytes: content.length, pieces: () => piecesOf(content) };
          };
          for (const archive of archives) {
            const expected = digestOf(await readFile(join(folder, archive.name)));
            const path = join(folder, 'again');
            for (const source of [stored, made]) {
              const { sha256 } = await writeArchive(path, archive, { source, lanes });
              expect([`sha256:${sha256}`, digestOf(await readFile(path))]).toEqual([expected, expected]);
            }
          }
        });
      }),
      { numRuns: 20 },
    );
  });

  it('refuses a made blob that does not match its digest', async () => {
    const { blobs, links } = anImage({ layers: ['x'.repeat(1000)] });
    const sizes = [...blobs].map(([digest, content]) => ({ digest, bytes: content.length }));
    const [archive] = planArchives({ blobs: sizes, links, archiveSizeBytes: 2 ** 30 }).archives;
    const source = (digest: Digest): MadeBlob => {
      const { length: bytes } = blobs.get(digest) as Buffer;
      return { bytes, pieces: () => piecesOf(Buffer.alloc(bytes)) };
    };
    await inTemporaryFolder(async (folder) => {
      const written = writeArchive(join(folder, 'a.tar'), archive!, { source, lanes });
      await expect(written).rejects.toThrow(/SEQ0324.*the content has the digest sha256:/);
    });
  });

  it('puts files behind links and blobs, and into an archive of their own if they do not fit', async () => {
    const { blobs, links } = anImage({});
    const sizes = [...blobs].map(([digest, content]) => ({ digest, bytes: content.length }));
    const archiveSizeBytes = 8192;
    const files = [plannedFile('working-dir/b', 'two'), plannedFile('working-dir/a', 'x'.repeat(5000))];
    const { archives } = planArchives({ blobs: sizes, links, files, archiveSizeBytes });
    await inTemporaryFolder(async (folder) => {
      const found: [string, string[]][] = [];
      for (const archive of archives) {
        const path = join(folder, archive.name);
        await writeArchive(path, archive, { source: await sourcesIn(folder, blobs), lanes });
        const index = await readArchiveIndex(path);
        expect(index.bytes).toBe(archive.bytes);
        found.push([index.name, index.workingDir.map(({ name }) => name)]);
      }
      expect(found).toEqual([
        ['mirror_000001.tar', []],
        ['mirror_000002.tar', ['working-dir/a', 'working-dir/b']],
      ]);
    });
  });

  it('returns slices that make up the archive when they are joined', async () => {
    const { blobs, links } = anImage({ layers: ['x'.repeat(3_000_000), 'y'] });
    const sizes = [...blobs].map(([digest, content]) => ({ digest, bytes: content.length }));
    const limit = { archiveSizeBytes: 2 ** 30 };
    const [archive] = planArchives({ blobs: sizes, links, ...limit }).archives;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: (archive?.bytes ?? 0) - 1 }), async (cut) => {
        await inTemporaryFolder(async (folder) => {
          const source = await sourcesIn(folder, blobs);
          const { sha256 } = await writeArchive(join(folder, 'whole'), archive!, { source, lanes });
          const pieces: Buffer[] = [];
          const sink = async (piece: Uint8Array) => void pieces.push(Buffer.from(piece));
          for (const slice of [
            { from: 0, to: cut },
            { from: cut, to: archive!.bytes },
          ]) {
            const before = Buffer.concat(pieces).length;
            const written = await sendArchive(archive!, sink, { source, lanes, slice });
            expect(`sha256:${written.sha256}`).toBe(digestOf(Buffer.concat(pieces).subarray(before)));
          }
          expect(digestOf(Buffer.concat(pieces))).toBe(`sha256:${sha256}`);
        });
      }),
      { numRuns: 20 },
    );
  });

  it.each([0, 1, 1024 ** 2 - 1, 1024 ** 2, 3 * 1024 ** 2 + 5])(
    'refuses a blob of %d bytes of which one changed, or is missing',
    async (length) => {
      const { blobs, links } = anImage({ layers: ['x'.repeat(length), 'z'] });
      const sizes = [...blobs].map(([digest, content]) => ({ digest, bytes: content.length }));
      const limit = { archiveSizeBytes: 2 ** 30 };
      const [archive] = planArchives({ blobs: sizes, links, ...limit }).archives;
      await inTemporaryFolder(async (folder) => {
        const source = await sourcesIn(folder, blobs);
        const path = join(folder, 'a.tar');
        await writeArchive(path, archive!, { source });
        const { path: of } = source(digestOf('x'.repeat(length)));
        await fileOf(folder, Buffer.from(`before${'x'.repeat(Math.max(0, length - 1))}y`), basename(of));
        const damaged = (digest: Digest, why: string) => new Error(`${digest}: ${why}`);
        const again = writeArchive(path, archive!, { source, damaged });
        if (length > 0)
          await expect(again).rejects.toThrow(`${digestOf('x'.repeat(length))}: the content has the digest sha256:`);
        else await again;
        await fileOf(folder, Buffer.from('befo'), basename(of));
        const cut = writeArchive(path, archive!, { source });
        if (length > 0)
          await expect(cut).rejects.toThrow(/SEQ0324.*the file ends \d+ bytes before the end of the blob/);
        else await cut;
      });
    },
  );

  it('refuses a blob with another length than planned', async () => {
    const { blobs, links } = anImage({});
    const sizes = [...blobs].map(([digest, content]) => ({ digest, bytes: content.length }));
    const limit = { archiveSizeBytes: 2 ** 30 };
    const [archive] = planArchives({ blobs: sizes, links, ...limit }).archives;
    await inTemporaryFolder(async (folder) => {
      const path = await fileOf(folder, Buffer.from('short'), 'short');
      const source = () => ({ path, offset: 0, bytes: 5 });
      await expect(writeArchive(join(folder, 'a.tar'), archive!, { source })).rejects.toThrow('This cannot happen');
    });
  });
});
