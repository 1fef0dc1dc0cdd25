import { formatFiles, logger, readNxJson, updateNxJson, type GeneratorCallback, type Tree } from '@nx/devkit';
import { explained } from '../explained';
import { withLines, type Wanted } from './lines';
import { nxUseLocal, workspaceFiles } from './workspace-files';

export interface InitOptions {
  readonly skipFormat?: boolean | undefined;
}

/** Adds seqmirror to a workspace. Run again it changes nothing, and it changes no line that a person wrote. */
export async function init(tree: Tree, { skipFormat = false }: InitOptions): Promise<GeneratorCallback> {
  registerPlugin(tree);
  for (const [file, wanted] of Object.entries(workspaceFiles)) addLines(tree, file, wanted);
  // A person who wrote NX_USE_LOCAL=false meant it.
  if (!/^\s*(?:export\s+)?NX_USE_LOCAL\s*=/m.test(tree.read('.env', 'utf8') ?? '')) addLines(tree, '.env', nxUseLocal);
  if (!skipFormat) await formatFiles(tree);
  return () => logger.info('seqmirror is set up. Next: nx g seqmirror:mirror mirror');
}

function registerPlugin(tree: Tree): void {
  const nxJson = readNxJson(tree) ?? {};
  const plugins = nxJson.plugins ?? [];
  const isRegistered = plugins.some((entry) => (typeof entry === 'string' ? entry : entry.plugin) === 'seqmirror');
  if (!isRegistered) updateNxJson(tree, { ...nxJson, plugins: [...plugins, 'seqmirror'] });
}

function addLines(tree: Tree, file: string, wanted: Wanted): void {
  const before = tree.read(file, 'utf8') ?? '';
  const after = withLines(before, wanted);
  if (after !== before) tree.write(file, after);
}

export default explained(init);
