/**
 * `nx build seqmirror`, one of its steps: makes one file of the registries of `nx g seqmirror:demo`, which are those of the
 * lab. The package gets no other part of `testing/`. npm installs `tar`, which stays outside, with the package.
 */
import { dirname, join, relative } from 'node:path';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { packagesIn, root } from './packages.mjs';

const target = join(root, 'plugin/dist/demo/registries.js');

const { outputFiles, metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['testing/lab/demo.ts'],
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'cjs',
  external: ['tar'],
  tsconfigRaw: { compilerOptions: { target: 'es2022' } },
  charset: 'utf8',
  legalComments: 'none',
  banner: { js: '#!/usr/bin/env node' },
  metafile: true,
  write: false,
  outfile: 'registries.js',
  logLevel: 'warning',
});
const enclosed = packagesIn(metafile);
if (enclosed.length > 0) throw new Error(`the demo encloses ${enclosed.join(', ')}, which no bill of materials names`);

await mkdir(dirname(target), { recursive: true });
await rm(target, { force: true });
await writeFile(target, outputFiles[0].text, { mode: 0o755 });
console.log(`${relative(root, target)}  ${outputFiles[0].contents.length} bytes`);
