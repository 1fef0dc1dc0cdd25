/** Go, where it is there: oc-mirror is written in it, so its reading decides. */
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';

export const hasGo = spawnSync('go', ['version']).status === 0;

/** Compiles a program of one file, without modules and without the network; returns its path. */
export function compileGo(source: string, folder: string): string {
  const program = join(folder, source.replace('.go', ''));
  execFileSync('go', ['build', '-o', program, join(__dirname, source)], {
    env: { ...process.env, GO111MODULE: 'off', GOFLAGS: '', GOPROXY: 'off' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return program;
}
