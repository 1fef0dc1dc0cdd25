import type { Explanation } from '../system/errors';
import { explain, SeqmirrorError } from '../system/errors';
import { printable } from '../system/printable';
import { withoutPassword } from '../system/without-password';

/** SEQ0160: there is no mirror that a sequence could belong to. */
export const noMirror = explain('SEQ0160', () => ({
  what: 'There is no mirror in this workspace',
  why: 'A sequence belongs to a mirror, which is a folder with a seqmirror.yaml',
  next: 'nx g seqmirror:mirror mirror',
}));

/** SEQ0161: there are several mirrors, or none has the given name. */
export const mirrorUnclear = explain<{
  asked: string | undefined;
  known: readonly string[];
}>('SEQ0161', ({ asked, known }) => ({
  what:
    asked === undefined
      ? 'This workspace has more than one mirror'
      : `This workspace has no mirror ${printable(asked)}`,
  why: `${known.length === 1 ? 'The only mirror of this workspace is' : 'The mirrors of this workspace are'} ${known.map((name) => printable(name)).join(', ')}`,
  next: `Add --mirror=${printable(known[0] as string)}`,
}));

/** SEQ0162: there is no configuration to start the first sequence from. */
export const nothingToStartFrom = explain('SEQ0162', () => ({
  what: 'The first sequence needs an imageset configuration to start from',
  why: 'A later sequence starts with a copy of the previous configuration. The first sequence has no previous sequence',
  next: 'Give the configuration that you use with oc-mirror today: --from=imageset-config.yaml',
}));

/** SEQ0163: the named imageset configuration, or that of the last sequence, is missing. */
export const configUnreadable = explain<string>('SEQ0163', (file) => ({
  what: `${printable(file)} cannot be read, or is empty`,
  why: 'The new sequence starts with a copy of this file',
  next: 'Check the path, which starts from the folder you are in. To read another file, use --from=<file>',
}));

/** SEQ0164: the given base is not a choice, or not a sequence before this one. */
export const baseUnknown = explain<{ base: string; known: readonly number[] }>('SEQ0164', ({ base, known }) => ({
  what: `${printable(base)} cannot be the base of this sequence`,
  why: known.length === 0 ? 'There are no earlier sequences' : `The earlier sequences are ${sequences(known)}`,
  next: 'Write --base=previous, --base=none for a new baseline, or the number of an earlier sequence',
}));

/** SEQ0165: the given name does not make a folder name. */
export const nameUnusable = explain<{ given: string; what: 'sequence' | 'mirror' }>('SEQ0165', ({ given, what }) => ({
  what: `\`${printable(given)}\` is not a valid name for a ${what}`,
  why:
    what === 'sequence'
      ? 'The name becomes part of the name of a folder. A name may contain letters, digits and dashes'
      : 'The name becomes the name of an Nx project. A name begins with a letter or digit, and has at most 63 letters, digits, `.`, `_` and `-`',
  next: what === 'sequence' ? 'Choose a name such as add-logging' : 'Choose a name such as platform',
}));

/** SEQ0165: the given folder is outside the workspace. */
export const folderOutside = explain<string>('SEQ0165', (folder) => ({
  what: `${printable(folder)} is outside this workspace`,
  why: 'A mirror is a project of the workspace, so its folder must be in the workspace',
  next: 'Give a folder in the workspace, such as mirror',
}));

/** SEQ0165: the given folder cannot be an Nx project. */
export const folderImpossible = explain<string>('SEQ0165', (folder) => ({
  what: `A mirror cannot have the folder ${printable(folder)}`,
  why: 'Nx stores projects by the names of their folders, and this name has a special meaning in JavaScript',
  next: 'Choose another folder',
}));

/** SEQ0168: an option of the generator `site` breaks a rule of site.yaml. */
export const siteOptionUnusable = explain<{
  option: string;
  given: string;
  rule: string;
}>('SEQ0168', ({ option, given, rule }) => ({
  what:
    option === 'media'
      ? `Unknown medium \`${printable(given)}\``
      : `--${option} cannot be \`${printable(withoutPassword(given))}\``,
  why: `The value of --${option} must be ${rule}`,
  next:
    option === 'registry'
      ? 'Correct the address of the registry. If Git must not contain the address, leave out the option'
      : 'Write for example --media=bd25',
}));

