import type { CreateDependencies, RawProjectGraphDependency } from '@nx/devkit';
import { headInLedgerText } from '../mirror/ledger-head';
import { below, readableRoot } from '../system/path-below';
import { readTextNow } from '../system/text-file';
import { mirrorsIn, type SequenceLayout, type SiteLayout } from './layout';
import type { SeqmirrorPluginOptions } from './options';

// DependencyType of @nx/devkit is an enum; importing it would cost the plugin's worker a quarter of a second.
const implicit = 'implicit' as RawProjectGraphDependency['type'] & 'implicit';
const fromFile = 'static' as RawProjectGraphDependency['type'] & 'static';

/**
 * Draws the chain: an edge from each sequence to the one before it, with its imageset configuration as source file, and
 * one from the mirror to its last sequence, so that a mirror is affected by every change in its chain. A site has an
 * edge to the sequence that it has, according to its ledger.
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
      // The ledger is not named as the source: Nx would keep the edge after the sequence's folder got another name.
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
  // Nx keeps an edge with a source file until that file changes. Over a gap in the numbers no source is named: the edge
  // would stay when the missing sequence comes, and the right one would be missing.
  const isFound = hasConfig && previous?.number === number - 1;
  return isFound ? { source, target, sourceFile, type: fromFile } : { source, target, type: implicit };
}
