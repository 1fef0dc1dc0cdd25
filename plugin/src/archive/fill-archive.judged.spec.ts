import { execFileSync } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { anImage, digestOf, inTemporaryFolder, writeArchives } from './archive.fixture';
import { verifyArchives } from './verify';

const image = anImage({ layers: ['a', 'b'.repeat(3000), 'c'.repeat(512), ''] });

describe('archives that were filled', () => {
  it('have the planned size, are sound, and are listed and unpacked by tar', () =>
    inTemporaryFolder(async (folder) => {
      const { archives, paths } = await writeArchives(folder, image, { archiveSizeBytes: 6000 });
      expect(archives.length).toBeGreaterThan(1);
      for (const [number, { bytes, entries }] of archives.entries()) {
        const path = paths[number] as string;
        expect((await stat(path)).size).toBe(bytes);
        expect(execFileSync('tar', ['tf', path], { encoding: 'utf8' }).trimEnd().split('\n')).toEqual(
          entries.map(({ name }) => name),
        );
        execFileSync('tar', ['xf', path], { cwd: folder });
        for (const entry of entries) {
          const content = await readFile(`${folder}/${entry.name}`);
          if (entry.kind === 'blob') expect(digestOf(content)).toBe(entry.digest);
          else expect(content.toString()).toBe(entry.kind === 'link' ? entry.digest : undefined);
        }
      }
      const verified = await verifyArchives(paths, { hash: 'blobs' });
      expect(verified.findings).toEqual([]);
      expect(verified.blobs).toHaveLength(image.blobs.size);
    }));
});
