/**
 * The state of the stage's working-dir when the last run ended. oc-mirror does not check what lies there: if a file of a
 * filtered catalog is missing or planted, it mirrors other images and exits with 0 (reference oc-mirror-v2, 0b.4).
 * So a part that differs from the recorded state is removed, and so is one that was never recorded, except after a run of
 * ours that was killed.
 */
import { createHash } from 'node:crypto';
import { readlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { z } from 'zod';
import { catalogsFolder, filteredCatalogsFolder } from '../../catalog/working-dir';
import { removeTree } from '../../system/change-folder';
import { bytesOfFile, entriesIn, namesIn } from '../../system/files';
import type { NotePlace } from '../../system/own-note';
import { ifReadable, readOwnNote, writeOwnNote } from '../../system/own-note';
import { inPrivateFolder } from '../../system/path-below';
import { readBytes } from '../../system/text-file';
import type { Folders } from './folders';
import { isPassing, largestKeptPayloadBlob } from './folders';

/** Part of the working-dir → sha256 over the names and contents of its files. */
const Fingerprints = z.record(z.string(), z.string());

function placeOf(folders: Folders, keyFile: string | undefined): NotePlace {
  return { file: inPrivateFolder(folders.fingerprints), keyFile, purpose: 'seqmirror oc-mirror working-dir 1' };
}

/** Records the working-dir as it is now. @param keyFile `undefined` if everybody who can write there is believed */
export async function noteFingerprints(folders: Folders, keyFile: string | undefined): Promise<void> {
  const noted: Record<string, string> = {};
  for (const part of await partsOf(folders.workingDir)) noted[part] = await fingerprintOf(folders.workingDir, part);
  await writeOwnNote(placeOf(folders, keyFile), noted);
}

/**
 * Removes parts that differ from the recorded state; oc-mirror makes them again. Returns how many.
 *
 * @param believed whether parts that were never recorded stay, because a run of ours was killed before it could
 */
export async function removeDamaged(
  folders: Folders,
  { keyFile, believed }: { readonly keyFile: string | undefined; readonly believed: boolean },
): Promise<number> {
  const noted = await readFingerprints(folders, keyFile);
  let removed = 0;
  for (const part of await partsOf(folders.workingDir)) {
    const isKept =
      noted[part] === undefined
        ? believed || keyFile === undefined
        : noted[part] === (await fingerprintOf(folders.workingDir, part));
    if (isKept) continue;
    await removeTree(inPrivateFolder(join(folders.workingDir, part)));
    removed += 1;
  }
  return removed;
}

async function readFingerprints(folders: Folders, keyFile: string | undefined): Promise<Record<string, string>> {
  const noted = await ifReadable(readOwnNote(placeOf(folders, keyFile), { limit: 64 * 1024 ** 2 }));
  return Fingerprints.safeParse(noted).data ?? {};
}

/** Paths below working-dir: each `operator-catalogs/<name>/<digest>/filtered-catalogs/<id>`, and each other entry at its top. */
async function partsOf(workingDir: string): Promise<string[]> {
  const parts = (await namesIn(workingDir)).filter((name) => name !== catalogsFolder && !isPassing(name));
  const catalogs = join(workingDir, catalogsFolder);
  for (const name of await namesIn(catalogs)) {
    for (const digest of await namesIn(join(catalogs, name))) {
      const filtered = join(catalogs, name, digest, filteredCatalogsFolder);
      for (const id of await namesIn(filtered)) parts.push(relative(workingDir, join(filtered, id)));
    }
  }
  return parts;
}

/** Without what is removed before each run. */
async function fingerprintOf(workingDir: string, part: string): Promise<string> {
  const folder = join(workingDir, part);
  const hash = createHash('sha256');
  const entries = (await entriesIn(folder, { recursive: true })).filter((entry) => !entry.isDirectory());
  const paths = new Map(entries.map((entry) => [join(entry.parentPath, entry.name), entry]));
  for (const [path, entry] of [...paths].sort(([one], [other]) => (one < other ? -1 : 1))) {
    const name = relative(folder, path);
    if (entry.isSymbolicLink()) hash.update(`${name} -> ${await readlink(path)}\n`);
    if (!entry.isFile() || name.includes('filtered-catalog-image')) continue;
    const bytes = (await bytesOfFile(path)) ?? 0;
    if (part === 'release-images' && bytes > largestKeptPayloadBlob) continue;
    const content = await readBytes(inPrivateFolder(path), { limit: 1024 ** 3 });
    hash.update(`${name} ${content.length}\n`).update(content);
  }
  return hash.digest('hex');
}
