import * as babel from 'prettier/plugins/babel';
import * as estree from 'prettier/plugins/estree';
import * as markdown from 'prettier/plugins/markdown';
import * as typescript from 'prettier/plugins/typescript';
import * as yaml from 'prettier/plugins/yaml';
import { format } from 'prettier/standalone';
import settings from '../../.prettierrc.json';

/** The text as `prettier --write` leaves it in this repository. */
export async function formatted(text: string, parser: 'json' | 'markdown'): Promise<string> {
  return format(text, { ...settings, parser, plugins: [babel, estree, markdown, typescript, yaml] });
}
