import { reasonOf } from '../../system/errors';
import { nxJsonUnusable } from '../errors';
import { explained } from '../explained';
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
import { nxUseLocal, workspaceFiles } from './workspace-files';

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
  const isNew = registerPlugin(tree) === 'made';
  for (const [file, wanted] of Object.entries(workspaceFiles)) addLines(tree, file, wanted);
  // A person who wrote NX_USE_LOCAL=false intended it.
  if (!/^\s*(?:export\s+)?NX_USE_LOCAL\s*=/m.test(tree.read('.env', 'utf8') ?? '')) addLines(tree, '.env', nxUseLocal);
  if (!skipFormat) await formatFiles(tree);
  return () => {
    if (isNew) logger.info('nx.json was missing and was created. It makes this folder an Nx workspace; keep it in Git');
    logger.info('seqmirror is set up. Next: nx g seqmirror:mirror mirror');
  };
}

/** `updateNxJson` does nothing if there is no nx.json, and Nx only loads plugins that it names. */
function registerPlugin(tree: Tree): 'made' | 'there' {
  if (!tree.exists('nx.json')) {
    writeJson(tree, 'nx.json', { $schema: './node_modules/nx/schemas/nx-schema.json', plugins: ['seqmirror'] });
    return 'made';
  }
  const nxJson = readableNxJson(tree);
  const plugins = nxJson.plugins ?? [];
  const isRegistered = plugins.some((entry) => (typeof entry === 'string' ? entry : entry.plugin) === 'seqmirror');
  if (!isRegistered) updateNxJson(tree, { ...nxJson, plugins: [...plugins, 'seqmirror'] });
  return 'there';
}

function readableNxJson(tree: Tree): NxJsonConfiguration {
  let nxJson: NxJsonConfiguration | null;
  try {
    nxJson = readNxJson(tree);
  } catch (error) {
    throw nxJsonUnusable(reasonOf(error));
  }
  if (typeof nxJson !== 'object' || nxJson === null || Array.isArray(nxJson))
    throw nxJsonUnusable('it holds no object');
  if (nxJson.plugins !== undefined && !Array.isArray(nxJson.plugins)) throw nxJsonUnusable('its `plugins` is no list');
  return nxJson;
}

function addLines(tree: Tree, file: string, wanted: WantedLines): void {
  const before = tree.read(file, 'utf8') ?? '';
  const after = withLines(before, wanted);
  if (after !== before) tree.write(file, after);
}

export default explained(init);
