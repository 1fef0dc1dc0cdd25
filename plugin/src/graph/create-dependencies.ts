import type { CreateDependencies, RawProjectGraphDependency } from '@nx/devkit';
import { mirrorsIn, type SequenceLayout } from './layout';
import type { SeqmirrorPluginOptions } from './options';

// DependencyType of @nx/devkit is an enum, whose import would cost the plugin's worker a quarter of a second.
const implicit = 'implicit' as RawProjectGraphDependency['type'] & 'implicit';
const fromFile = 'static' as RawProjectGraphDependency['type'] & 'static';

/**
 * Draws the chain: each sequence to the one it comes after, found in its imageset configuration, and the mirror to its
 * last sequence, so that a mirror is affected by whatever happens in its chain.
 */
export const createDependencies: CreateDependencies<SeqmirrorPluginOptions> = (_options, { projects, fileMap }) => {
  // By root: another plugin, or a project.json in the folder, may have given the project another name.
  const projectByRoot = new Map(Object.entries(projects).map(([name, { root }]) => [root, name]));
  const files = Object.values(fileMap.projectFileMap).flatMap((projectFiles) => projectFiles.map(({ file }) => file));
  return mirrorsIn(files).flatMap(({ root, sequences, rivals }) => {
    const edges = [...sequences, ...rivals].map((sequence) => predecessorEdge(sequence, projectByRoot));
    const mirror = projectByRoot.get(root);
    const last = projectByRoot.get(sequences.at(-1)?.root ?? '');
    if (mirror !== undefined && last !== undefined) edges.push({ source: mirror, target: last, type: implicit });
    return edges.filter((edge) => edge !== undefined);
  });
};

function predecessorEdge(
  { root, number, previous, hasConfig, sourceFile }: SequenceLayout,
  projectByRoot: ReadonlyMap<string, string>,
): RawProjectGraphDependency | undefined {
  const source = projectByRoot.get(root);
  const target = projectByRoot.get(previous?.root ?? '');
  if (source === undefined || target === undefined) return undefined;
  // Nx keeps what was found in a file until that file changes. Over a gap in the numbers nothing is said to be found
  // there: the edge would stay when the missing sequence comes, and its own be left out.
  const isFound = hasConfig && previous?.number === number - 1;
  return isFound ? { source, target, sourceFile, type: fromFile } : { source, target, type: implicit };
}
