import { digestOf } from './archive.fixture';
import { blobEntryName } from './names';
import { entryBytesOf, squash } from './squash';
import { encodeHeader, paddedBytes } from './tar-header';

const blob = (text: string, bytes: number) => ({ digest: digestOf(text), bytes });

describe('squash', () => {
  it('lays out the same whatever order things come in', () => {
    const blobs = [blob('a', 5000), blob('b', 10), blob('c', 0)];
    const rest = { links: [], files: [], archiveSizeBytes: 8192 };
    expect(squash({ blobs: [...blobs].reverse(), ...rest })).toEqual(squash({ blobs, ...rest }));
  });

  it('gives a blob that is larger than archiveSize an archive that is as large as that takes', () => {
    const volumes = squash({ blobs: [blob('a', 50_000), blob('b', 10)], links: [], files: [], archiveSizeBytes: 1000 });
    expect(Math.max(...volumes.map(({ bytes }) => bytes))).toBe(512 + 50_176 + 1024);
    expect(volumes.flatMap(({ entries }) => entries)).toHaveLength(2);
  });

  it.each([0, 1, 512, 8 * 1024 ** 3 - 1, 8 * 1024 ** 3, 20 * 1024 ** 3])('counts an entry of %d bytes', (bytes) => {
    const { digest } = blob('x', bytes);
    const header = encodeHeader({ name: blobEntryName(digest), bytes });
    expect(entryBytesOf({ digest, bytes })).toBe(header.length + paddedBytes(bytes));
  });
});
