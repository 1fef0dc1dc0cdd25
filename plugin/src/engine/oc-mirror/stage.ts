/**
 * The folder in which oc-mirror works is kept from run to run, because only there does a catalog that didn't change
 * keep the digest that it was rebuilt with. What takes space in each archive and is of no use is removed before a run;
 * after a killed run also what may be half-written, because oc-mirror takes any existing folder for complete. Which
 * parts to remove was found by killing oc-mirror at random moments (reference oc-mirror-v2, 0b.3 and 0b.4).
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isArchiveName } from '../../archive/names';
import { catalogsFolder, filteredCatalogsFolder } from '../../catalog/working-dir';
import { makeFolder, move, removeFile, removeTree } from '../../system/change-folder';
import { bytesOfFile, entriesIn, namesIn } from '../../system/files';
import { inPrivateFolder } from '../../system/path-below';
import { syncFolder } from '../../system/sync';
import { readText } from '../../system/text-file';
import { removeDamaged } from './fingerprints';
import type { Folders } from './folders';
import { isPassing, largestKeptPayloadBlob } from './folders';
import type { Leftover } from './running-mark';

/** Makes the stage ready for a run. Returns how many parts of its working-dir have to be made again. */
export async function prepareStage(
  folders: Folders,
  { leftover, keyFile }: { readonly leftover: Leftover; readonly keyFile: string | undefined },
): Promise<number> {
  await Promise.all([
    makeFolder(inPrivateFolder(folders.workingDir)),
    makeFolder(inPrivateFolder(folders.cache)),
    emptyFolder(folders.temporary),
    removeTree(inPrivateFolder(folders.scratch)),
  ]);
  await removeArchives(folders.stage);
  if (leftover.killed) await Promise.all([removeHalfMade(folders.workingDir), removeHalfWritten(folders.cache)]);
  await pruneWorkingDir(folders.workingDir);
  return removeDamaged(folders, { keyFile, believed: leftover.isOurs });
}

/** Removes what the next archive would carry for nothing: copies of whole catalogs, payload layers, logs, dry runs. */
export async function pruneWorkingDir(workingDir: string): Promise<void> {
  await removeAll((await namesIn(workingDir)).filter(isPassing).map((name) => join(workingDir, name)));
  for (const catalog of await catalogFolders(workingDir)) {
    await removeAll([join(catalog, 'catalog-image'), join(catalog, 'catalog-config')]);
    for (const filtered of await foldersBelow(join(catalog, filteredCatalogsFolder))) {
      await removeAll([join(filtered, 'filtered-catalog-image')]);
    }
  }
  for (const payload of await foldersBelow(join(workingDir, 'release-images'), 2)) {
    for (const algorithm of await foldersBelow(join(payload, 'blobs'))) await removeLargeFiles(algorithm);
  }
}

/**
 * Removes files of the cache that a killed oc-mirror was writing: `data.<uuid>.tmp` beside the blob, as of distribution 3
 * (registry/storage/driver/filesystem). It would archive them like blobs. All else in the cache is complete and stays.
 */
async function removeHalfWritten(folder: string): Promise<void> {
  for (const entry of await entriesIn(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await removeHalfWritten(path);
    else if (/^(?:data|link)\.[0-9a-f-]{36}\.tmp$/.test(entry.name)) await removeFile(inPrivateFolder(path));
  }
}

/**
 * Removes what a kill may have left half-written in the working-dir. Catalogs that were rebuilt completely (their
 * `digest` is written last) stay, since rebuilding them again would change their digest.
 */
export async function removeHalfMade(workingDir: string): Promise<void> {
  await removeAll(['release-images', 'hold-release', 'signatures'].map((name) => join(workingDir, name)));
  for (const catalog of await catalogFolders(workingDir)) {
    await removeAll([join(catalog, 'catalog-image'), join(catalog, 'catalog-config')]);
    for (const filtered of await foldersBelow(join(catalog, filteredCatalogsFolder))) {
      const digestBytes = await sizeOf(join(filtered, 'digest'));
      if (digestBytes !== 64) await removeAll([filtered]);
    }
  }
}

/** Empties the working-dir; the cache keeps what was downloaded. */
export async function discardWorkingDir(folders: Folders): Promise<void> {
  await removeTree(inPrivateFolder(folders.workingDir));
}

/** Moves the finished archives to where they are expected, in place of any there. Returns their new paths. */
export async function handOverArchives(folders: Folders, to: string): Promise<string[]> {
  await makeFolder(inPrivateFolder(to));
  await removeArchives(to);
  const names = (await namesIn(folders.stage)).filter(isArchiveName).sort();
  for (const name of names) await move(inPrivateFolder(join(folders.stage, name)), inPrivateFolder(join(to, name)));
  await syncFolder(to);
  return names.map((name) => join(to, name));
}

/** The configuration as oc-mirror pinned it in its last run: 4.22 and later write `isc_pinned_<RFC 3339>.yaml`. */
export async function newestPinnedConfig(workingDir: string): Promise<string | undefined> {
  const newest = (await namesIn(workingDir))
    .filter((name) => /^isc_pinned_.*\.yaml$/.test(name))
    .sort()
    .at(-1);
  return newest === undefined
    ? undefined
    : readText(inPrivateFolder(join(workingDir, newest)), { limit: largestPinnedConfig });
}

/** Bytes of the archives that are being written. */
export async function archiveBytes(folders: Folders): Promise<number> {
  const names = (await namesIn(folders.stage)).filter(isArchiveName);
  const sizes = await Promise.all(names.map((name) => sizeOf(join(folders.stage, name))));
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}

const largestPinnedConfig = 64 * 1024 ** 2;

async function removeArchives(folder: string): Promise<void> {
  const names = (await namesIn(folder)).filter(isArchiveName);
  await removeAll(names.map((name) => join(folder, name)));
}

async function removeLargeFiles(folder: string): Promise<void> {
  for (const name of await namesIn(folder)) {
    const path = join(folder, name);
    if (((await bytesOfFile(path)) ?? 0) > largestKeptPayloadBlob) await removeFile(inPrivateFolder(path));
  }
}

/** `operator-catalogs/<name>/<digest>` */
function catalogFolders(workingDir: string): Promise<string[]> {
  return foldersBelow(join(workingDir, catalogsFolder), 2);
}

async function foldersBelow(folder: string, depth = 1): Promise<string[]> {
  if (depth === 0) return [folder];
  const entries = await entriesIn(folder);
  const below = entries.filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name));
  return (await Promise.all(below.map((path) => foldersBelow(path, depth - 1)))).flat();
}

async function emptyFolder(folder: string): Promise<void> {
  await removeTree(inPrivateFolder(folder));
  await makeFolder(inPrivateFolder(folder));
}

async function removeAll(paths: readonly string[]): Promise<void> {
  await Promise.all(paths.map((path) => removeTree(inPrivateFolder(path))));
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
