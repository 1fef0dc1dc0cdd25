/**
 * Suites that need other programs: they run if these are installed, and are otherwise skipped with the programs in
 * their title.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * The real oc-mirror is the one that `SEQMIRROR_OC_MIRROR` names, never one that happens to be on PATH; helm the one that
 * `SEQMIRROR_HELM` names, and chromium the one that `CHROMIUM` names, else the one on PATH.
 */
export type Program =
  | 'curl'
  | 'busybox'
  | 'chromium'
  | 'dash'
  | 'docker-registry'
  | 'fish'
  | 'genisoimage'
  | 'go'
  | 'gpg'
  | 'gpgv'
  | 'helm'
  | 'kubectl'
  | 'mcopy'
  | 'mke2fs'
  | 'mkfs.vfat'
  | 'moto_server'
  | 'oc-mirror'
  | 'openssl'
  | 'shellcheck'
  | 'skopeo'
  | 'ssh-keygen'
  | 'unshare'
  | 'versitygw'
  | 'xorriso';

/** Where the program is, or `undefined`. */
export function programPath(program: Program, env: NodeJS.ProcessEnv = process.env): string | undefined {
  if (program === 'oc-mirror') return [env['SEQMIRROR_OC_MIRROR']].find(isProgram);
  if (program === 'helm' && isProgram(env['SEQMIRROR_HELM'])) return env['SEQMIRROR_HELM'];
  if (program === 'chromium' && isProgram(env['CHROMIUM'])) return env['CHROMIUM'];
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const path = folders.map((folder) => join(folder, program)).find(isProgram);
  return program === 'kubectl' && path !== undefined && !knowsFolders(path) ? undefined : path;
}

/** Whether the kustomize in a kubectl reads folders as resources: since 1.21. Debian 12 has 1.20. */
function knowsFolders(kubectl: string): boolean {
  const { stdout } = spawnSync(kubectl, ['version', '--client', '--output=json'], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  const [, minor] = /"gitVersion": "v1\.(\d+)/.exec(stdout ?? '') ?? [];
  return Number(minor) >= 21;
}

export function hasProgram(program: Program, env: NodeJS.ProcessEnv = process.env): boolean {
  return programPath(program, env) !== undefined;
}

/** `describe`, or a skipped suite whose title says what is missing: `… [skipped: needs docker-registry, skopeo]`. */
export function describeWith(programs: readonly Program[], name: string, suite: () => void): void {
  const missing = programs.filter((program) => !hasProgram(program));
  if (missing.length === 0) describe(name, suite);
  else describe.skip(`${name} [skipped: needs ${missing.join(', ')}]`, suite);
}

function isProgram(path: string | undefined): boolean {
  if (path === undefined || path === '') return false;
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
