/**
 * The environment as whoever runs the job set it. Nx puts into it what `.env` files of the workspace say, before it starts a
 * task: those of its top and of the project's folder, with the names of target and configuration too. They can even take
 * away what was set outside: what a root file says in the same words, Nx unsets (Nx 22 to 24, tasks-runner/task-env.ts). So
 * a variable that such a file names is not the environment's word: whoever opens a pull request writes these files.
 */
import { join, relative } from 'node:path';
import { isFile, namesIn } from './files';
import { isCI } from './repository-commands';
import { environmentFileByName, environmentOfWorkspace } from './system-errors';
import { readNamedText } from './text-file';

/** What gives a permission, or says whose signatures count: never by a file of the workspace, in CI or not. */
export const permissions = [
  'SEQMIRROR_ALLOW_COMMANDS',
  'SEQMIRROR_ALLOWED_SIGNERS',
  'SEQMIRROR_SHARED_DATA_DIR',
  'OCP_SIGNATURE_VERIFICATION_PK',
  // With it, dotenv reads the encrypted `.env.vault` instead.
  'DOTENV_KEY',
] as const;

/** Beginnings of what else decides what runs, who is asked, and who is believed: never so in CI. A `$` ends a name. */
export const decisive = [
  ...['CI$', 'PATH$', 'HOME$', 'XDG_', 'SEQMIRROR_', 'OCP_', 'UPDATE_URL_OVERRIDE$'],
  ...['HTTP_PROXY$', 'HTTPS_PROXY$', 'ALL_PROXY$', 'NO_PROXY$', 'SSL_', 'NODE_', 'DOTENV_', 'NX_LOAD_DOT_ENV_FILES$'],
  ...['REGISTRY_', 'DOCKER_', 'CONTAINERS_', 'HELM_', 'AWS_', 'LD_', 'DYLD_', 'GODEBUG$', 'SSH_', 'GIT_'],
] as const;

const isDecisive = new RegExp(`^(?:${decisive.join('|')})`, 'i');

export interface EnvironmentPlaces {
  /** The folders whose `.env` files Nx reads: the top of the workspace first, then those of the projects. */
  readonly folders: readonly [string, ...string[]];
  /** The names of target and configuration, which Nx makes names of such files with. */
  readonly names?: readonly string[] | undefined;
}

/**
 * The environment, in CI without what files of the workspace name. Elsewhere they count as they do for every other tool.
 *
 * @throws SEQ0710 for a file that names a permission, or in CI anything decisive; SEQ0702, SEQ0709 for one that can't be read
 */
export async function environmentOutside(
  env: Readonly<NodeJS.ProcessEnv>,
  { folders, names = [] }: EnvironmentPlaces,
): Promise<Readonly<NodeJS.ProcessEnv>> {
  // `.env.<target>` of the target `x/../../planted` is a file of any name.
  const leading = names.find((name) => /[/\\]/.test(name));
  if (leading !== undefined) throw environmentFileByName({ name: leading });
  const named: NamedVariable[] = [];
  const [top] = folders;
  for (const folder of new Set(folders)) named.push(...(await variablesNamedIn(folder, top)));
  const inCI = isCI(env) || named.some(({ name }) => name.toUpperCase() === 'CI');
  const refused =
    named.find(({ name }) => isPermission(name)) ??
    (inCI ? named.find(({ name }) => isDecisive.test(name)) : undefined);
  if (refused !== undefined) throw environmentOfWorkspace(refused);
  if (!inCI) return env;
  const left = new Set(named.map(({ name }) => name).filter((name) => !name.startsWith('NX_')));
  return Object.fromEntries(Object.entries(env).filter(([name]) => !left.has(name)));
}

/** Windows tells no capitals apart in names of variables. */
function isPermission(name: string): boolean {
  return permissions.some((each) => each === name.toUpperCase());
}

interface NamedVariable {
  /** From the top of the workspace. */
  readonly file: string;
  readonly name: string;
}

async function variablesNamedIn(folder: string, top: string): Promise<NamedVariable[]> {
  const found: NamedVariable[] = [];
  for (const file of (await namesIn(folder)).filter(isEnvironmentFile).sort()) {
    const path = join(folder, file);
    // Nx reads what is a link to a file too.
    if (!(await isFile(path))) continue;
    const text = await readNamedText(path);
    found.push(...namesSetIn(text).map((name) => ({ file: relative(top, path), name })));
  }
  return found;
}

/** `.env`, `.env.local`, `.local.env`, `.env.mirror.local`, `.mirror.env`, … */
function isEnvironmentFile(name: string): boolean {
  return /^\.(?:.*\.)?env(?:\..*)?$/i.test(name);
}

/** At least those that dotenv sets (lib/main.js, LINE): a name begins its line, and may have its `=` on a later one. */
function namesSetIn(text: string): string[] {
  return text.split(/[\r\n\u2028\u2029]/).flatMap((line) => {
    const [, name] = /^(?:export\s+)?([\w.-]+)\s*(?:[=:]|$)/.exec(line.trim()) ?? [];
    return name === undefined ? [] : [name];
  });
}
