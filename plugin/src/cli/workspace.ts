/**
 * The workspace around the current folder and the projects that Nx would infer for its mirrors if it folded no old
 * sequences, found without Nx, in a tenth of its time.
 */
import { existsSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type { ProjectConfiguration } from '@nx/devkit';
import { glob } from 'tinyglobby';
import { nodesFor, settingsOf } from '../graph/create-nodes';
import type { MirrorLayout } from '../graph/layout';
import { graphFiles, mirrorsIn } from '../graph/layout';
import { mirrorNotChosen } from './errors';

export interface Workspace {
  /** An absolute path. */
  readonly root: string;
  readonly mirrors: readonly MirrorLayout[];
  /** Projects of mirrors, sequences and sites, by folder, relative to the top of the workspace. */
  readonly projects: Readonly<Record<string, ProjectConfiguration>>;
}

/** The workspace that contains a folder. */
export async function workspaceAround(folder: string): Promise<Workspace | undefined> {
  const root = rootAround(folder);
  if (root === undefined) return undefined;
  const files = await glob(graphFiles, {
    cwd: root,
    ignore: ['**/{node_modules,dist,.git,.nx}/**'],
    followSymbolicLinks: false,
  });
  const settings = await settingsOf(files, root);
  const projects = nodesFor(files, settings, undefined, { foldsOld: false }).flatMap(([, { projects: made = {} }]) =>
    Object.entries(made),
  );
  return { root, mirrors: mirrorsIn(files), projects: Object.fromEntries(projects) as Workspace['projects'] };
}

/**
 * Chooses the mirror: the one named, the one around the current folder, or the only one.
 *
 * @param asked its name or folder
 * @throws SEQ0176
 */
export function chosenMirror(
  workspace: Workspace | undefined,
  { asked, cwd }: { readonly asked: string | undefined; readonly cwd: string },
): MirrorLayout {
  const { mirrors = [] } = workspace ?? {};
  const here = workspace === undefined ? '' : relative(workspace.root, cwd).split(sep).join('/');
  const isAround = ({ root }: MirrorLayout): boolean => root === '.' || here === root || here.startsWith(`${root}/`);
  const isAsked = ({ root }: MirrorLayout): boolean =>
    root === asked?.replace(/(?<=.)\/+$/, '') || workspace?.projects[root]?.name === asked;
  const candidates = asked === undefined ? mirrors.filter(isAround) : mirrors.filter(isAsked);
  // One mirror may be in another's folder.
  const [chosen] = candidates.toSorted((a, b) => b.root.length - a.root.length);
  const mirror = chosen ?? (asked === undefined && mirrors.length === 1 ? mirrors[0] : undefined);
  if (mirror === undefined) throw mirrorNotChosen({ asked, known: workspace && mirrors.map(({ root }) => root) });
  return mirror;
}

function rootAround(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, 'nx.json'))) return at;
    if (dirname(at) === at) return undefined;
  }
}
