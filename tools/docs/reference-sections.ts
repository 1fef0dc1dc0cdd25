import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { composeUploadScript } from '../../plugin/src/bundle-format/upload-script/upload-script';
import { exitCodes } from '../../plugin/src/cli/exit-codes';
import type { CommandName } from '../../plugin/src/commands/commands';
import { commands } from '../../plugin/src/commands/commands';
import { siteJsonSchemas } from '../../plugin/src/mirror/sites/sites';
import { renderExitCodes } from '../../plugin/src/report/text/exit-codes';
import { recordJsonSchemas } from '../../plugin/src/sequence/json-schemas';
import { helpText } from '../../plugin/src/uploader/command-line';
import type { ProjectKind } from './example-projects';
import { exampleProjects } from './example-projects';
import { schemaOf } from './executor-files';
import { settingsJsonSchema } from './json-schemas';
import { jsonShapes } from './json-shapes';
import { markdownTable } from './markdown-table';
import type { OptionsSchema } from './options-table';
import { optionsTable, settingsTable } from './options-table';

/** The tables of docs/reference.md, made from what the code itself goes by. */
export async function referenceSections(root: string): Promise<Record<string, string>> {
  const records = { ...recordJsonSchemas(), ...siteJsonSchemas() };
  return {
    'targets-mirror': targetsTable('mirror'),
    'targets-sequence': targetsTable('sequence'),
    'targets-site': targetsTable('site'),
    generators: await generatorsReference(root),
    executors: executorsReference(),
    json: jsonShapes(root),
    settings: settingsTable(settingsJsonSchema() as OptionsSchema),
    'sequence-yaml': settingsTable(records['sequence.schema.json'] as OptionsSchema),
    'site-yaml': settingsTable(records['site.schema.json'] as OptionsSchema),
    'exit-codes-script': exitCodesTable(await composeUploadScript()),
    'exit-codes-seqmirror': exitCodesTable(`\nExit codes:\n${renderExitCodes(exitCodes)}`),
    'exit-codes-uploader': exitCodesTable(helpText('')),
  };
}

/** The section of docs/far-side-trouble.md: what the script's `explain` prints. */
export async function farSideTroubleSections(): Promise<Record<string, string>> {
  const lines = (await composeUploadScript()).matchAll(/^ {4}(\d+)\) explained '([^']+)' '([^']+)' ;;$/gm);
  const rows = [...lines].map(([, code = '', what = '', next = '']) => [code, sentence(what), sentence(next)]);
  return { 'stopped-by': markdownTable(['Exit code', 'What stopped it', 'What to do'], rows) };
}

/** A text of the script with a capital, and commands and options marked as such. */
function sentence(text: string): string {
  const marked = text.replace(/\.\/seq-upload\.sh [a-z-]+|--[a-z-]+/g, '`$&`');
  return marked.replace(/^[a-z]/, (first) => first.toUpperCase());
}

/** The sections of docs/far-side.md. */
export async function farSideSections(): Promise<Record<string, string>> {
  return { 'upload-script': await uploadScriptHash() };
}

/** Published with the release, so that a far side need not believe what lies beside the script. */
async function uploadScriptHash(): Promise<string> {
  const sha256 = createHash('sha256')
    .update(await composeUploadScript())
    .digest('hex');
  return `\`\`\`text\n${sha256}  seq-upload.sh\n\`\`\``;
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

/** The table of a help text: one or two columns of `  5  what it means` below "Exit codes:". */
function exitCodesTable(help: string): string {
  const [, table = ''] = help.split('\nExit codes:\n');
  const rows = [...table.matchAll(/^ *(\d{1,3}) {2}(.+?)(?: {2,}(\d{1,3}) {2}(.+))?$/gm)].flatMap(([, ...cells]) => [
    cells.slice(0, 2),
    cells.slice(2),
  ]);
  return markdownTable(
    ['Code', 'Meaning'],
    rows
      .filter(([code]) => code !== undefined)
      .sort(([a], [b]) => Number(a) - Number(b))
      .map(([code, meaning]) => [`${code}`, `${meaning}`]),
  );
}

function targetsTable(kind: ProjectKind): string {
  const rows = exampleProjects()
    .filter((project) => project.kind === kind)
    .flatMap(({ name, targets }) =>
      Object.entries(targets).map(([target, { metadata }]) => [
        `\`nx run ${name}:${target}\``,
        metadata?.description ?? '',
      ]),
    );
  return markdownTable(['Command', 'What it does'], rows);
}
