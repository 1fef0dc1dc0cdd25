import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Digest } from '../registry/digest';
import { anImage, digestOf, inTemporaryFolder, writeArchives } from './archive.fixture';
import { readArchiveIndex } from './index';
import { planArchives } from './layout';
import type { PlannedFile } from './write-whole';
import { withFiles, writeWholeArchive } from './write-whole';

async function* piecesOf(content: Buffer): AsyncGenerator<Buffer, void, undefined> {
  for (let at = 0; at < content.length; at += 300) yield content.subarray(at, at + 300);
}

const fileOf = (name: string, text: string): PlannedFile => ({
  name,
  bytes: Buffer.byteLength(text),
  pieces: () => piecesOf(Buffer.from(text)),
});

const layers = fc.array(fc.string({ maxLength: 2000 }), { minLength: 1, maxLength: 6 });

describe('writeWholeArchive', () => {
  it('makes of a layout the very archives that the embedded engine fills', async () => {
    await fc.assert(
      fc.asyncProperty(layers, fc.integer({ min: 6_000, max: 40_000 }), async (texts, archiveSizeBytes) => {
        const { blobs, links } = anImage({ layers: texts });
        const sizes = [...blobs].map(([digest, content]) => ({ digest, bytes: content.length }));
        await inTemporaryFolder(async (folder) => {
          const { paths } = await writeArchives(folder, { blobs, links }, { archiveSizeBytes });
          const volumes = withFiles(planArchives({ blobs: sizes, links, archiveSizeBytes }), [], { archiveSizeBytes });
          expect(volumes).toHaveLength(paths.length);
          for (const [number, volume] of volumes.entries()) {
            const path = join(folder, `again-${volume.name}`);
            const blob = (digest: Digest) => piecesOf(blobs.get(digest) as Buffer);
            const { sha256, bytes } = await writeWholeArchive(path, volume, { blob });
            const made = await readFile(path);
            expect(made.equals(await readFile(paths[number] as string))).toBe(true);
            expect([digestOf(made), made.length]).toEqual([sha256, bytes]);
            expect(bytes).toBe(volume.bytes);
          }
        });
      }),
      { numRuns: 30 },
    );
  });

  it('puts files behind links and blobs, and into a volume of their own where they do not fit', async () => {
    const { blobs, links } = anImage({});
    const sizes = [...blobs].map(([digest, content]) => ({ digest, bytes: content.length }));
    const archiveSizeBytes = 8192;
    const files = [fileOf('working-dir/b', 'two'), fileOf('working-dir/a', 'x'.repeat(5000))];
    const volumes = withFiles(planArchives({ blobs: sizes, links, archiveSizeBytes: 2 ** 30 }), files, {
      archiveSizeBytes,
    });
    await inTemporaryFolder(async (folder) => {
      const found: [string, string[]][] = [];
      for (const volume of volumes) {
        const path = join(folder, volume.name);
        await writeWholeArchive(path, volume, { blob: (digest) => piecesOf(blobs.get(digest) as Buffer) });
        const index = await readArchiveIndex(path);
        expect(index.bytes).toBe(volume.bytes);
        found.push([index.name, index.workingDir.map(({ name }) => name)]);
      }
      expect(found).toEqual([
        ['mirror_000001.tar', []],
        ['mirror_000002.tar', ['working-dir/a', 'working-dir/b']],
      ]);
    });
  });

  it('refuses a blob of another length than was laid out', async () => {
    const { blobs, links } = anImage({});
    const sizes = [...blobs].map(([digest, content]) => ({ digest, bytes: content.length }));
    const [volume] = withFiles(planArchives({ blobs: sizes, links, archiveSizeBytes: 2 ** 30 }), [], {
      archiveSizeBytes: 2 ** 30,
    });
    await inTemporaryFolder(async (folder) => {
      const blob = () => piecesOf(Buffer.from('short'));
      await expect(writeWholeArchive(join(folder, 'a.tar'), volume!, { blob })).rejects.toThrow('This cannot happen');
    });
  });
});
