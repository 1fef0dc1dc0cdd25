import { cp, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
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
 * Has oc-mirror list the images of the config by a dry run. `stage`: in the folder of the run before, from which the
 * archives must be gone since a dry run deletes them; quick, because catalogs and payloads are there. `afresh`: in an
 * empty folder, which downloads catalogs and payloads again and repeats no damage. `copy`: in a copy of what the stage
 * keeps, for a look that must leave the stage alone. The caller removes the scratch folder.
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
    where: 'stage' | 'afresh' | 'copy';
    pace: Pace;
    version: string;
    document: { readonly text: string };
  },
): Promise<ImageListing> {
  const { folders } = context;
  const folder = where === 'stage' ? folders.stage : folders.scratch;
  const workingDir = join(folder, 'working-dir');
  if (where !== 'stage') {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    if (where === 'copy') await copyWorkingDir(folders.workingDir, workingDir);
  }
  await writeConfig(folder, { document });
  const kinds = kindsFromLog();
  const { exit, output } = await runOcMirror(context, { mode: 'list', pace, folder }, kinds.onEvent);
  if (exit.kind === 'crashed' || exit.kind === 'killed') throw runCrashed({ version, exit, panic: output.panic });
  if (exit.kind !== 'success') throw runRefused({ version, exit, errors: output.errors });
  const mapping = await readFile(join(workingDir, 'dry-run', 'mapping.txt'), 'utf8');
  return { images: parseMapping(mapping, kinds.kindOf), workingDir };
}

/** What spares a dry run downloads and is small: the stage has been pruned of the rest. */
async function copyWorkingDir(from: string, to: string): Promise<void> {
  for (const name of ['release-images', 'hold-release', 'signatures', 'operator-catalogs', 'helm']) {
    await cp(join(from, name), join(to, name), { recursive: true, preserveTimestamps: true }).catch(
      (error: unknown) => {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      },
    );
  }
}
