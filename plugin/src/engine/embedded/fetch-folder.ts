/**
 * The folder in the stage where archives are filled, and what a run after a kill may believe of it.
 *
 *     fetch/journal.jsonl                 which layout this is, then what has reached the disk
 *     fetch/mirror_000001.tar.partial     full length from the start, blobs arriving in any order
 *     previous/…                          the same of a layout that is out of date: blobs are taken from there
 *
 * 1. The volumes get their length, headers and links. Killed: no journal, so all of it is thrown away.
 * 2. The journal is begun with the layout's identity. From here on its entries count.
 * 3. Blobs are written; now and then the volumes are fsynced, and then the journal tells what is in them. Killed: what
 *    the journal tells is there; what it doesn't is fetched again.
 * 4. All blobs there: fsync, and each volume is renamed to its final name. Killed: `reopen` takes the names back.
 */
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArchiveLayout } from '../../archive/layout';
import { syncFolder } from '../../system/atomic-file';
import type { Journal, JournalContent } from './journal';
import { beginJournal, layoutIdentity, readJournal, resumeJournal } from './journal';

const archivePattern = /^mirror_[0-9]{6}\.tar$/;
const partialSuffix = '.partial';

export interface FetchFolder {
  readonly path: string;
  /** Where an earlier layout lies from which finished blobs can be taken, if there is one. */
  readonly previous: string;
  /** What is known to have reached the disk. Empty for a new layout. */
  readonly known: JournalContent;
  pathOf(volumeName: string): string;
  /** To be called when the volumes have their length, headers and links. */
  journal(): Promise<Journal>;
  /** Gives the volumes their final names in the stage, and returns these paths in order. */
  publish(): Promise<string[]>;
}

/** Finds what an earlier run left, keeps what fits the layout, sets aside what can be of use, and removes the rest. */
export async function openFetchFolder(stage: string, layout: ArchiveLayout): Promise<FetchFolder> {
  const path = join(stage, 'fetch');
  const previous = join(stage, 'previous');
  const pathOf = (volumeName: string): string => join(path, `${volumeName}${partialSuffix}`);
  const identity = layoutIdentity(layout);

  await takeNamesBack(stage, path);
  const found = await readJournal(path);
  const fits = found?.layout === identity && (await volumesAreWhole(layout, pathOf));
  if (!fits) {
    if (found !== undefined && found.done.size > 0) {
      await rm(previous, { recursive: true, force: true });
      await rename(path, previous);
    }
    await rm(path, { recursive: true, force: true });
    await mkdir(path, { recursive: true });
  }
  return {
    path,
    previous,
    known: fits ? found : { layout: identity, done: new Set(), partial: new Map() },
    pathOf,
    journal: () => (fits ? resumeJournal(path) : beginJournal(path, identity)),
    publish: async () => {
      const finals: string[] = [];
      for (const { name } of layout.volumes) {
        await rename(pathOf(name), join(stage, name));
        finals.push(join(stage, name));
      }
      await syncFolder(stage);
      await rm(previous, { recursive: true, force: true });
      return finals;
    },
  };
}

/** Archives with final names are of a run that was killed at its very end, or of one whose result was not taken. */
async function takeNamesBack(stage: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(stage)) {
    if (archivePattern.test(name)) await rename(join(stage, name), join(folder, `${name}${partialSuffix}`));
  }
}

/** A journal speaks of these very files only if they are all there in full length. */
async function volumesAreWhole({ volumes }: ArchiveLayout, pathOf: (name: string) => string): Promise<boolean> {
  const sizes = await Promise.all(volumes.map(({ name }) => bytesOf(pathOf(name))));
  return volumes.every(({ bytes }, number) => sizes[number] === bytes);
}

async function bytesOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
