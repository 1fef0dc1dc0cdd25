import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { composeUploadScript } from '../../plugin/src/bundle-format/upload-script/upload-script';
import { errorsPage } from './errors-page';
import { executorFiles } from './executor-files';
import { formatted } from './formatted';
import { publishedJsonSchemas } from './json-schemas';
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
  files.set('docs/errors.md', await formatted(await errorsPage(root), 'markdown'));
  const script = await composeUploadScript();
  const scriptFile = 'plugin/src/bundle-format/upload-script/seq-upload.sh';
  files.set(scriptFile, script);
  const sha256 = createHash('sha256').update(script).digest('hex');
  files.set(`${scriptFile}.sha256`, `${sha256}  seq-upload.sh\n`);
  return files;
}
