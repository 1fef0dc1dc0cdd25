import { join } from 'node:path';
import type { HashPool } from '../archive/hashing/hashing';
import type { FileSource } from '../archive/needed-files';
import type { WorkingDirFile } from '../archive/working-dir';
import { filesBelow, filesIn } from '../archive/working-dir';
import { engines } from '../engine/choose-engine';
import { engineFolder } from '../mirror/data-directory';
import { soundIndex } from '../mirror/sound-index';
import { ownFolders } from './own-archives';
import type { Neighbour, DamageSurvey } from './survey';

/**
 * Where working-dir files can be taken from: later sequences, the nearest first, since oc-mirror's working-dir grows;
 * then earlier ones; then the engine's working folder. An archive is trusted if everything in it except the blobs is
 * what was sealed.
 */
export async function fileSources(
  { mirror, neighbours, entry }: DamageSurvey,
  { pool, signal }: { pool: HashPool; signal: AbortSignal },
): Promise<FileSource[]> {
  const later = neighbours.filter(({ number }) => number > entry.number).sort((a, b) => a.number - b.number);
  const earlier = neighbours.filter(({ number }) => number < entry.number).sort((a, b) => b.number - a.number);
  const sources: FileSource[] = [];
  for (const neighbour of [...later, ...earlier]) {
    const files: WorkingDirFile[] = [];
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
  for (const engine of engines) {
    const kept = engine.kept(engineFolder(mirror.data, engine.folder));
    if (kept !== undefined)
      sources.push({ where: kept.workingDirIs, files: await filesBelow(kept.workingDir, { signal }) });
  }
  return sources;
}

function whereOf({ folder }: Neighbour): string {
  return folder;
}
