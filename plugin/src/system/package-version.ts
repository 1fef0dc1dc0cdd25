import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of this package, with its package.json: the nearest one, both from `src/` and from the compiled code. */
export function packageFolder(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

/** The package.json of this package. */
export function packageManifest(): { version: string; peerDependencies: Readonly<Record<string, string>> } {
  return JSON.parse(readFileSync(join(packageFolder(), 'package.json'), 'utf8')) as ReturnType<typeof packageManifest>;
}

export function seqmirrorVersion(): string {
  return packageManifest().version;
}
