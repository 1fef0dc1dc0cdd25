import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TargetConfiguration } from '@nx/devkit';
import { composeUploadScript } from '../../plugin/src/bundle-format/upload-script/upload-script';
import type { CommandName } from '../../plugin/src/commands/commands';
import { commands } from '../../plugin/src/commands/commands';
import { nodesFor } from '../../plugin/src/graph/create-nodes';
import { schemaOf } from './executor-files';
import { settingsJsonSchema } from './json-schemas';
import { markdownTable } from './markdown-table';
import type { OptionsSchema } from './options-table';
import { optionsTable, settingsTable } from './options-table';

/** The tables of README.md, made from what the code itself goes by. */
export async function readmeSections(root: string): Promise<Record<string, string>> {
  return {
    generators: await generatorsReference(root),
    targets: targetsTable(),
    executors: executorsReference(),
    'upload-script': await uploadScriptHash(),
    settings: settingsTable(settingsJsonSchema() as OptionsSchema),
  };
}

/** Published with the release, so that a far side need not believe what lies beside the script. */
async function uploadScriptHash(): Promise<string> {
  const sha256 = createHash('sha256')
    .update(await composeUploadScript())
    .digest('hex');
  return `\`\`\`\n${sha256}  seq-upload.sh\n\`\`\``;
}

function executorsReference(): string {
  return Object.entries(commands)
    .map(([name, { description }]) => {
      const options = schemaOf(name as CommandName) as OptionsSchema;
      return reference(name, description, options);
    })
    .join('\n\n');
}

interface Generators {
  readonly generators: Readonly<Record<string, { readonly schema: string; readonly description: string }>>;
}

async function generatorsReference(root: string): Promise<string> {
  const plugin = join(root, 'plugin');
  const { generators } = JSON.parse(await readFile(join(plugin, 'generators.json'), 'utf8')) as Generators;
  const parts = Object.entries(generators).map(async ([name, { schema, description }]) => {
    // The package has them under dist, where the build copies them from src.
    const file = join(plugin, schema.replace('./dist/', 'src/'));
    const options = JSON.parse(await readFile(file, 'utf8')) as OptionsSchema;
    return reference(name, options.description ?? description, options);
  });
  return (await Promise.all(parts)).join('\n\n');
}

function reference(name: string, description: string, options: OptionsSchema): string {
  return `#### \`seqmirror:${name}\`\n\n${description}\n\n${optionsTable(options)}`;
}

/** What a workspace with one mirror, one sealed and one planned sequence gets, by the same function that Nx calls. */
function targetsTable(): string {
  const content = 'mirror/content';
  const nodes = nodesFor(
    [
      'mirror/seqmirror.yaml',
      `${content}/seq1-baseline/imageset-config.yaml`,
      `${content}/seq1-baseline/seq-metadata.yaml`,
      `${content}/seq2-add-logging/imageset-config.yaml`,
    ],
    new Map(),
    {},
  );
  const projects = nodes.flatMap(([, { projects = {} }]) => Object.values(projects));
  const rows = projects.flatMap(({ name, targets = {} }) =>
    Object.entries(targets).map(([target, { metadata }]: [string, TargetConfiguration]) => [
      `\`nx run ${name}:${target}\``,
      metadata?.description ?? '',
    ]),
  );
  return markdownTable(['Command', 'What it does'], rows);
}
