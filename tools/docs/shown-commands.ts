/** Whether a command that a page shows exists, with the options that it is shown with. Nothing is run. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseCommandLine } from '../../plugin/src/cli/command-line';
import { commands } from '../../plugin/src/commands/commands';
import { commandOptions } from '../../plugin/src/commands/options';
import type { ExampleProject, ProjectKind } from './example-projects';
import { exampleProjects } from './example-projects';

/** What is wrong with a command, or undefined. A command that is neither ours nor known is a problem too. */
export type CommandJudge = (command: string) => string | undefined;

/** Programs of others, whose options are theirs to know. */
const others = [
  'cd',
  'chmod',
  'cp',
  'export',
  'git',
  'mkdir',
  'oc',
  'oc-mirror',
  'podman',
  'printf',
  'sha256sum',
  'ssh-keygen',
  '$EDITOR',
];
const sequenceNumber = /^seq(?:\d+|N|<\w+>)$/;
/** Nx takes these itself, for every target and generator. */
const ofNx = ['help', 'dryRun', 'verbose', 'configuration'];
const commandsOfNx = ['graph', 'run-many', 'affected', 'show', 'add', 'list', 'migrate'];
const npmCommands = ['ci', 'i', 'init', 'pack'];

/** @param root of the repository */
export function commandJudge(root: string): CommandJudge {
  const projects = exampleProjects();
  const scripts = scriptsOf(root);
  const generators = generatorsOf(root);
  const uploadHelp = readFileSync(join(root, 'plugin/src/bundle-format/upload-script/seq-upload.sh'), 'utf8');
  return (command) => {
    const [alone = ''] = command.split(' | ');
    const [program = '', ...words] = alone.replace(/^npx /, '').split(/\s+/);
    if (program === 'npm') return judgeNpm(words, scripts);
    if (program.endsWith('seq-upload.sh')) return judgeUpload(words, uploadHelp);
    if (program === 'seqmirror') return judgeProgram(words);
    if (program === 'nx') return judgeNx(words, { projects, generators });
    return others.includes(program) ? undefined : `${program} is no program that the pages may show`;
  };
}

/** By the program's own reading of its command line. */
function judgeProgram(words: readonly string[]): string | undefined {
  try {
    parseCommandLine(words);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

interface Known {
  readonly projects: readonly ExampleProject[];
  readonly generators: ReadonlyMap<string, ReadonlySet<string>>;
}

function judgeNx([verb = '', subject = '', ...words]: string[], { projects, generators }: Known): string | undefined {
  if (verb === 'g') {
    const options = generators.get(subject);
    if (options === undefined) return `${subject} is no generator`;
    return firstUnknown(words, (name) => options.has(name));
  }
  if (verb === 'run') return judgeTarget(subject, words, projects);
  return commandsOfNx.includes(verb) ? undefined : `nx ${verb} is unknown`;
}

/** `mirror:seq2`, `mirror-seq3:bundle`, `mirror-site-bravo:upload`, `mirror:seq2:dry-run` */
function judgeTarget(
  subject: string,
  words: readonly string[],
  projects: readonly ExampleProject[],
): string | undefined {
  const [name = '', typed = '', configuration] = subject.split(':');
  const kinds = kindsOf(name);
  const target = sequenceNumber.test(typed) ? 'seq2' : typed;
  const found = projects.filter(({ kind }) => kinds.includes(kind)).flatMap(({ targets }) => targets[target] ?? []);
  if (found.length === 0) return `${kinds.join(' or ')}: there is no target ${typed}`;
  if (configuration !== undefined && !found.some(({ configurations = {} }) => configuration in configurations))
    return `${target} has no configuration ${configuration}`;
  const command = target in commands ? (target as keyof typeof commandOptions) : 'mirror';
  const { shape } = commandOptions[command]();
  const unknown = firstUnknown(words, (option) => option in shape);
  if (unknown !== undefined) return unknown;
  const checked = commandOptions[command]().partial().safeParse(valuesOf(words));
  return checked.success ? undefined : checked.error.issues.map(({ message }) => message).join('; ');
}

/** `mirror-seq3`, `<mirror>-seq<number>`; a bare `<project>` may be of any kind. */
function kindsOf(project: string): readonly ProjectKind[] {
  if (/^<\w+>$/.test(project) && project !== '<mirror>') return ['mirror', 'sequence', 'site'];
  if (/-site-[\w<>]+$/.test(project)) return ['site'];
  return /-seq(?:\d+|N|<\w+>)$/.test(project) ? ['sequence'] : ['mirror'];
}

/** What is typed for options that take one value; lists and placeholders are left out. */
function valuesOf(words: readonly string[]): Record<string, string | number | boolean> {
  const values = optionsIn(words)
    .filter(([name, value]) => !['from', 'site', ...ofNx].includes(name) && !/[<…]/.test(value ?? ''))
    .map(([name, value]) => [name, ['volume', 'keep'].includes(name) ? Number(value) : (value ?? true)] as const);
  return Object.fromEntries(values);
}

function judgeNpm([verb = '', script = '']: string[], scripts: ReadonlySet<string>): string | undefined {
  if (verb === 'test') return scripts.has('test') ? undefined : 'there is no npm test';
  if (verb === 'run') return scripts.has(script) ? undefined : `package.json has no script ${script}`;
  return npmCommands.includes(verb) ? undefined : `npm ${verb} is unknown`;
}

function judgeUpload(words: readonly string[], help: string): string | undefined {
  const [unknown] = words.filter((word) => word.startsWith('--') && !help.includes(`    ${word.split('=')[0]}`));
  return unknown === undefined ? undefined : `seq-upload.sh has no option ${unknown}`;
}

function firstUnknown(words: readonly string[], isKnown: (name: string) => boolean): string | undefined {
  const [unknown] = optionsIn(words).filter(([name]) => !isKnown(name) && !ofNx.includes(name));
  return unknown === undefined ? undefined : `there is no option --${unknown[0]}`;
}

/** `--dry-run` and `--dryRun` are one option to Nx. */
function optionsIn(words: readonly string[]): [name: string, value: string | undefined][] {
  return words
    .filter((word) => word.startsWith('--'))
    .map((word) => {
      const [name = '', ...value] = word.slice(2).split('=');
      const camel = name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
      return [camel, value.length === 0 ? undefined : value.join('=')];
    });
}

function scriptsOf(root: string): Set<string> {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object };
  return new Set(Object.keys(scripts));
}

function generatorsOf(root: string): Map<string, Set<string>> {
  const read = (path: string): unknown => JSON.parse(readFileSync(join(root, 'plugin', path), 'utf8'));
  const { generators } = read('generators.json') as { generators: Record<string, { schema: string }> };
  return new Map(
    Object.entries(generators).map(([name, { schema }]) => {
      const { properties } = read(schema.replace('./dist/', 'src/')) as { properties: object };
      return [`seqmirror:${name}`, new Set(Object.keys(properties))];
    }),
  );
}
