/**
 * `nx build seqmirror`, beside its other steps: puts the licence and the changelog into the package's folder, from which npm
 * packs them. Git keeps those at the top of the repository, whose links lead to its pages; in the package they lead to
 * the web.
 */
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { manifestIn, root } from './packages.mjs';

const plugin = join(root, 'plugin');
const { homepage } = await manifestIn('plugin');
const pages = `${homepage.replace(/#.*$/, '')}/blob/main/`;

await copyFile(join(root, 'LICENSE'), join(plugin, 'LICENSE'));
const changelog = await readFile(join(root, 'CHANGELOG.md'), 'utf8');
await writeFile(join(plugin, 'CHANGELOG.md'), changelog.replace(/\]\((?!https?:|#)/g, `](${pages}`));
