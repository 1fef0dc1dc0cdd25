import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { composeUploadScript } from '../../plugin/src/bundle-format/upload-script/upload-script';
import { errorWords } from './error-words';
import { benchFiles } from './bench-page';
import { errorsPage } from './errors-page';
import { executorFiles } from './executor-files';
import { formatted } from './formatted';
import { grafanaDashboard } from './grafana-dashboard';
import { publishedJsonSchemas } from './json-schemas';
import { farSideSections, farSideTroubleSections, referenceSections } from './reference-sections';
import { roundPicture } from './round-picture';
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
  const pages = {
    'docs/reference.md': await referenceSections(root),
    'docs/far-side.md': await farSideSections(),
    'docs/far-side-trouble.md': await farSideTroubleSections(),
  };
  for (const [path, sections] of Object.entries(pages)) {
    const page = await readFile(join(root, path), 'utf8');
    files.set(path, await formatted(withSections(page, sections), 'markdown'));
  }
  files.set('docs/round.svg', roundPicture());
  const bench = await benchFiles(root);
  files.set('docs/bench.md', await formatted(bench.page, 'markdown'));
  files.set('docs/bench.svg', bench.chart);
  files.set('docs/grafana-dashboard.json', await formatted(JSON.stringify(grafanaDashboard()), 'json'));
  const words = await errorWords(join(root, 'plugin/src'));
  files.set('docs/errors.md', await formatted(errorsPage(words), 'markdown'));
  const texts = JSON.stringify(Object.fromEntries([...words].sort(([a], [b]) => (a < b ? -1 : 1))));
  files.set('plugin/src/system/error-texts.json', await formatted(texts, 'json'));
  const script = await composeUploadScript();
  const scriptFile = 'plugin/src/bundle-format/upload-script/seq-upload.sh';
  files.set(scriptFile, script);
  const sha256 = createHash('sha256').update(script).digest('hex');
  files.set(`${scriptFile}.sha256`, `${sha256}  seq-upload.sh\n`);
  return files;
}
