/**
 * plugin/src as JavaScript for Nx in this repository, where a command loads code in several processes: compiled once after
 * each change, in plugin/.compiled/<state>, where <state> stands for what the files are now. So what runs is never older
 * than the source, and a command that is still running keeps what it began with.
 */
const { execFileSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const { existsSync, readdirSync, renameSync, rmSync, statSync } = require('node:fs');
const { join } = require('node:path');

const compiler = join(__dirname, 'compile.mjs');
const plugin = join(__dirname, '../../plugin');
const source = join(plugin, 'src');
const states = join(plugin, '.compiled');

/** How many states are kept, for commands that are still running. */
const kept = 8;

/** A module of plugin/src, as it is now. @param name its path from there, without `.ts` */
exports.compiled = (name) => require(join(compiledFolder(), name));

/** The folder that has all of plugin/src compiled. */
function compiledFolder() {
  for (;;) {
    const folder = join(states, stateOfSource());
    if (existsSync(folder)) return folder;
    const making = `${folder}-${process.pid}`;
    execFileSync(process.execPath, [compiler, making], { stdio: ['ignore', 'ignore', 'inherit'] });
    try {
      renameSync(making, folder);
    } catch (error) {
      // Another command began at the same time, and was faster.
      if (!existsSync(folder)) throw error;
      rmSync(making, { recursive: true });
    }
    removeOldStates();
  }
}

/** Changes with every file that is compiled or copied, and with the compiler. */
function stateOfSource() {
  const hash = createHash('sha256');
  const files = readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.(spec|fixture)\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  for (const file of [...files, compiler, join(__dirname, '../../package-lock.json')]) {
    const { size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
    hash.update(`${file}\n${size} ${mtimeNs} ${ctimeNs}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}

function removeOldStates() {
  const byAge = readdirSync(states)
    .map((name) => ({ name, made: statSync(join(states, name)).mtimeMs }))
    .sort((a, b) => b.made - a.made);
  for (const { name } of byAge.slice(kept)) rmSync(join(states, name), { recursive: true, force: true });
}
