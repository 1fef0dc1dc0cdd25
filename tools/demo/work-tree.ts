/** What the demo makes in the work tree is gone when it ends, however it ends. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { mustHold } from './failed';

export interface WorkTree {
  /** What the demo makes there is removed, and Git sees no change. */
  restore(): Promise<void>;
}

/** @throws DemoFailed when the mirror has sequences already: they would be somebody's */
export async function workTree(root: string, mirror: string): Promise<WorkTree> {
  const content = join(mirror, 'content');
  mustHold(
    !existsSync(content),
    `${relative(root, content)} is there already, and the demo makes its own. Move it away, or remove it if a demo left it`,
  );
  const before = await gitStatus(root);
  return {
    restore: async () => {
      for (const made of ['content', 'sites']) await rm(join(mirror, made), { recursive: true, force: true });
      mustHold((await gitStatus(root)) === before, 'the work tree is not as it was: see git status');
    },
  };
}

/** Constant where there is no Git, as in an unpacked download. */
async function gitStatus(root: string): Promise<string> {
  if (!existsSync(join(root, '.git'))) return '';
  const { stdout } = await promisify(execFile)('git', ['status', '--porcelain'], { cwd: root });
  return stdout;
}
