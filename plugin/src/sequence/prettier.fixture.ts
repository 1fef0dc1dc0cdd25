import * as yamlPlugin from 'prettier/plugins/yaml';
import { format } from 'prettier/standalone';

/** YAML as prettier formats it, with its defaults and with the settings that people change most. */
export async function prettierFormats(text: string): Promise<string[]> {
  const settings = [{}, { singleQuote: true }, { singleQuote: true, printWidth: 120 }, { printWidth: 60 }];
  return Promise.all(settings.map((options) => format(text, { parser: 'yaml', plugins: [yamlPlugin], ...options })));
}
