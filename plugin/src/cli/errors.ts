import { explain } from '../system/errors';
import { listedNames } from '../system/listed-names';
import { printable } from '../system/printable';

/** SEQ0175: a command or an option that does not exist, or a value that it does not take. */
export const commandLineMisused = explain<{
  problem: string;
  /** The most similar spelling: `--json`. */
  meant?: string | undefined;
  /** The command whose help has the answer; `undefined`: the program's own help. */
  command?: string | undefined;
}>('SEQ0175', ({ problem, meant, command }) => ({
  what: printable(problem, { limit: 200 }),
  why: 'Nothing was done',
  next:
    (meant === undefined ? '' : `Try \`${meant}\`. `) +
    `Run \`seqmirror ${command === undefined ? '' : `${command} `}--help\` to see all ${command === undefined ? 'commands' : 'options'}`,
}));

/** SEQ0176: no workspace, no mirror, or several of them. */
export const mirrorNotChosen = explain<{
  /** The value of `--mirror`. */
  asked: string | undefined;
  /** Folders of the mirrors of this workspace; `undefined` outside of one. */
  known: readonly string[] | undefined;
}>('SEQ0176', ({ asked, known }) => {
  if (known === undefined)
    return {
      what: 'This folder is not in an Nx workspace',
      why: 'This command works on a mirror of a workspace, but this folder and the folders above it have no nx.json',
      next: 'Change to the folder of a workspace. You need no workspace for `seqmirror validate --path=<folder>`',
    };
  if (known.length === 0)
    return {
      what: 'This workspace has no mirror',
      why: 'A mirror is a folder with a seqmirror.yaml',
      next: 'nx g seqmirror:mirror mirror',
    };
  return {
    what:
      asked === undefined
        ? 'This workspace has several mirrors'
        : `This workspace has no mirror \`${printable(asked)}\``,
    why: `${known.length === 1 ? 'The only mirror of this workspace is' : 'The mirrors of this workspace are'} ${known.map((folder) => printable(folder)).join(', ')}`,
    next: `Add \`--mirror=${printable(known[0] as string)}\`, or change to the folder of the mirror`,
  };
});

/** SEQ0177: the mirror has no such sequence or site, or the command does not apply to it. */
export const subjectUnknown = explain<{
  command: string;
  asked: string | undefined;
  mirror: string;
  /** What the command accepts: `seq1`, `bravo`. */
  known: readonly string[];
}>('SEQ0177', ({ command, asked, mirror, known }) => ({
  what:
    asked === undefined
      ? `\`seqmirror ${command}\` needs the name of a sequence or a site`
      : `\`seqmirror ${command}\` is not possible for \`${printable(asked)}\``,
  why:
    known.length === 0
      ? `${printable(mirror)} has no sequence or site yet for which this command is possible`
      : `In ${printable(mirror)}, the command is possible for ${listedNames(known)}`,
  next:
    known.length === 0
      ? 'Run `seqmirror list` to see what the mirror has'
      : `Run for example \`seqmirror ${command} ${printable(known.at(-1) as string)}\``,
}));
