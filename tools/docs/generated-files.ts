import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { composeUploadScript } from '../../plugin/src/bundle-format/upload-script/upload-script';
import { errorCodes } from '../../plugin/src/system/error-codes';
import { executorFiles } from './executor-files';
import { formatted } from './formatted';
import { publishedJsonSchemas } from './json-schemas';
import { markdownTable } from './markdown-table';
import { readmeSections } from './readme-sections';
import { withSections } from './sections';

/** Every committed file that is made from the code, wholly or in sections, as it should be: path from the root, text. */
export async function generatedFiles(root: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const [name, schema] of Object.entries(publishedJsonSchemas())) {
    files.set(`plugin/schemas/${name}`, await formatted(JSON.stringify(schema), 'json'));
  }
  for (const [path, value] of Object.entries(executorFiles())) {
    files.set(`plugin/${path}`, await formatted(JSON.stringify(value), 'json'));
  }
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  files.set('README.md', await formatted(withSections(readme, await readmeSections(root)), 'markdown'));
  files.set('docs/errors.md', await formatted(errorsPage(), 'markdown'));
  const script = await composeUploadScript();
  const scriptFile = 'plugin/src/bundle-format/upload-script/seq-upload.sh';
  files.set(scriptFile, script);
  const sha256 = createHash('sha256').update(script).digest('hex');
  files.set(`${scriptFile}.sha256`, `${sha256}  seq-upload.sh\n`);
  return files;
}

const chapters: Readonly<Record<string, string>> = {
  '01': 'Settings and imageset configuration',
  '02': 'The chain',
  '03': 'Archives',
  '04': 'Engines',
  '05': 'Registries',
  '06': 'Transfers and sites',
  '07': 'The machine',
};

function errorsPage(): string {
  const codes = Object.entries(errorCodes).sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = Object.entries(chapters).map(([digits, title]) => {
    const rows = codes.filter(([code]) => code.startsWith(`SEQ${digits}`)).map(([code, meaning]) => [code, meaning]);
    return `## ${title}\n\n${markdownTable(['Code', 'What it says'], rows)}`;
  });
  return [
    '# Error codes',
    'Made by `npm run docs` from `plugin/src/system/error-codes.ts`. A message itself says what happened, why, and what to do; ' +
      'its code is for searching and for scripts, and never comes to mean something else.',
    ...parts,
    '',
  ].join('\n\n');
}
