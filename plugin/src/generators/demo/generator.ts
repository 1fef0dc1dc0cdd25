import { dataDirectory } from '../../mirror/data-directory';
import { mirrorNameIn } from '../../mirror/mirror-name';
import { renderSequenceIntent } from '../../sequence/intent';
import { environmentOutside } from '../../system/workspace-environment';
import { recordSchema } from '../../yaml/schema-version';
import { demoInTheWay, demoPortUnusable, folderOutside, nameUnusable } from '../errors';
import { explained, forPeople } from '../explained';
import { changesInWords, setUp } from '../init/generator';
import { newId } from '../mirror/generator';
import { schemaLine } from '../mirror/settings-text';
import { formatFiles, getProjects, logger, writeJson, type GeneratorCallback, type Tree } from '../nx-devkit';
import { site } from '../site/generator';
import { isInWorkspace, workspacePath } from '../workspace-path';
import { demoSequences, registriesConf } from './content';
import { demoReadme, nextSteps, type Demo } from './steps';

export interface DemoOptions {
  readonly name?: string | undefined;
  readonly port?: number | undefined;
  readonly skipFormat?: boolean | undefined;
  /** The current folder, relative to the top of the workspace; Nx fills it in. */
  readonly cwd?: string | undefined;
}

/**
 * Makes a mirror that draws from two registries on 127.0.0.1, which its target `upstream` starts: three planned sequences
 * and the site bravo. Everything of it is in one new folder.
 *
 * @throws SEQ0165 for a name that cannot name a project or a folder outside the workspace, SEQ0194 if the folder or the
 *   project exists, SEQ0195 for a port that cannot be used; nothing is written then
 */
export async function demo(tree: Tree, options: DemoOptions): Promise<GeneratorCallback> {
  const { name = 'demo', port = 5050, skipFormat = false, cwd } = options;
  if (mirrorNameIn(`name: ${name}`) !== name) throw nameUnusable({ given: name, what: 'mirror' });
  // Nx checks only the type.
  if (!Number.isInteger(port) || port < 1024 || port > 65_534) throw demoPortUnusable(port);
  const root = workspacePath(tree, name, { cwd });
  if (!isInWorkspace(root)) throw folderOutside(name);
  if (tree.exists(root)) throw demoInTheWay({ what: 'folder', name: root });
  if (getProjects(tree).has(name)) throw demoInTheWay({ what: 'project', name });

  const changes = setUp(tree);
  const id = newId(name);
  const upstream = `127.0.0.1:${port}`;
  const registry = `127.0.0.1:${port + 1}`;
  tree.write(`${root}/seqmirror.yaml`, settingsText({ root, name, id }));
  tree.write(`${root}/registries.conf`, registriesConf(upstream, registry));
  tree.write(`${root}/.gitignore`, '# The bundle, and what the upload script keeps at the site\n/disk/\n/far-side/\n');
  writeJson(tree, `${root}/project.json`, projectOf({ name, port }));
  for (const [index, { folder, description, config }] of demoSequences.entries()) {
    const intent = { schema: recordSchema, description, base: index === 0 ? 'none' : 'previous' } as const;
    tree.write(`${root}/content/${folder}/imageset-config.yaml`, config);
    tree.write(`${root}/content/${folder}/sequence.yaml`, renderSequenceIntent(intent));
  }
  await site(tree, { name: 'bravo', mirror: name, registry: `${registry}/ocp`, skipFormat: true });

  const env = await environmentOutside(process.env, { folders: [tree.root] });
  const data = dataDirectory({ id, dataDir: undefined }, { mirrorRoot: root, env }).root;
  const made: Demo = { root, name, registry, data };
  tree.write(`${root}/README.md`, demoReadme(made));
  if (!skipFormat) await formatFiles(tree);
  return () => {
    if (changes.length > 0) logger.info(forPeople(changesInWords(changes)));
    logger.info(forPeople(nextSteps(made)));
  };
}

function settingsText({ root, name, id }: { root: string; name: string; id: string }): string {
  return `${schemaLine(root)}
schema: seqmirror/v1
name: ${name}
id: ${id}
engine: embedded
ci: allow
registries:
  # Sends requests for registry.redhat.io to the upstream that nx run ${name}:upstream starts on this machine.
  registriesConf: registries.conf
`;
}

/** Nx merges these targets with those that the plugin infers from seqmirror.yaml. */
function projectOf({ name, port }: { name: string; port: number }): object {
  return {
    name,
    targets: {
      upstream: {
        executor: 'nx:run-commands',
        continuous: true,
        cache: false,
        options: { command: `seqmirror-demo --port ${port}` },
        metadata: { description: 'Start the upstream and the registry of the site on 127.0.0.1, until Ctrl-C' },
      },
    },
  };
}

export default explained(demo);
