import { reasonOf } from '../../system/errors';
import { nxJsonUnusable } from '../errors';
import { explained, forPeople } from '../explained';
import {
  formatFiles,
  logger,
  readNxJson,
  updateNxJson,
  writeJson,
  type GeneratorCallback,
  type NxJsonConfiguration,
  type Tree,
} from '../nx-devkit';
import { withLines, type WantedLines } from './lines';
import type { WorkspaceFile } from './workspace-files';
import { builtByOthers, nxUseLocal, workspaceFiles } from './workspace-files';

export interface InitOptions {
  readonly skipFormat?: boolean | undefined;
}

/**
 * Adds seqmirror to a workspace; if there is no nx.json, as after npm install, it makes the folder a workspace. A
 * second run changes nothing, and no line that a person wrote is changed.
 *
 * @throws SEQ0169 for an nx.json that no plugin can be registered in; nothing is written then
 */
export async function init(tree: Tree, { skipFormat = false }: InitOptions): Promise<GeneratorCallback> {
  const changes = setUp(tree);
  if (!skipFormat) await formatFiles(tree);
  return () => {
    logger.info(
      forPeople(changes.length === 0 ? 'seqmirror was set up already; nothing was changed' : changesInWords(changes)),
    );
    logger.info(forPeople('Next: nx g seqmirror:mirror mirror'));
  };
}

export interface SetUpChange {
  readonly file: string;
  /** What the change is for: a sentence without subject and full stop. */
  readonly purpose: string;
}

/**
 * Makes the changes of `init`, each with its purpose; nothing if everything is there.
 *
 * @throws SEQ0169, before anything is changed
 */
export function setUp(tree: Tree): readonly SetUpChange[] {
  const isWorkspace = tree.exists('nx.json');
  const registered = registerPlugin(tree);
  const lacking: [string, WorkspaceFile][] = [];
  if (!isWorkspace && addLines(tree, '.gitignore', builtByOthers)) lacking.push(['.gitignore', builtByOthers]);
  lacking.push(...Object.entries(workspaceFiles).filter(([file, wanted]) => addLines(tree, file, wanted)));
  // A person who wrote NX_USE_LOCAL=false intended it.
  const isDecided = /^\s*(?:export\s+)?NX_USE_LOCAL\s*=/m.test(tree.read('.env', 'utf8') ?? '');
  if (!isDecided && addLines(tree, '.env', nxUseLocal)) lacking.push(['.env', nxUseLocal]);
  return [
    ...(registered === undefined ? [] : [{ file: 'nx.json', purpose: registered }]),
    ...lacking.map(([file, { purpose }]) => ({ file, purpose })),
  ];
}

/** One line per file. */
export function changesInWords(changes: readonly SetUpChange[]): string {
  const width = Math.max(...changes.map(({ file }) => file.length));
  return [
    'seqmirror is set up in this workspace. Keep these files in Git:',
    ...changes.map(({ file, purpose }) => `  ${file.padEnd(width)}  ${purpose}`),
  ].join('\n');
}

/**
 * `updateNxJson` does nothing if there is no nx.json, and Nx only loads plugins that it names.
 *
 * @returns the purpose of the change; `undefined` if it is registered
 */
function registerPlugin(tree: Tree): string | undefined {
  if (!tree.exists('nx.json')) {
    writeJson(tree, 'nx.json', {
      $schema: './node_modules/nx/schemas/nx-schema.json',
      // Else Nx asks at its first command, and waits, whether it may collect usage data.
      analytics: false,
      plugins: ['seqmirror'],
    });
    return 'is new: makes this folder an Nx workspace that sends no usage data, and loads the plugin';
  }
  const nxJson = readableNxJson(tree);
  const plugins = nxJson.plugins ?? [];
  const isRegistered = plugins.some((entry) => (typeof entry === 'string' ? entry : entry.plugin) === 'seqmirror');
  if (isRegistered) return undefined;
  updateNxJson(tree, { ...nxJson, plugins: [...plugins, 'seqmirror'] });
  return 'loads the plugin';
}

function readableNxJson(tree: Tree): NxJsonConfiguration {
  let nxJson: NxJsonConfiguration | null;
  try {
    nxJson = readNxJson(tree);
  } catch (error) {
    throw nxJsonUnusable(reasonOf(error));
  }
  if (typeof nxJson !== 'object' || nxJson === null || Array.isArray(nxJson))
    throw nxJsonUnusable('the file is not a JSON object');
  if (nxJson.plugins !== undefined && !Array.isArray(nxJson.plugins)) throw nxJsonUnusable('`plugins` is not a list');
  return nxJson;
}

/** @returns whether lines were missing */
function addLines(tree: Tree, file: string, wanted: WantedLines): boolean {
  const before = tree.read(file, 'utf8') ?? '';
  const after = withLines(before, wanted);
  if (after === before) return false;
  tree.write(file, after);
  return true;
}

export default explained(init);
