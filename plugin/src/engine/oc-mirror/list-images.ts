import { join } from 'node:path';
import { makeFolder, removeTree, copyTree } from '../../system/change-folder';
import { isThere } from '../../system/files';
import { inPrivateFolder } from '../../system/path-below';
import { readText } from '../../system/text-file';
import type { Pace } from './attempts';
import { runCrashed, runRefused } from './errors';
import type { ListedImage } from './mapping';
import { kindsFromLog, parseMapping } from './mapping';
import { writeConfig } from './mirror-to-disk';
import type { RunContext } from './run';
import { runOcMirror } from './run';

export interface ImageListing {
  readonly images: readonly ListedImage[];
  /** The working-dir that the listing was made with. */
  readonly workingDir: string;
}

/**
 * Makes oc-mirror list the images of the configuration in a dry run. `stage`: in the folder of the run before, from
 * which the archives must be gone since a dry run deletes them; quick, because catalogs and payloads are there.
 * `empty`: in an empty folder, which downloads catalogs and payloads again and repeats no damage. `copy`: in a copy of
 * what the stage keeps, for a look that must leave the stage alone. The caller removes the scratch folder.
 *
 * @throws SEQ0404 or SEQ0405 when the dry run doesn't come to its end
 */
export async function listImages(
  context: RunContext,
  {
    where,
    pace,
    version,
    document,
  }: {
    where: 'stage' | 'empty' | 'copy';
    pace: Pace;
    version: string;
    document: { readonly text: string };
  },
): Promise<ImageListing> {
  const { folders } = context;
  const folder = where === 'stage' ? folders.stage : folders.scratch;
  const workingDir = join(folder, 'working-dir');
  if (where !== 'stage') {
    await removeTree(inPrivateFolder(folder));
    await makeFolder(inPrivateFolder(folder));
    // A plan may be the first to use this folder.
    await makeFolder(inPrivateFolder(folders.temporary));
    if (where === 'copy') await copyWorkingDir(folders.workingDir, workingDir);
  }
  await writeConfig(folder, { document });
  const kinds = kindsFromLog();
  const { exit, output } = await runOcMirror(context, { mode: 'list', pace, folder }, kinds.onEvent);
  if (exit.kind === 'crashed' || exit.kind === 'killed') throw runCrashed({ version, exit, panic: output.panic });
  if (exit.kind !== 'success') throw runRefused({ version, exit, errors: output.errors });
  const mapping = await readText(inPrivateFolder(join(workingDir, 'dry-run', 'mapping.txt')), {
    limit: largestMapping,
  });
  return { images: parseMapping(mapping, kinds.kindOf), workingDir };
}

const largestMapping = 64 * 1024 ** 2;

/** The part that saves a dry run downloads and is small: the rest of the stage has been pruned. */
async function copyWorkingDir(from: string, to: string): Promise<void> {
  for (const name of ['release-images', 'hold-release', 'signatures', 'operator-catalogs', 'helm']) {
    if (await isThere(join(from, name))) await copyTree(join(from, name), inPrivateFolder(join(to, name)));
  }
}
