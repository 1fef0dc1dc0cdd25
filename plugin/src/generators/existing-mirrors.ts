import { dirname } from 'node:path/posix';
import { mirrorNameFromFolder, mirrorNameIn } from '../mirror/mirror-name';
import { globAsync, type Tree } from './nx-devkit';

export interface ExistingMirror {
  /** Relative to the top of the workspace; `.` for the workspace itself. */
  readonly root: string;
  readonly name: string;
}

/** The mirrors of a workspace, by folder. */
export async function existingMirrors(tree: Tree): Promise<ExistingMirror[]> {
  const files = await globAsync(tree, ['**/seqmirror.yaml']);
  return files.toSorted().map((file) => {
    const root = dirname(file);
    return { root, name: mirrorNameIn(tree.read(file, 'utf8') ?? '') ?? mirrorNameFromFolder(root) };
  });
}
