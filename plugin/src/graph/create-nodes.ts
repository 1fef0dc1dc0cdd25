import type { CreateNodes, CreateNodesResultArray } from '@nx/devkit';
import { installedNx } from '../commands/installed-nx';
import { mirrorNameIn } from '../mirror/mirror-name';
import { shownSequencesIn } from '../mirror/shown-sequences';
import { mapConcurrently } from '../system/concurrency';
import { below, readableRoot } from '../system/path-below';
import { readText } from '../system/text-file';
import { graphFiles, mirrorsIn, type MirrorLayout } from './layout';
import { mirrorProject } from './mirror-project';
import { normalizeOptions, type SeqmirrorPluginOptions } from './options';
import { olderProject } from './older-project';
import type { GivenForGraph } from './project-names';
import { nameProjects } from './project-names';
import { sequenceProject } from './sequence-project';
import { siteProject } from './site-project';

/**
 * Makes projects of mirrors, their sequences and their sites. An error in one of them stays there: its targets exist,
 * and report the error when they are run.
 */
export const createNodes: CreateNodes<SeqmirrorPluginOptions> = [
  graphFiles,
  async (files, options, { workspaceRoot }) =>
    nodesFor(files, await settingsOf(files, workspaceRoot), options, { batches: runsBatches(workspaceRoot) }),
];

/** The text of each seqmirror.yaml among the files, by its path. */
export async function settingsOf(files: readonly string[], workspaceRoot: string): Promise<Map<string, string>> {
  const settings = await mapConcurrently(
    files.filter((file) => file.endsWith('seqmirror.yaml')),
    { limit: 16 },
    async (file) => [file, await readOrEmpty(workspaceRoot, file)] as const,
  );
  return new Map(settings);
}

/**
 * The nodes for files that match `graphFiles`.
 *
 * @param settings the text of each seqmirror.yaml, by its path
 * @param nx.batches whether this Nx runs the checks of sealed sequences in one process
 * @param nx.foldsOld `false`: each sequence is a project with all of its targets, whatever settings say
 */
export function nodesFor(
  files: readonly string[],
  settings: ReadonlyMap<string, string>,
  options: SeqmirrorPluginOptions | undefined,
  {
    batches = true,
    foldsOld = true,
  }: { readonly batches?: boolean | undefined; readonly foldsOld?: boolean | undefined } = {},
): CreateNodesResultArray {
  const normalized = normalizeOptions(options);
  const layouts = mirrorsIn(files);
  return nameProjects(layouts, givenIn(layouts, settings), { foldsOld }).flatMap((mirror) => {
    const { settingsFile, root, sequences, rivals, sites } = mirror.layout;
    const [oldest] = mirror.folded;
    return [
      [settingsFile, { projects: { [root]: mirrorProject(mirror, normalized) } }] as const,
      ...(oldest === undefined
        ? []
        : [[oldest.sourceFile, { projects: { [oldest.root]: olderProject(mirror, normalized) } }] as const]),
      ...[...sequences.slice(mirror.folded.length), ...rivals].map(
        (sequence) =>
          [
            sequence.sourceFile,
            { projects: { [sequence.root]: sequenceProject(mirror, sequence, { options: normalized, batches }) } },
          ] as const,
      ),
      ...sites.map(
        (site) => [site.sourceFile, { projects: { [site.root]: siteProject(mirror, site, normalized) } }] as const,
      ),
    ];
  });
}

/** Whether Nx supports `preferBatch` in executors.json, as it does from 22.6 on. */
export function runsBatches(workspaceRoot: string): boolean {
  const version = installedNx(workspaceRoot);
  // Without it everything works, but each check is a process.
  if (version === undefined) return true;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 6);
}

/** What settings say to the graph, by their mirror's root. */
function givenIn(layouts: readonly MirrorLayout[], settings: ReadonlyMap<string, string>): Map<string, GivenForGraph> {
  return new Map(
    layouts.map(({ root, settingsFile }) => {
      const text = settings.get(settingsFile) ?? '';
      return [root, { name: mirrorNameIn(text), shown: shownSequencesIn(text) }];
    }),
  );
}

/** If a file disappeared or became unreadable since Nx listed it, the executors report that. */
async function readOrEmpty(workspaceRoot: string, file: string): Promise<string> {
  try {
    return await readText(below(readableRoot(workspaceRoot), file));
  } catch {
    return '';
  }
}
