import { readArchiveIndex } from '../archive-index';
import { anImage, inTemporaryFolder, writeArchives } from '../archive.fixture';
import { frameRangesOf } from './frame-ranges';

describe('frameRangesOf', () => {
  it('and the blobs cover every byte, each once', () =>
    inTemporaryFolder(async (folder) => {
      const { paths } = await writeArchives(folder, anImage({ layers: ['a', 'b'.repeat(512), ''] }));
      const index = await readArchiveIndex(paths[0] as string);
      const parts = [...frameRangesOf(index), ...index.blobs.values()]
        .filter(({ bytes }) => bytes > 0)
        .sort((a, b) => a.offset - b.offset);
      let end = 0;
      for (const { offset, bytes } of parts) {
        expect(offset).toBe(end);
        end += bytes;
      }
      expect(end).toBe(index.bytes);
    }));

  it('is the whole file when there are no blobs', () => {
    expect(frameRangesOf({ blobs: new Map(), bytes: 1024 })).toEqual([{ offset: 0, bytes: 1024 }]);
  });
});
