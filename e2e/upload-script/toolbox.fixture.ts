/** Machines on the far side: a shell, the programs it comes with, and nothing else in PATH. */
import { execFileSync } from 'node:child_process';
import { access, chmod, mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Program } from '../../testing/lab/requirements';

export type Shell = 'dash' | 'busybox sh' | 'bash';

export const shells: readonly { readonly shell: Shell; readonly needs: readonly Program[] }[] = [
  { shell: 'dash', needs: [] },
  { shell: 'busybox sh', needs: ['busybox'] },
  { shell: 'bash', needs: [] },
];

// What seq-upload.sh uses, of coreutils, grep, sed and awk.
const programs = 'awk cat chmod cp cut date dd df grep ln ls mkdir mkfifo mv od rm sed sha256sum sort tee tr wc'.split(
  ' ',
);

/** How the shell is started, and the one folder of its PATH. With busybox every program is busybox's own. */
export async function machineWith(shell: Shell, folder: string): Promise<{ command: string[]; path: string }> {
  const path = join(folder, 'bin');
  await mkdir(path, { recursive: true });
  const isBusybox = shell === 'busybox sh';
  for (const name of isBusybox ? ofBusybox() : programs)
    await symlink(isBusybox ? where('busybox') : where(name), join(path, name));
  return { command: isBusybox ? [where('busybox'), 'sh'] : [where(shell)], path };
}

const ofBusybox = (() => {
  let names: readonly string[] | undefined;
  return () => (names ??= execFileSync('busybox', ['--list'], { encoding: 'utf8' }).trim().split('\n'));
})();

const found = new Map<string, string>();

/** An installed program's absolute path. Each machine has all of them, so a shell is asked for each once only. */
export function where(program: string): string {
  const known = found.get(program);
  if (known !== undefined) return known;
  const path = execFileSync('sh', ['-c', 'command -v -- "$1"', 'sh', program], { encoding: 'utf8' }).trim();
  found.set(program, path);
  return path;
}

export interface FakeOcMirror {
  /** The runs, first to last: arguments, environment, the folder it ran in and what was there. */
  runs(): Promise<Run[]>;
  /** How the next runs end: their exit code, after a line of output. */
  ends(code: number, line?: string): Promise<void>;
}

export interface Run {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
}

/**
 * A program named oc-mirror that writes down how it was started, and leaves cluster resources as oc-mirror does.
 * It is Node's, by an absolute path: the machine that it is on need not have any. A shell says its version, in a tenth of
 * the time.
 */
export async function fakeOcMirror(folder: string, path: string): Promise<FakeOcMirror> {
  const records = join(folder, 'records');
  await mkdir(records, { recursive: true });
  await chmod(records, 0o777);
  const answer = join(folder, 'answer.json');
  await writeFile(answer, JSON.stringify({ code: 0, line: 'Success' }));
  const recorder = join(folder, 'oc-mirror.cjs');
  const version = JSON.stringify({ clientVersion: { gitVersion: 'v4.19.0-202507292137.p0' } }, null, 2);
  const program = `#!/bin/sh
if [ "$1" = version ]; then
  echo '${version}'
else
  exec '${process.execPath}' '${recorder}' "$@"
fi
`;
  const recording = `const fs = require('node:fs');
const args = process.argv.slice(2);
const read = (name) => (fs.statSync(name).isFile() ? fs.readFileSync(name, 'utf8') : '/');
const files = Object.fromEntries(fs.readdirSync('.').filter((name) => name !== 'output').map((name) => [name, read(name)]));
const records = ${JSON.stringify(records)};
fs.writeFileSync(records + '/' + fs.readdirSync(records).length, JSON.stringify({ args, env: process.env, files }));
const { code, line } = JSON.parse(fs.readFileSync(${JSON.stringify(answer)}, 'utf8'));
if (code === 0) {
  fs.mkdirSync('working-dir/cluster-resources', { recursive: true });
  for (const name of ['itms-oc-mirror', 'idms-oc-mirror', 'cs-redhat-operator-index-v4-99', 'signature-configmap'])
    fs.writeFileSync('working-dir/cluster-resources/' + name + '.yaml', 'kind: ' + name + '\\n');
}
console.log('\\x1b[1;94m [INFO] \\x1b[0m  : ' + line);
process.exitCode = code;
`;
  await writeFile(recorder, recording);
  await writeFile(join(path, 'oc-mirror'), program, { mode: 0o755 });
  return {
    runs: async () => {
      const names = (await readdir(records)).sort((a, b) => Number(a) - Number(b));
      return Promise.all(names.map(async (name) => JSON.parse(await readFile(join(records, name), 'utf8')) as Run));
    },
    ends: (code, line = 'the end') => writeFile(answer, JSON.stringify({ code, line })),
  };
}

export function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
