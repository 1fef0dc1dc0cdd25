import { execFileSync } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import fc from 'fast-check';
import { anImage, digestOf, inTemporaryFolder, writeArchives } from './archive.fixture';
import { planArchives } from './layout';
import { verifyArchives } from './verify';

const image = anImage({ layers: ['a', 'b'.repeat(3000), 'c'.repeat(512), ''] });

describe('planArchives', () => {
  it('honours the size of archives exactly, headers and end mark included, and loses nothing', () => {
    const blobs = fc.uniqueArray(fc.record({ name: fc.string(), bytes: fc.nat(20_000) }), {
      selector: ({ name }) => name,
    });
    fc.assert(
      fc.property(blobs, fc.integer({ min: 30_000, max: 100_000 }), (contents, archiveSizeBytes) => {
        const planned = contents.map(({ name, bytes }) => ({ digest: digestOf(name), bytes }));
        const { volumes, bytes } = planArchives({ blobs: planned, links: image.links, archiveSizeBytes });
        expect(Math.max(...volumes.map((volume) => volume.bytes))).toBeLessThanOrEqual(archiveSizeBytes);
        expect(bytes).toBe(volumes.reduce((sum, volume) => sum + volume.bytes, 0));
        const entries = volumes.flatMap((volume) => volume.entries);
        expect(
          entries
            .filter(({ kind }) => kind === 'blob')
            .map(({ digest }) => digest)
            .sort(),
        ).toEqual(planned.map(({ digest }) => digest).sort());
        expect(entries.filter(({ kind }) => kind === 'link')).toHaveLength(image.links.length);
      }),
    );
  });

  it('takes a blob that fills an archive to its last byte, and refuses one that is a byte larger', () => {
    const blob = { digest: digestOf('x'), bytes: 10_240 };
    const exactly = 512 + 10_240 + 1024;
    expect(planArchives({ blobs: [blob], links: [], archiveSizeBytes: exactly }).bytes).toBe(exactly);
    expect(() => planArchives({ blobs: [{ ...blob, bytes: 10_241 }], links: [], archiveSizeBytes: exactly })).toThrow(
      expect.objectContaining({ code: 'SEQ0308', what: expect.stringContaining(blob.digest) }),
    );
  });

  it('says which archiveSize is enough', () => {
    const blobs = [{ digest: digestOf('x'), bytes: 3 * 2 ** 30 }];
    expect(() => planArchives({ blobs, links: [], archiveSizeBytes: 2 ** 30 })).toThrow(
      expect.objectContaining({ next: 'Set archiveSize in the imageset configuration to 4 (GiB) or more' }),
    );
  });

  it('makes the same archives of the same content in any order', () => {
    const blobs = [...image.blobs].map(([digest, content]) => ({ digest, bytes: content.length }));
    const plan = planArchives({ blobs, links: image.links, archiveSizeBytes: 9000 });
    expect(plan).toEqual(
      planArchives({ blobs: blobs.reverse(), links: [...image.links].reverse(), archiveSizeBytes: 9000 }),
    );
  });
});

describe('written archives', () => {
  it('have the size that was planned, are sound, and are listed and unpacked by tar', () =>
    inTemporaryFolder(async (folder) => {
      const { volumes, paths } = await writeArchives(folder, image, { archiveSizeBytes: 6000 });
      expect(volumes.length).toBeGreaterThan(1);
      for (const [number, { bytes, entries }] of volumes.entries()) {
        const path = paths[number] as string;
        expect((await stat(path)).size).toBe(bytes);
        expect(execFileSync('tar', ['tf', path], { encoding: 'utf8' }).trimEnd().split('\n')).toEqual(
          entries.map(({ name }) => name),
        );
        execFileSync('tar', ['xf', path], { cwd: folder });
        for (const { kind, name, digest } of entries) {
          const content = await readFile(`${folder}/${name}`);
          if (kind === 'blob') expect(digestOf(content)).toBe(digest);
          else expect(content.toString()).toBe(digest);
        }
      }
      const verified = await verifyArchives(paths, { hash: 'blobs' });
      expect(verified.findings).toEqual([]);
      expect(verified.blobs).toHaveLength(image.blobs.size);
    }));
});
