/** The project of a command's target, from Nx's context and never from the working directory. */
import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { MirrorLocation } from '../api';
import { sequenceFolder } from '../api';
import { reportFolder } from '../commands/report-folder';
import { reportAtTop, reportOutside } from './errors';
import type { ExecutorRun } from './run-executor';

export type ExecutorPlace = Pick<ExecutorRun, 'context' | 'env'>;

export interface MirrorPlace extends MirrorLocation {
  readonly name: string;
}

/** The mirror whose project this is. */
export function mirrorOf({ context, env }: ExecutorPlace): MirrorPlace {
  const { projectName = '' } = context;
  return mirrorAt(context.projectsConfigurations.projects[projectName]?.root ?? '', { context, env });
}

/**
 * A sequence's folder and its mirror. @param path relative to the top of the workspace:
 * `mirror/content/seq2-add-logging`
 */
export function sequenceAt(path: string, asked: ExecutorPlace): { location: MirrorPlace; folder: string } {
  const { mirrorRoot, folder } = split(path);
  return { location: mirrorAt(mirrorRoot, asked), folder };
}

/**
 * The same for an option that people may type: also by number or folder, in the mirror whose project this is.
 *
 * @param named `mirror/content/seq2-add-logging`, `seq2-add-logging` or `seq2`. Default: the newest sealed one
 * @throws SEQ0232 if the mirror has no such sequence, SEQ0239 if nothing is sealed
 */
export async function sequenceNamed(
  named: string | undefined,
  asked: ExecutorPlace,
): Promise<{ location: MirrorPlace; folder: string }> {
  if (named?.includes('/') === true) return sequenceAt(named, asked);
  const location = mirrorOf(asked);
  return { location, folder: await sequenceFolder(location, named) };
}

/** The same where no sequence need be named: then the mirror whose project this is. @throws SEQ0232 */
export async function placeOf(
  named: string | undefined,
  asked: ExecutorPlace,
): Promise<{ location: MirrorPlace; folder: string | undefined }> {
  return named === undefined ? { location: mirrorOf(asked), folder: undefined } : sequenceNamed(named, asked);
}

/** A site's name and its mirror. @param path its folder, relative to the top of the workspace: `mirror/sites/bravo` */
export function siteAt(path: string, asked: ExecutorPlace): { location: MirrorPlace; site: string } {
  const { mirrorRoot, folder } = split(path);
  return { location: mirrorAt(mirrorRoot, asked), site: folder };
}

/**
 * The folder of a report, absolute and as people know it, and the folder below which no link is followed to it.
 *
 * @throws SEQ0179 for the top of the workspace itself, which an unset variable names, and for a folder outside the
 *   workspace if Nx caches the task: a hit would bring nothing there
 */
export function reportFolderOf(
  output: string | undefined,
  { location, run }: { readonly location: MirrorPlace; readonly run: ExecutorPlace },
): { readonly root: string; readonly folder: string; readonly shown: string } {
  const { workspaceRoot, mirrorRoot, name } = location;
  const folder = resolve(workspaceRoot, output ?? reportFolder(mirrorRoot));
  const way = relative(workspaceRoot, folder);
  if (way === '') throw reportAtTop({ mirror: name });
  const isOutside = way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way);
  if (isOutside && run.context.target?.cache === true) throw reportOutside({ folder, mirror: name });
  return isOutside
    ? { root: folder, folder, shown: folder }
    : { root: workspaceRoot, folder, shown: way.split(sep).join('/') };
}

/** Both kinds of folders are two levels below their mirror. */
function split(path: string): { mirrorRoot: string; folder: string } {
  const parts = path.replace(/\/+$/, '').split('/');
  return { mirrorRoot: parts.slice(0, -2).join('/'), folder: parts.at(-1) ?? '' };
}

function mirrorAt(mirrorRoot: string, { context, env }: ExecutorPlace): MirrorPlace {
  const { projects } = context.projectsConfigurations;
  const name = Object.keys(projects).find(
    (project) => projects[project]?.root === (mirrorRoot === '' ? '.' : mirrorRoot),
  );
  // A target exists only if its mirror's project does.
  return { workspaceRoot: context.root, mirrorRoot, name: name as string, env };
}
