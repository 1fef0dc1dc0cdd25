import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { HashPool } from '../archive/hashing/hashing';
import { entryPieces } from '../archive/read-entry';
import type { FileSource, FoundFile } from '../archive/working-dir-files';
import { filesIn, readLimit } from '../archive/working-dir-files';
import { foldersIn } from '../engine/oc-mirror/folders';
import { engineFolder } from '../mirror/data-directory';
import { soundIndex } from '../mirror/sound-index';
import { ownFolders } from './own-archives';
import type { Neighbour, Survey } from './survey';

/**
 * Where working-dir files can be taken from: later sequences, the nearest first, since oc-mirror's working-dir grows;
 * then earlier ones; then the folder in which the engine works. Archives are believed when everything in them but the
 * blobs is what was sealed.
 */
export async function fileSources(
  { mirror, neighbours, entry }: Survey,
  { pool, signal }: { pool: HashPool; signal: AbortSignal },
): Promise<FileSource[]> {
  const later = neighbours.filter(({ number }) => number > entry.number).sort((a, b) => a.number - b.number);
  const earlier = neighbours.filter(({ number }) => number < entry.number).sort((a, b) => b.number - a.number);
  const sources: FileSource[] = [];
  for (const neighbour of [...later, ...earlier]) {
    const files: FoundFile[] = [];
    for (const recorded of neighbour.metadata.archives) {
      for (const folder of ownFolders(mirror, neighbour.folder, neighbour.metadata)) {
        const index = await soundIndex(join(folder, recorded.name), recorded, { pool, signal });
        if (index === undefined) continue;
        files.push(...filesIn(index, { signal }));
        break;
      }
    }
    sources.push({ where: whereOf(neighbour), files });
  }
  const { workingDir } = foldersIn(engineFolder(mirror.data, 'oc-mirror'));
  return [...sources, { where: "oc-mirror's working-dir", files: await filesBelow(workingDir, signal) }];
}

function whereOf({ folder }: Neighbour): string {
  return folder;
}

async function filesBelow(folder: string, signal: AbortSignal): Promise<FoundFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files: FoundFile[] = [];
  for (const entry of entries.filter((found) => found.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const { size: bytes } = await stat(path);
    files.push({
      name: `working-dir/${relative(folder, path).split(sep).join('/')}`,
      bytes,
      pieces: () => entryPieces({ path }, { offset: 0, bytes }, { signal }),
      read: async () => (bytes > readLimit ? undefined : readFile(path)),
    });
  }
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}
