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
  what: asked === undefined ? 'There is more than one mirror' : `There is no mirror ${printable(asked)}`,
  why: `${known.length === 1 ? 'There is' : 'There are'} ${known.map((name) => printable(name)).join(', ')}`,
  next: `Name one: --mirror=${printable(known[0] as string)}`,
}));

/** SEQ0162: there is no configuration to start the first sequence from. */
export const nothingToStartFrom = explain('SEQ0162', () => ({
  what: 'The first sequence needs an imageset configuration to start from',
  why: 'Later ones copy that of the sequence before them',
  next: 'Give the one that oc-mirror uses today: --from=imageset-config.yaml',
}));

/** SEQ0163: the named imageset configuration, or that of the last sequence, is missing. */
export const configUnreadable = explain<string>('SEQ0163', (file) => ({
  what: `${printable(file)} cannot be read, or is empty`,
  why: 'The new sequence would start from it',
  next: 'Check the path. It is taken from the folder you are in; another one: --from=<file>',
}));

/** SEQ0164: the given base is not a choice, or not a sequence before this one. */
export const baseUnknown = explain<{ base: string; known: readonly number[] }>('SEQ0164', ({ base, known }) => ({
  what: `${printable(base)} is not a base for this sequence`,
  why: known.length === 0 ? 'There are no sequences before it' : `Before it there are ${sequences(known)}`,
  next: 'Write --base=previous, --base=none for a new baseline, or the number of an earlier sequence',
}));

/** SEQ0165: the given name does not make a folder name. */
export const nameUnusable = explain<{ given: string; what: 'sequence' | 'mirror' }>('SEQ0165', ({ given, what }) => ({
  what: `${what === 'sequence' ? 'No sequence' : 'No mirror'} can be called \`${printable(given)}\``,
  why:
    what === 'sequence'
      ? 'Its folder is named after it, in letters, digits and dashes'
      : 'It names an Nx project: letters, digits, `.`, `_` and `-`, at most 63, a letter or digit first',
  next: what === 'sequence' ? 'Give a name such as add-logging' : 'Give a name such as platform',
}));

/** SEQ0165: the given folder is outside the workspace. */
export const folderOutside = explain<string>('SEQ0165', (folder) => ({
  what: `${printable(folder)} is outside this workspace`,
  why: 'A mirror is a project of the workspace, and kept in its Git repository',
  next: 'Give a folder such as mirror',
}));

/** SEQ0165: the given folder cannot be an Nx project. */
export const folderImpossible = explain<string>('SEQ0165', (folder) => ({
  what: `A mirror cannot be in ${printable(folder)}`,
  why: 'Nx keeps projects by the names of their folders, and this name has a meaning in JavaScript',
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
  why: `It is ${rule}`,
  next: option === 'registry' ? 'Leave it out where Git must not know it' : 'Write for example --media=bd25',
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
      : `${printable(name)} was not adopted, and neither were those behind it, which would take its number: ${rest}`;
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
  what: `nx.json cannot name the plugin: ${printable(reason)}`,
  why: 'Nx loads the plugins that nx.json lists under `plugins`',
  next: 'Repair nx.json, or move it away so that a new one is made; then run this again',
}));

/** SEQ0254: options of adopt contradict each other, or are missing. */
export const adoptOptionsContradict = explain<{ what: string; next: string }>('SEQ0254', ({ what, next }) => ({
  what,
  next,
}));
