import { randomBytes } from 'node:crypto';
import { impossibleForNx, mirrorNameFromFolder, mirrorNameFromPath, mirrorNameIn } from '../../mirror/mirror-name';
import { folderImpossible, folderOutside, nameUnusable } from '../errors';
import { existingMirrors } from '../existing-mirrors';
import { explained, forPeople } from '../explained';
import { changesInWords, setUp } from '../init/generator';
import { formatFiles, getProjects, logger, type GeneratorCallback, type Tree } from '../nx-devkit';
import { isInWorkspace, workspacePath } from '../workspace-path';
import { settingsText } from './settings-text';

export interface MirrorOptions {
  readonly directory: string;
  readonly name?: string | undefined;
  readonly skipFormat?: boolean | undefined;
  /** The current folder, relative to the top of the workspace; Nx fills it in. */
  readonly cwd?: string | undefined;
}

/**
 * Makes a folder a mirror; an existing mirror stays as it is.
 *
 * @throws SEQ0165 for a folder outside the workspace, or a name that cannot name a project
 */
export async function mirror(tree: Tree, options: MirrorOptions): Promise<GeneratorCallback> {
  const { skipFormat = false, cwd } = options;
  const root = workspacePath(tree, options.directory, { cwd });
  if (!isInWorkspace(root)) throw folderOutside(options.directory);
  if (impossibleForNx.has(root)) throw folderImpossible(options.directory);

  const changes = setUp(tree);
  const file = root === '.' ? 'seqmirror.yaml' : `${root}/seqmirror.yaml`;
  const next = (name: string) => `Next: nx g seqmirror:sequence baseline --mirror=${name} --from=<imageset config>`;
  if (tree.exists(file)) {
    const name = mirrorNameIn(tree.read(file, 'utf8') ?? '') ?? mirrorNameFromFolder(root);
    return () => logger.info(forPeople(`${root} is already a mirror; nothing was changed\n${next(name)}`));
  }

  const name = options.name ?? (await freeName(tree, root));
  if (mirrorNameIn(`name: ${name}`) !== name) throw nameUnusable({ given: name, what: 'mirror' });
  tree.write(file, settingsText({ root, name, id: newId(name) }));
  if (!skipFormat) await formatFiles(tree);
  return () => {
    if (changes.length > 0) logger.info(forPeople(changesInWords(changes)));
    logger.info(forPeople(`${file} contains the settings of this mirror; the commented lines show the defaults`));
    logger.info(forPeople(next(name)));
  };
}

async function freeName(tree: Tree, root: string): Promise<string> {
  const taken = new Set([...(await existingMirrors(tree)).map(({ name }) => name), ...getProjects(tree).keys()]);
  const candidates = [mirrorNameFromFolder(root), mirrorNameFromPath(root)];
  return candidates.find((candidate) => !taken.has(candidate)) ?? `${candidates[1]}-mirror`;
}

/** A unique id, since mirrors of several workspaces may share a machine's data folder. */
export function newId(name: string): string {
  const readable = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40);
  return `${readable}-${randomBytes(4).toString('hex')}`;
}

export default explained(mirror);
