/**
 * `nx build seqmirror`, its first step: makes plugin/dist out of plugin/src, file by file, by the compiler that Jest uses for
 * specs. What is no TypeScript is copied as it is. Types are checked by `npm run typecheck` and declared by tsc.
 */
import { copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformFile } from '@swc/core';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const source = join(root, 'plugin/src');
const target = join(root, 'plugin/dist');

const settings = {
  swcrc: false,
  module: { type: 'commonjs', ignoreDynamic: true, exportInteropAnnotation: true },
  jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
};

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
  const { code } = await transformFile(join(source, file), settings);
  await writeFile(join(target, file.replace(/\.ts$/, '.js')), code);
}
