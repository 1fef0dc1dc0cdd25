import fc from 'fast-check';
import { anImage, digestOf } from './archive.fixture';
import { blobEntryName } from './names';
import { blobsIn, entryBytesOf, planArchives } from './plan';
import { encodeHeader, paddedBytes } from './tar-header';

const image = anImage({ layers: ['a', 'b'.repeat(3000), 'c'.repeat(512), ''] });

describe('planArchives', () => {
  it('honours the size of archives exactly, headers and end mark included, and loses nothing', () => {
    const blobs = fc.uniqueArray(fc.record({ name: fc.string(), bytes: fc.nat(20_000) }), {
      selector: ({ name }) => name,
    });
    fc.assert(
      fc.property(blobs, fc.integer({ min: 30_000, max: 100_000 }), (contents, archiveSizeBytes) => {
        const planned = contents.map(({ name, bytes }) => ({ digest: digestOf(name), bytes }));
        const { archives, bytes } = planArchives({ blobs: planned, links: image.links, archiveSizeBytes });
        expect(Math.max(...archives.map((archive) => archive.bytes))).toBeLessThanOrEqual(archiveSizeBytes);
        expect(bytes).toBe(archives.reduce((sum, archive) => sum + archive.bytes, 0));
        const entries = archives.flatMap((archive) => archive.entries);
        expect(
          blobsIn(...archives)
            .map(({ digest }) => digest)
            .sort(),
        ).toEqual(planned.map(({ digest }) => digest).sort());
        expect(entries.filter(({ kind }) => kind === 'link')).toHaveLength(image.links.length);
      }),
    );
  });

  it('accepts a blob that fills an archive to its last byte, and refuses one that is a byte larger', () => {
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

const blob = (text: string, bytes: number) => ({ digest: digestOf(text), bytes });

describe('planArchives with `make room`', () => {
  it('makes the same layout for any order of the content', () => {
    const blobs = [blob('a', 5000), blob('b', 10), blob('c', 0)];
    const rest = { links: [], files: [], archiveSizeBytes: 8192, whenLarger: 'make room' } as const;
    expect(planArchives({ blobs: [...blobs].reverse(), ...rest })).toEqual(planArchives({ blobs, ...rest }));
  });

  it('makes an archive as large as a blob needs if it is larger than archiveSize', () => {
    const blobs = [blob('a', 50_000), blob('b', 10)];
    const { archives } = planArchives({ blobs, links: [], archiveSizeBytes: 1000, whenLarger: 'make room' });
    expect(Math.max(...archives.map(({ bytes }) => bytes))).toBe(512 + 50_176 + 1024);
    expect(archives.flatMap(({ entries }) => entries)).toHaveLength(2);
  });

  it.each([0, 1, 512, 8 * 1024 ** 3 - 1, 8 * 1024 ** 3, 20 * 1024 ** 3])('counts an entry of %d bytes', (bytes) => {
    const { digest } = blob('x', bytes);
    const header = encodeHeader({ name: blobEntryName(digest), bytes });
    expect(entryBytesOf({ digest, bytes })).toBe(header.length + paddedBytes(bytes));
  });
});
