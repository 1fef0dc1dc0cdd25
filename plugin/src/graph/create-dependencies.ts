import type { CreateDependencies, RawProjectGraphDependency } from '@nx/devkit';
import { headInLedgerText } from '../mirror/ledger-head';
import { below, readableRoot } from '../system/path-below';
import { readTextNow } from '../system/text-file';
import { mirrorsIn, type SequenceLayout, type SiteLayout } from './layout';
import type { SeqmirrorPluginOptions } from './options';

// DependencyType of @nx/devkit is an enum, whose import would cost the plugin's worker a quarter of a second.
const implicit = 'implicit' as RawProjectGraphDependency['type'] & 'implicit';
const fromFile = 'static' as RawProjectGraphDependency['type'] & 'static';

/**
 * Draws the chain: each sequence to the one it comes after, found in its imageset configuration, and the mirror to its
 * last sequence, so that a mirror is affected by whatever happens in its chain. A site is a leaf: it leads to the
 * sequence that it has, as its ledger says.
 */
export const createDependencies: CreateDependencies<SeqmirrorPluginOptions> = (
  _options,
  { projects, fileMap, workspaceRoot },
) => {
  // By root: another plugin, or a project.json in the folder, may have given the project another name.
  const projectByRoot = new Map(Object.entries(projects).map(([name, { root }]) => [root, name]));
  const files = Object.values(fileMap.projectFileMap).flatMap((projectFiles) => projectFiles.map(({ file }) => file));
  return mirrorsIn(files).flatMap(({ root, sequences, rivals, sites }) => {
    const edges = [...sequences, ...rivals].map((sequence) => predecessorEdge(sequence, projectByRoot));
    const mirror = projectByRoot.get(root);
    const last = projectByRoot.get(sequences.at(-1)?.root ?? '');
    if (mirror !== undefined && last !== undefined) edges.push({ source: mirror, target: last, type: implicit });
    for (const site of sites) {
      const head = headOfSite(site, workspaceRoot);
      const source = projectByRoot.get(site.root);
      const target = projectByRoot.get(sequences.find(({ number }) => number === head)?.root ?? '');
      // Not said to be found in the ledger: Nx would keep the edge after the sequence's folder got another name.
      if (source !== undefined && target !== undefined) edges.push({ source, target, type: implicit });
    }
    return edges.filter((edge) => edge !== undefined);
  });
};

/**
 * The head of a site. If the ledger is missing or broken, the site's own targets say so. Ledgers are few, and a page
 * long.
 */
function headOfSite({ root }: SiteLayout, workspaceRoot: string): number | undefined {
  try {
    return headInLedgerText(readTextNow(below(readableRoot(workspaceRoot), root, 'ledger.yaml')) ?? '');
  } catch {
    return undefined;
  }
}

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
