import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readArchiveIndex } from '../archive-index';
import { anImage, fileOf, inTemporaryFolder, rawTar } from '../archive.fixture';
import { blobEntryName } from '../names';
import { firstFrameDifference } from './frame-difference';
import { writeFrame } from './write-frame';

const image = anImage({ layers: ['one', 'two'.repeat(500)] });
const archive = rawTar([
  ...image.links.map(({ name, digest }) => ({ header: { path: name }, body: digest })),
  ...[...image.blobs].map(([digest, content]) => ({ header: { path: blobEntryName(digest) }, body: content })),
  { header: { path: 'working-dir/hold-release/a.json' }, body: '{"a": 1}' },
  { header: { path: 'working-dir/signatures/b' }, body: 'signature '.repeat(200) },
  { header: { path: 'isc_2026-11-24T00:00:00Z' }, body: 'kind: ImageSetConfiguration' },
]);

async function differenceAfter(folder: string, change: (bytes: Buffer) => void) {
  const path = await fileOf(folder, archive);
  const frame = join(folder, 'frame.gz');
  await writeFrame(await readArchiveIndex(path), frame);
  const bytes = await readFile(path);
  change(bytes);
  await writeFile(path, bytes);
  return firstFrameDifference(await readArchiveIndex(path), frame);
}

describe('firstFrameDifference', () => {
  it('finds none if nothing changed, or only blobs did', () =>
    inTemporaryFolder(async (folder) => {
      expect(await differenceAfter(folder, () => undefined)).toBeUndefined();
      const inBlob = archive.indexOf('twotwo') + 10;
      expect(await differenceAfter(folder, (bytes) => void (bytes[inBlob] = 0))).toBeUndefined();
    }));

  it.each([
    ['working-dir/hold-release/a.json', '{"a": 1}'],
    ['working-dir/signatures/b', 'signature signature'],
    ['isc_2026-11-24T00:00:00Z', 'kind: Image'],
  ])('names %s if it was changed', (entry, text) =>
    inTemporaryFolder(async (folder) => {
      const offset = archive.indexOf(text) + 3;
      expect(await differenceAfter(folder, (bytes) => void (bytes[offset]! ^= 1))).toEqual({ offset, entry });
    }),
  );

  it('says where a link was changed', () =>
    inTemporaryFolder(async (folder) => {
      const offset = archive.indexOf('sha256:', 512) + 60;
      const flip = (bytes: Buffer) => void (bytes[offset] = bytes[offset] === 0x30 ? 0x31 : 0x30);
      expect(await differenceAfter(folder, flip)).toEqual({ offset, entry: undefined });
    }));
});
