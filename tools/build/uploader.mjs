/**
 * `nx build seqmirror`, its last step: makes one file of the far side's program and of all packages that it needs, for
 * Node 20.3 and later. The same sources and packages make the same bytes; not minified, so that a far side can read what
 * it is to run. Beside it its sha256, as `sha256sum` writes it, and the bills of materials: its own, and the package's.
 */
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { build } from 'esbuild';
import { manifestIn, packagesIn, root } from './packages.mjs';
import { writePackageSbom, writeProgramSbom } from './sbom.mjs';

const plugin = join(root, 'plugin');
const file = 'seqmirror-upload.js';
const target = join(plugin, 'dist/uploader', file);

const own = await manifestIn('plugin');

/** There is no package.json beside the one file. */
const versionOf = {
  name: 'package-version',
  setup({ onLoad }) {
    onLoad({ filter: /system\/package-version\.ts$/ }, () => ({
      contents: `export const seqmirrorVersion = () => ${JSON.stringify(own.version)};\n`,
      loader: 'js',
    }));
  },
};

const { outputFiles, metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['plugin/src/uploader/main.ts'],
  bundle: true,
  platform: 'node',
  target: 'node20.3',
  format: 'cjs',
  // Its own settings serve the compiler; a library of helpers is not needed here.
  tsconfigRaw: { compilerOptions: { target: 'es2022' } },
  charset: 'utf8',
  legalComments: 'none',
  metafile: true,
  write: false,
  outfile: 'seqmirror-upload.js',
  plugins: [versionOf],
  logLevel: 'warning',
});

const folders = packagesIn(metafile);
const packages = await Promise.all(folders.map(licenceOf));
const head = `#!/usr/bin/env node
// seqmirror-upload.js ${own.version}: uploads a transfer bundle of seqmirror to a registry; --help says how.
// ${own.license}. It has these packages in it, whose licences stand at its end:
${packages.map(({ title }) => `//   ${title}\n`).join('')}'use strict';
if (typeof AbortSignal === 'undefined' || typeof AbortSignal.any !== 'function') {
  process.stderr.write('seqmirror-upload.js needs Node 20.3 or later; this is ' + process.version + '\\n');
  process.exit(6);
}
`;
const licences = [...packages, { title: `seqmirror ${own.version} (${own.license})`, text: await licenceText(root) }]
  .map(({ title, text }) => `${title}\n\n${text.trim()}\n`)
  .join(`\n${'-'.repeat(78)}\n\n`);
const text = `${head}${outputFiles[0].text.replace(/^"use strict";\n/, '')}/*\n${licences.replaceAll('*/', '* /')}*/\n`;
const sha256 = createHash('sha256').update(text).digest('hex');
await mkdir(dirname(target), { recursive: true });
// Bundles may be hard links to the one before.
await rm(target, { force: true });
await writeFile(target, text, { mode: 0o755 });
await writeFile(`${target}.sha256`, `${sha256}  ${file}\n`);
await writeProgramSbom(target.replace(/\.js$/, '.cdx.json'), { name: file, sha256 }, folders);
await writePackageSbom(join(plugin, 'dist/seqmirror.cdx.json'));
console.log(`${relative(root, target)}  ${Buffer.byteLength(text)} bytes\nsha256 ${sha256}`);

async function licenceOf(folder) {
  const { name, version, license } = await manifestIn(folder);
  return { title: `${name} ${version} (${license})`, text: await licenceText(join(root, folder)) };
}

async function licenceText(folder) {
  const name = (await readdir(folder)).sort().find((each) => /^licen[cs]e(\.md|\.txt)?$/i.test(each));
  if (name === undefined) throw new Error(`${relative(root, folder)} has no licence file, and its code is in ${file}`);
  return readFile(join(folder, name), 'utf8');
}
