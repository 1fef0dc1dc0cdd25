import { readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { readArchiveIndex } from './archive-index';
import { anImage, digestOf, fileOf, inTemporaryFolder, writeArchives } from './archive.fixture';
import { salvageBlobs } from './salvage';

const content = anImage({
  layers: Array.from({ length: 9 }, (_, index) => `layer ${index} `.repeat(200 * (index + 1))),
});

describe('salvageBlobs', () => {
  it('finds every blob of a whole archive where its index has it', async () => {
    await inTemporaryFolder(async (folder) => {
      const { paths } = await writeArchives(folder, content);
      const index = await readArchiveIndex(paths[0] as string);
      expect(await salvageBlobs(paths[0] as string)).toEqual(index.blobs);
    });
  });

  it('loses at most one blob if one block is damaged', async () => {
    await inTemporaryFolder(async (folder) => {
      const { paths, bytes } = await writeArchives(folder, content);
      const whole = await readFile(paths[0] as string);
      await fc.assert(
        fc.asyncProperty(fc.nat(bytes / 512 - 1), async (block) => {
          const damaged = Buffer.from(whole);
          damaged.fill(0xff, block * 512, block * 512 + 512);
          const found = await salvageBlobs(await fileOf(folder, damaged, 'damaged.tar'));
          const sound = [...found].filter(
            ([digest, place]) => digestOf(damaged.subarray(place.offset, place.offset + place.bytes)) === digest,
          );
          expect(sound.length).toBeGreaterThanOrEqual(content.blobs.size - 1);
        }),
      );
    });
  });

  it('finds what is before a cut', async () => {
    await inTemporaryFolder(async (folder) => {
      const { paths } = await writeArchives(folder, content);
      const path = paths[0] as string;
      const { blobs } = await readArchiveIndex(path);
      const places = [...blobs.values()].sort((a, b) => a.offset - b.offset);
      await truncate(path, (places[5]?.offset ?? 0) + 7);
      expect([...(await salvageBlobs(path)).values()]).toEqual(places.slice(0, 5));
    });
  });

  it.each([
    { name: 'no archive', bytes: Buffer.from('nothing of the kind') },
    { name: 'an empty file', bytes: Buffer.alloc(0) },
  ])('finds nothing in $name', async ({ bytes }) => {
    await inTemporaryFolder(async (folder) => {
      expect((await salvageBlobs(await fileOf(folder, bytes))).size).toBe(0);
    });
  });

  it('finds nothing if there is no file, or a folder', async () => {
    await inTemporaryFolder(async (folder) => {
      expect([(await salvageBlobs(join(folder, 'none'))).size, (await salvageBlobs(folder)).size]).toEqual([0, 0]);
    });
  });
});
