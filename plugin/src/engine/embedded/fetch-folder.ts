/**
 * The folder in the stage where archives are filled, and which parts of it a run after a kill may trust.
 *
 *     fetch/journal.jsonl                 which plan this is, then what has reached the disk
 *     fetch/mirror_000001.tar.partial     full length from the start, blobs arriving in any order
 *     previous/…                          the same for a plan that is out of date: blobs are taken from there
 *
 * 1. The archives get their length, headers, links and files. Killed: no journal, so all of it is thrown away.
 * 2. The journal is begun with the plan's identity. From here on its entries count.
 * 3. Blobs are written; now and then the archives are fsynced, and then the journal lists what is in them. Killed: what
 *    the journal lists is there; everything else is fetched again.
 * 4. All blobs there: fsync, and each archive is renamed to its final name. Killed: `reopen` takes the names back.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isArchiveName } from '../../archive/names';
import type { ArchivePlan } from '../../archive/plan';
import { makeFolder, removeTree, move } from '../../system/change-folder';
import { bytesOfFile } from '../../system/files';
import { inPrivateFolder } from '../../system/path-below';
import { syncFolder } from '../../system/sync';
import type { Journal, JournalContent } from './journal';
import { beginJournal, planIdentity, readJournal, resumeJournal } from './journal';

const partialSuffix = '.partial';

export interface FetchFolder {
  readonly path: string;
  /** The archives of an earlier plan from which finished blobs can be taken, if there are any. */
  readonly previous: string;
  /** What is known to have reached the disk. Empty for a new plan. */
  readonly known: JournalContent;
  pathOf(archiveName: string): string;
  /** Call it when the archives have everything except their blobs. */
  journal(): Promise<Journal>;
  /** Gives the archives their final names in the stage, and returns these paths in order. */
  publish(): Promise<string[]>;
}

/** Finds what an earlier run left, keeps what fits the plan, sets aside what can be useful, and removes the rest. */
export async function openFetchFolder(stage: string, plan: ArchivePlan): Promise<FetchFolder> {
  const path = join(stage, 'fetch');
  const previous = join(stage, 'previous');
  const pathOf = (archiveName: string): string => join(path, `${archiveName}${partialSuffix}`);
  const identity = planIdentity(plan);

  await takeNamesBack(stage, path);
  const found = await readJournal(path);
  const fits = found?.layout === identity && (await archivesAreWhole(plan, pathOf));
  if (!fits) {
    if (found !== undefined && found.done.size > 0) {
      await removeTree(inPrivateFolder(previous));
      await move(inPrivateFolder(path), inPrivateFolder(previous));
    }
    await removeTree(inPrivateFolder(path));
    await makeFolder(inPrivateFolder(path));
  }
  return {
    path,
    previous,
    known: fits ? found : { layout: identity, done: new Set(), partial: new Map() },
    pathOf,
    journal: () => (fits ? resumeJournal(path) : beginJournal(path, identity)),
    publish: async () => {
      const finals: string[] = [];
      for (const { name } of plan.archives) {
        await move(inPrivateFolder(pathOf(name)), inPrivateFolder(join(stage, name)));
        finals.push(join(stage, name));
      }
      await syncFolder(stage);
      await removeTree(inPrivateFolder(previous));
      return finals;
    },
  };
}

/** Archives with final names are from a run that was killed at its very end, or whose result was not used. */
async function takeNamesBack(stage: string, folder: string): Promise<void> {
  await makeFolder(inPrivateFolder(folder));
  for (const name of await readdir(stage)) {
    if (isArchiveName(name))
      await move(inPrivateFolder(join(stage, name)), inPrivateFolder(join(folder, `${name}${partialSuffix}`)));
  }
}

/** A journal is about these files only if all of them are there in full length. */
async function archivesAreWhole({ archives }: ArchivePlan, pathOf: (name: string) => string): Promise<boolean> {
  const sizes = await Promise.all(archives.map(({ name }) => bytesOfFile(pathOf(name))));
  return archives.every(({ bytes }, number) => sizes[number] === bytes);
}
