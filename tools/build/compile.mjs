/**
 * `nx build seqmirror`, its first step: makes plugin/dist out of plugin/src, file by file, by the compiler that Jest uses for
 * specs. What is no TypeScript is copied as it is. Types are checked by `npm run typecheck` and declared by tsc. With a folder
 * as its argument it makes that instead: see compiled.cjs.
 *
 * A module is loaded when something of it is first used, not when it is imported: Nx starts a process for the graph and for
 * each task, and all of seqmirror with its packages takes half a second to load, of which a task needs a fifth.
 */
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const source = join(root, 'plugin/src');
const target = resolve(process.argv[2] ?? join(root, 'plugin/dist'));

const settings = (filename, text) => ({
  filename,
  swcrc: false,
  module: { type: 'commonjs', ignoreDynamic: true, exportInteropAnnotation: true, lazy: modulesIn(text) },
  jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
});

/** The names of modules as a file imports them; what only looks like one does no harm. */
const modulesIn = (text) => [...new Set([...text.matchAll(/ from '([^']+)';$/gm)].map(([, name]) => name))];

const isTest = (name) => /\.(spec|fixture)\.ts$/.test(name);

const files = (await readdir(source, { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile() && !isTest(entry.name))
  .map((entry) => relative(source, join(entry.parentPath, entry.name)));

// Bundles may be hard links to files that were there.
await rm(target, { recursive: true, force: true });
for (const folder of new Set(files.map(dirname))) await mkdir(join(target, folder), { recursive: true });
await Promise.all(
  files.map((file) => (file.endsWith('.ts') ? compile(file) : copyFile(join(source, file), join(target, file)))),
);
console.log(`${relative(root, target)}  ${files.length} files`);

async function compile(file) {
  const text = await readFile(join(source, file), 'utf8');
  const { code } = await transform(text, settings(join(source, file), text));
  await writeFile(join(target, file.replace(/\.ts$/, '.js')), code);
}