function sequences(numbers: readonly number[]): string {
  const last = numbers.at(-1) as number;
  return numbers.length > 4 ? `seq${numbers[0]} to seq${last}` : numbers.map((number) => `seq${number}`).join(', ');
}

/** A folder was refused because of an error in it, so the folders after it wait. */
export function folderRefused(facts: {
  name: string;
  reason: Explanation;
  waiting: readonly string[];
}): SeqmirrorError {
  const { name, reason, waiting } = facts;
  const rest = waiting.map((other) => printable(other)).join(', ');
  const outcome =
    waiting.length === 0
      ? `${printable(name)} was not adopted`
      : `${printable(name)} was not adopted. The folders after it were not adopted either, since they would get its number: ${rest}`;
  const { code, what, why, next, at, details, others } = reason;
  return new SeqmirrorError({
    code,
    what,
    why: why === undefined ? outcome : `${why}. ${outcome}`,
    next,
    at,
    details,
    others,
  });
}

/** SEQ0169: the plugin cannot be registered in this nx.json. */
export const nxJsonUnusable = explain<string>('SEQ0169', (reason) => ({
  what: `seqmirror cannot add its plugin to nx.json: ${printable(reason)}`,
  why: 'Nx loads the plugins that nx.json lists under `plugins`',
  next: 'Correct nx.json. Or move nx.json to another folder, so that seqmirror writes a new nx.json. Then run the same command again',
}));

/** SEQ0254: options of adopt contradict each other, or are missing. */
export const adoptOptionsContradict = explain<{ what: string; next: string }>('SEQ0254', ({ what, next }) => ({
  what,
  why: 'Nothing was changed',
  next,
}));

/** SEQ0190: the name or folder of a mirror has characters that a CI system would read as its own. */
export const mirrorUnusableInCi = explain<{ part: 'name' | 'folder'; given: string }>('SEQ0190', ({ part, given }) => ({
  what: `The ${part} \`${printable(given)}\` of this mirror cannot be in a CI pipeline`,
  why: 'In a pipeline, characters such as `$`, `*` and spaces have a special meaning, even in quotes',
  next:
    part === 'name'
      ? 'Set `name` in seqmirror.yaml to a name of letters, digits, `.`, `_` and `-`'
      : 'Rename the folder, so that its path has only letters, digits, `.`, `_`, `-` and `/`',
}));

/** SEQ0191: an option of the generator `ci` cannot be in a pipeline. */
export const ciOptionUnusable = explain<{ option: string; given: string; rule: string }>(
  'SEQ0191',
  ({ option, given, rule }) => ({
    what: `--${option} cannot be \`${printable(given)}\``,
    why: `The value of --${option} must be ${rule}`,
    next: `Run the command again with another value for --${option}, or without the option`,
  }),
);

/** SEQ0192: a pipeline file is there already, with another text. */
export const pipelineChanged = explain<string>('SEQ0192', (file) => ({
  what: `${printable(file)} exists already, and differs from the pipeline that seqmirror would write`,
  why: 'Somebody changed the file, or another version of seqmirror or other options made it',
  next: 'To replace the file, add --force. Then look at the difference with git diff',
}));

/** SEQ0193: the workspace uses a package manager that the pipeline cannot install with. */
export const packageManagerUnusable = explain<string>('SEQ0193', (name) => ({
  what: `seqmirror cannot write a pipeline for a workspace that uses ${printable(name)}`,
  why: 'The pipelines install packages with npm, pnpm or yarn',
  next: 'Write the pipeline by hand. docs/ci.md lists the commands',
}));

/** SEQ0194: a folder or a project has the name of the demo. */
export const demoInTheWay = explain<{ what: 'folder' | 'project'; name: string }>('SEQ0194', ({ what, name }) => ({
  what: `The ${what} ${printable(name)} exists already`,
  why: 'The generator makes the demo in a new folder, as a new project, and changes no other files there',
  next: 'Choose another name: nx g seqmirror:demo trial',
}));

/** SEQ0195: a registry of the demo would have a port that does not exist, or that needs the rights of root. */
export const demoPortUnusable = explain<number>('SEQ0195', (port) => ({
  what: `--port cannot be ${printable(String(port))}`,
  why: 'The upstream gets this port, and the registry of the site gets the next port. Both must be from 1024 to 65535',
  next: 'Write for example --port=5050',
}));
