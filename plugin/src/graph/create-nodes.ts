import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CreateNodes, CreateNodesResultArray } from '@nx/devkit';
import { mirrorNameIn } from '../mirror/mirror-name';
import { mapConcurrently } from '../system/concurrency';
import { graphFiles, mirrorsIn, type MirrorLayout } from './layout';
import { mirrorProject } from './mirror-project';
import { normalizeOptions, type SeqmirrorPluginOptions } from './options';
import { nameProjects } from './project-names';
import { sequenceProject } from './sequence-project';
import { siteProject } from './site-project';

/**
 * Makes projects of mirrors, their sequences and their sites. Whatever is wrong in one of them stays in it: its targets exist, and
 * say what is wrong when they are run.
 */
export const createNodes: CreateNodes<SeqmirrorPluginOptions> = [
  graphFiles,
  async (files, options, { workspaceRoot }) => {
    const settings = await mapConcurrently(
      files.filter((file) => file.endsWith('seqmirror.yaml')),
      { limit: 16 },
      async (file) => [file, await readOrEmpty(join(workspaceRoot, file))] as const,
    );
    return nodesFor(files, new Map(settings), options);
  },
];

/**
 * The nodes for files that match `graphFiles`.
 *
 * @param settings the text of each seqmirror.yaml, by its path
 */
export function nodesFor(
  files: readonly string[],
  settings: ReadonlyMap<string, string>,
  options: SeqmirrorPluginOptions | undefined,
): CreateNodesResultArray {
  const normalized = normalizeOptions(options);
  const layouts = mirrorsIn(files);
  return nameProjects(layouts, namesGiven(layouts, settings)).flatMap((mirror) => {
    const { settingsFile, root, sequences, rivals, sites } = mirror.layout;
    return [
      [settingsFile, { projects: { [root]: mirrorProject(mirror, normalized) } }] as const,
      ...[...sequences, ...rivals].map(
        (sequence) =>
          [
            sequence.sourceFile,
            { projects: { [sequence.root]: sequenceProject(mirror, sequence, normalized) } },
          ] as const,
      ),
      ...sites.map(
        (site) => [site.sourceFile, { projects: { [site.root]: siteProject(mirror, site, normalized) } }] as const,
      ),
    ];
  });
}

function namesGiven(layouts: readonly MirrorLayout[], settings: ReadonlyMap<string, string>): Map<string, string> {
  const names = new Map<string, string>();
  for (const { root, settingsFile } of layouts) {
    const name = mirrorNameIn(settings.get(settingsFile) ?? '');
    if (name !== undefined) names.set(root, name);
  }
  return names;
}

/** A file that went away or cannot be read since Nx listed it is the executors' to complain about. */
async function readOrEmpty(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return '';
  }
}
