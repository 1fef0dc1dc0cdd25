import { resolve } from 'node:path';
import type { AdoptionPlan, RebuildOptions, Run, TakeMode } from '../../api';
import { applyAdoption, applyRebuild, planAdoption, planRebuild } from '../../api';
import { progressOnStderr } from '../../report/progress-printer';
import { renderAdoption, renderAdoptionPlan } from '../../report/text/adoption';
import { renderRebuild, renderRebuildPlan } from '../../report/text/rebuild';
import { ask } from '../../system/ask';
import { environmentOutside } from '../../system/workspace-environment';
import { adoptOptionsContradict, folderRefused } from '../errors';
import { existingMirrors } from '../existing-mirrors';
import { explained, forPeople, inFull } from '../explained';
import { logger, type GeneratorCallback, type Tree } from '../nx-devkit';
import { chooseMirror } from '../sequence/choose-mirror';
import { workspacePath } from '../workspace-path';

export interface AdoptOptions {
  readonly source?: string | undefined;
  /** Instead of archives: the folder of a bundle from which records are made again. */
  readonly fromBundle?: string | undefined;
  readonly mirror?: string | undefined;
  readonly move?: boolean | undefined;
  readonly copy?: boolean | undefined;
  readonly name?: string | undefined;
  readonly config?: string | undefined;
  /** Accept what is not signed, although signers are configured. */
  readonly allowUnsigned?: boolean | undefined;
  /** Accept a bundle although it has expired, or a newer one was seen. */
  readonly allowOlder?: boolean | undefined;
  /** The current folder, relative to the top of the workspace; Nx fills it in. */
  readonly cwd?: string | undefined;
}

/**
 * Takes archives that were made without seqmirror into a mirror's chain, or makes a chain's records again from a
 * bundle. It first reads, verifies and reports; the callback does the rest, and a dry run leaves that out.
 *
 * @throws SEQ0245 to SEQ0255 when it cannot be adopted, SEQ0626 when it is not signed although signatures are required
 */
export async function adopt(tree: Tree, options: AdoptOptions): Promise<GeneratorCallback> {
  const { cwd, name } = options;
  const { root, name: mirror } = await chooseMirror(await existingMirrors(tree), { asked: options.mirror, cwd });
  const pathOf = (typed: string): string => resolve(tree.root, workspacePath(tree, typed, { cwd }));
  const env = await environmentOutside(process.env, { folders: [tree.root] });
  const location = { workspaceRoot: tree.root, mirrorRoot: root, name: mirror, env };
  const { fromBundle, allowUnsigned, allowOlder } = options;
  if (fromBundle !== undefined) {
    refuseBeside(options);
    return adoptBundle({ location, bundle: pathOf(fromBundle), allowUnsigned, allowOlder });
  }
  const source = options.source ?? (await ask('Which folder has the archives, or the seqN-… folders with them?'));
  if (source === undefined || source === '') throw nothingGiven();
  const plan = await withProgress((run) =>
    planAdoption({
      ...run,
      location,
      source: pathOf(source),
      taking: takingOf(options),
      name,
      config: options.config === undefined ? undefined : pathOf(options.config),
      allowUnsigned,
    }),
  );
  const { refused, sequences, already } = plan;
  if (refused !== undefined && sequences.length === 0 && already.length === 0) throw folderRefused(refused);
  logger.info(forPeople(renderAdoptionPlan(plan)));
  return () => inFull(() => doAsPlanned(plan));
}

async function adoptBundle(options: Omit<RebuildOptions, keyof Run>): Promise<GeneratorCallback> {
  const plan = await withProgress((run) => planRebuild({ ...run, ...options }));
  logger.info(forPeople(renderRebuildPlan(plan)));
  return () =>
    inFull(async () =>
      logger.info(forPeople(renderRebuild(plan, await withProgress((run) => applyRebuild(plan, run))))),
    );
}

function nothingGiven(): Error {
  return adoptOptionsContradict({
    what: 'adopt needs a folder with archives, or a bundle',
    next: 'Run for example `nx g seqmirror:adopt ../old/content`, or `nx g seqmirror:adopt --from-bundle=/media/disk`',
  });
}

function refuseBeside({ source, move = false, copy = false, name, config }: AdoptOptions): void {
  if (source === undefined && !move && !copy && name === undefined && config === undefined) return;
  throw adoptOptionsContradict({
    what: '--from-bundle cannot be used with a folder, --move, --copy, --name or --config',
    next: 'Leave these out: --from-bundle restores only records. Then restore the archives with `nx run <mirror>:reissue --from=<bundle>`',
  });
}

async function doAsPlanned(plan: AdoptionPlan): Promise<void> {
  const outcome = await withProgress((run) => applyAdoption(plan, run));
  logger.info(forPeople(renderAdoption(plan, outcome)));
  if (plan.refused !== undefined) throw folderRefused(plan.refused);
}

function takingOf({ move = false, copy = false }: AdoptOptions): TakeMode {
  if (move && copy) {
    throw adoptOptionsContradict({
      what: '--move and --copy cannot be used together',
      next: 'Use only --copy to keep the original archives, or only --move to delete them when their sequences are sealed',
    });
  }
  return move ? 'move' : copy ? 'copy' : 'link';
}

async function withProgress<T>(work: (run: Run) => Promise<T>): Promise<T> {
  const progress = progressOnStderr();
  try {
    // Nx ends a generator's process at once when it is stopped; every step here is made for that.
    return await work({ progress, signal: new AbortController().signal, now: () => new Date() });
  } finally {
    progress.stop();
  }
}

export default explained(adopt);
