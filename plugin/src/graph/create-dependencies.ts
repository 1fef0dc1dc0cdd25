import type { CreateDependencies, RawProjectGraphDependency } from '@nx/devkit';
import { headInLedgerText } from '../mirror/ledger-head';
import { below, readableRoot } from '../system/path-below';
import { readTextNow } from '../system/text-file';
import { shownSequencesIn } from '../mirror/shown-sequences';
import { foldedSequences } from './folding';
import { mirrorsIn, type MirrorLayout, type SequenceLayout, type SiteLayout } from './layout';
import type { SeqmirrorPluginOptions } from './options';

// DependencyType of @nx/devkit is an enum; importing it would cost the plugin's worker a quarter of a second.
const implicit = 'implicit' as RawProjectGraphDependency['type'] & 'implicit';
const fromFile = 'static' as RawProjectGraphDependency['type'] & 'static';

/**
 * Draws the chain: an edge from each sequence to the one before it, with its imageset configuration as source file, and
 * one from the mirror to its last sequence, so that a mirror is affected by every change in its chain. A site has an
 * edge to the sequence that it has, according to its ledger. The project of the folded sequences stands for each of
 * them.
 */
export const createDependencies: CreateDependencies<SeqmirrorPluginOptions> = (
  _options,
  { projects, fileMap, workspaceRoot },
) => {
  // By root: another plugin, or a project.json in the folder, may have given the project another name.
  const byRoot = new Map(Object.entries(projects).map(([name, { root }]) => [root, name]));
  const files = Object.values(fileMap.projectFileMap).flatMap((projectFiles) => projectFiles.map(({ file }) => file));
  return mirrorsIn(files).flatMap((layout) => {
    const { root, sequences, rivals, sites } = layout;
    const folded = foldedIn(layout, workspaceRoot);
    const older = byRoot.get(folded[0]?.root ?? '');
    const folders = new Set(folded.map((sequence) => sequence.root));
    const projectAt = (folder = ''): string | undefined => (folders.has(folder) ? older : byRoot.get(folder));
    const edges = [...sequences.slice(folded.length), ...rivals].map((sequence) =>
      predecessorEdge(sequence, { projectAt, isFolded: (folder) => folders.has(folder) }),
    );
    const mirror = byRoot.get(root);
    const last = projectAt(sequences.at(-1)?.root);
    if (mirror !== undefined && last !== undefined) edges.push({ source: mirror, target: last, type: implicit });
    for (const site of sites) {
      const head = headOfSite(site, workspaceRoot);
      const source = byRoot.get(site.root);
      const target = projectAt(sequences.find(({ number }) => number === head)?.root);
      // The ledger is not named as the source: Nx would keep the edge after the sequence's folder got another name.
      if (source !== undefined && target !== undefined) edges.push({ source, target, type: implicit });
    }
    return edges.filter((edge) => edge !== undefined);
  });
};

/** @see nodesFor, which makes the projects, and also takes settings that cannot be read for empty ones. */
function foldedIn(layout: MirrorLayout, workspaceRoot: string): readonly SequenceLayout[] {
  return foldedSequences(layout, shownSequencesIn(textOrEmpty(layout.settingsFile, workspaceRoot)));
}

function textOrEmpty(file: string, workspaceRoot: string): string {
  try {
    return readTextNow(below(readableRoot(workspaceRoot), file)) ?? '';
  } catch {
    return '';
  }
}

/**
 * The head of a site. If the ledger is missing or broken, the site's own targets say so. Ledgers are few, and a page
 * long.
 */
function headOfSite({ root }: SiteLayout, workspaceRoot: string): number | undefined {
  return headInLedgerText(textOrEmpty(`${root}/ledger.yaml`, workspaceRoot));
}

function predecessorEdge(
  { root, number, previous, hasConfig, sourceFile }: SequenceLayout,
  {
    projectAt,
    isFolded,
  }: {
    readonly projectAt: (folder: string | undefined) => string | undefined;
    readonly isFolded: (folder: string) => boolean;
  },
): RawProjectGraphDependency | undefined {
  const source = projectAt(root);
  const target = projectAt(previous?.root);
  if (previous === undefined || source === undefined || target === undefined) return undefined;
  // Nx keeps an edge with a source file until that file changes. Over a gap in the numbers no source is named: the edge
  // would stay when the missing sequence comes, and the right one would be missing. The same if the sequence before is
  // folded, which it need not stay.
  const isFound = hasConfig && previous.number === number - 1 && !isFolded(previous.root);
  return isFound ? { source, target, sourceFile, type: fromFile } : { source, target, type: implicit };
}
