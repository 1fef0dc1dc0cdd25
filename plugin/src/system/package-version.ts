import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** This package's folder, which has its package.json: the nearest one, from `src/` as from where it is compiled. */
export function packageFolder(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

export function seqmirrorVersion(): string {
  const text = readFileSync(join(packageFolder(), 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
