/**
 * The state of the filtered catalogs in the stage when they were last proven complete. oc-mirror does not check them:
 * if a file is missing or cut, as after a power cut, it mirrors fewer images and exits with 0 (reference oc-mirror-v2,
 * 0b.4).
 */
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { z } from 'zod';
import { catalogsFolder, filteredCatalogsFolder } from '../../catalog/working-dir';
import { writeFileAtomically } from '../../system/atomic-file';
import { removeTree } from '../../system/change-folder';
import { namesIn } from '../../system/files';
import { inPrivateFolder } from '../../system/path-below';
import { readText, readBytes } from '../../system/text-file';
import type { Folders } from './folders';

/** Folder below working-dir → sha256 over the names and contents of its files. */
const Fingerprints = z.record(z.string(), z.string());

/** Records the filtered catalogs as they are now. */
export async function noteFingerprints(folders: Folders): Promise<void> {
  const noted: Record<string, string> = {};
  for (const folder of await filteredFolders(folders.workingDir)) {
    noted[folder] = await fingerprintOf(join(folders.workingDir, folder));
  }
  await writeFileAtomically(inPrivateFolder(folders.fingerprints), `${JSON.stringify(noted, null, 2)}\n`);
}

/** Removes filtered catalogs that differ from the recorded state; oc-mirror makes them again. Returns how many. */
export async function removeDamaged(folders: Folders): Promise<number> {
  const noted = await readFingerprints(folders.fingerprints);
  let removed = 0;
  for (const folder of await filteredFolders(folders.workingDir)) {
    const path = join(folders.workingDir, folder);
    if (noted[folder] === undefined || noted[folder] === (await fingerprintOf(path))) continue;
    await removeTree(inPrivateFolder(path));
    removed += 1;
  }
  return removed;
}

async function readFingerprints(path: string): Promise<Record<string, string>> {
  try {
    return Fingerprints.parse(JSON.parse(await readText(inPrivateFolder(path), { limit: 64 * 1024 ** 2 })));
  } catch {
    return {};
  }
}

/** `operator-catalogs/<name>/<digest>/filtered-catalogs/<id>`, for all of them. */
async function filteredFolders(workingDir: string): Promise<string[]> {
  const found: string[] = [];
  const catalogs = join(workingDir, catalogsFolder);
  for (const name of await namesIn(catalogs)) {
    for (const digest of await namesIn(join(catalogs, name))) {
      const filtered = join(catalogs, name, digest, filteredCatalogsFolder);
      for (const id of await namesIn(filtered)) found.push(relative(workingDir, join(filtered, id)));
    }
  }
  return found;
}

async function fingerprintOf(folder: string): Promise<string> {
  const hash = createHash('sha256');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.filter((path) => !path.includes('filtered-catalog-image')).sort()) {
    const content = await readBytes(inPrivateFolder(file), { limit: 1024 ** 3 });
    hash.update(`${relative(folder, file)} ${content.length}\n`).update(content);
  }
  return hash.digest('hex');
}
