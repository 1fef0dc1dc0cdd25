/** The npm packages that a part of seqmirror consists of, as they are installed here. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

export async function manifestIn(folder) {
  return JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'));
}

/** Folders, relative to the root, of all packages that one depends on at run time, however far. Without Nx, its peer. */
export async function dependenciesOf(folder) {
  const found = new Map();
  const visit = async (at) => {
    const names = Object.keys((await manifestIn(at)).dependencies ?? {});
    const folders = names.map((name) => folderOf(name, at)).sort();
    if (found.has(at)) return;
    found.set(at, folders);
    for (const each of folders) await visit(each);
  };
  await visit(folder);
  return found;
}

/** Where Node finds a package that another one names: in its node_modules, or in one further up. */
function folderOf(name, from) {
  for (let at = join(root, from); at.startsWith(root); at = dirname(at)) {
    const folder = join(at, 'node_modules', name);
    if (existsSync(join(folder, 'package.json'))) return relative(root, folder);
  }
  throw new Error(`${from} depends on ${name}, which is not installed: run npm ci`);
}

/** Folders of packages of which anything is in what esbuild made. */
export function packagesIn({ outputs }) {
  const inputs = Object.values(outputs).flatMap(({ inputs: parts }) =>
    Object.entries(parts)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([path]) => path),
  );
  const folders = inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []);
  return [...new Set(folders)].sort();
}
