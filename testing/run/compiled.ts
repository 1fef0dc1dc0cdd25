/** Our TypeScript as JavaScript: a process that compiles while it loads takes twice as long to start. */
import { cp, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { onceARun } from './once-a-run';

const repository = join(__dirname, '../..');
const rooms = ['plugin/src', 'testing', 'faults'];

/**
 * A module of ours that Node can run as it is. All of them are compiled once a run.
 *
 * @param path from the repository's top, as `faults/hostile/reader-process.ts`
 */
export async function compiled(path: string): Promise<string> {
  const folder = await onceARun('compiled', async (making) => {
    const files = (await Promise.all(rooms.map(filesIn))).flat();
    const isModule = (file: string) => file.endsWith('.ts');
    await build({
      entryPoints: files.filter(isModule).map((file) => join(repository, file)),
      ...{ outdir: making, outbase: repository },
      ...{ platform: 'node', format: 'cjs', target: 'node20', sourcemap: 'inline', logLevel: 'warning' },
    });
    for (const file of ['plugin/package.json', ...files.filter((each) => !isModule(each))])
      await cp(join(repository, file), join(making, file));
    await symlink(join(repository, 'node_modules'), join(making, 'node_modules'));
  });
  return join(folder, path.replace(/\.ts$/, '.js'));
}

/** All but specs, by their paths from the repository's top. */
async function filesIn(room: string): Promise<string[]> {
  const entries = await readdir(join(repository, room), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.spec.ts'))
    .map((entry) => join(entry.parentPath, entry.name).slice(repository.length + 1));
}
