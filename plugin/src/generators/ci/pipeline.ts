/** What a pipeline must know about its mirror and its workspace. Everything else in a pipeline is the same for all mirrors. */
export interface Pipeline {
  /** The mirror's name, which is also in the names of files, jobs and branches. */
  readonly mirror: string;
  /** The mirror's folder, relative to the top of the workspace; `.` for the workspace itself. */
  readonly folder: string;
  /** The task of Nx that mirrors all planned sequences: `mirror:latest`. */
  readonly task: string;
  readonly branch: string;
  /** The label or tag of the runner that has the data directory. */
  readonly runner: string;
  /** A cron expression in UTC. */
  readonly schedule: string | undefined;
  readonly dataDir: string | undefined;
  /** Installs the packages of the lock file. */
  readonly install: string;
}

/** A pipeline file that the generator writes. */
export interface PipelineFile {
  /** Relative to the top of the workspace. */
  readonly path: string;
  readonly text: string;
}

/** How a file begins, so that a person knows where it is from, and how to make it again. */
export function heading({ mirror }: Pipeline, provider: string): string {
  return `# Made by: nx g seqmirror:ci --provider=${provider} --mirror=${mirror}
# You can change this file. docs/ci.md of seqmirror says what the jobs do, and how to set up the repository and the runner.`;
}

/** Variables for Nx, by name: no daemon and no cache of another run, and no variable from a file of the repository. */
export const environmentOfNx = {
  NX_DAEMON: 'false',
  NX_LOAD_DOT_ENV_FILES: 'false',
  NX_NO_CLOUD: 'true',
  NX_SKIP_NX_CACHE: 'true',
  NX_TUI: 'false',
} as const;

/** The branch for records that the job may not push to the default branch. It has one name, so that the next run finds it. */
export function recordsBranch({ mirror }: Pipeline): string {
  return `seqmirror/${mirror}-records`;
}

/** The files whose change starts the pipeline, as a pattern of the CI system. */
export function changedFiles({ folder }: Pipeline, pattern: string): string {
  return folder === '.' ? pattern : `${folder}/${pattern}`;
}

/** Variables as lines of YAML. JSON's strings are YAML's too. */
export function variables(values: Readonly<Record<string, string | undefined>>, indent: number): string {
  return Object.entries(values)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${' '.repeat(indent)}${name}: ${quoted(value)}`]))
    .join('\n');
}

/** A string of YAML in single quotes, in which no character is special. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A shell script as a block of YAML: the text behind `run: ` or `- `. */
export function block(script: string, indent: number): string {
  const lines = script.trim().split('\n');
  return ['|', ...lines.map((line) => (line === '' ? '' : `${' '.repeat(indent)}${line}`))].join('\n');
}
