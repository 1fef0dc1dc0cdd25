import { explain, warning } from '../system/errors';
import type { LockHolder } from '../system/lock';
import { printable } from '../system/printable';

/** Commands in messages name the mirror's Nx project, so that they can be copied. */
export interface SequenceName {
  /** The mirror's project name: `mirror`. */
  readonly mirror: string;
  readonly number: number;
  readonly folder: string;
}

/** @param canBeVoid whether no site has it, and nothing was sealed behind it */
export const sealedButEdited = explain<SequenceName & { file: string; canBeVoid: boolean }>(
  'SEQ0201',
  ({ mirror, number, folder, file, canBeVoid }) => ({
    at: { file },
    what: `${folder} is sealed, but its imageset-config.yaml now asks for something else`,
    why: 'Its archives hold what the sealed text asked for',
    next:
      `Undo the edit: \`git restore ${file}\`; what should be different belongs into a new sequence: \`nx g seqmirror:sequence <name>\`` +
      (canBeVoid ? `, or, since no site has this one, \`nx run ${mirror}-seq${number}:void\` and mirror it again` : ''),
  }),
);

export const recordEdited = explain<{
  folder: string;
  file: string;
  record: string;
}>('SEQ0233', ({ folder, file, record }) => ({
  at: { file },
  what: `${record} of ${folder} is not what was sealed`,
  why: 'A record is written once, when its sequence is sealed; the seal is computed from it',
  next: `git restore ${file}`,
}));

export const numberClaimedTwice = explain<
  SequenceName & {
    other: string;
    otherIsSealed: boolean;
  }
>('SEQ0202', ({ number, other, otherIsSealed, folder, mirror }) => ({
  what: `Two folders claim number ${number}: ${other}${otherIsSealed ? ' (in chain.lock)' : ''} and ${folder}`,
  why: 'Two branches each added a sequence behind the same one',
  next: `\`nx run ${mirror}:renumber --folder=${folder}\` puts it behind the others`,
}));

export const mirrorLocked = explain<{
  mirror: string;
  holder: LockHolder;
  where: 'here' | 'elsewhere';
}>('SEQ0203', ({ mirror, holder, where }) => {
  const since = holder.since.replace('T', ' ').slice(0, 16);
  return {
    what:
      `${mirror} is locked: process ${holder.process.pid} on ${printable(holder.host)} ` +
      `has been at ${printable(holder.purpose)} since ${since} UTC`,
    why: 'Two runs would write into one stage',
    next:
      where === 'here'
        ? 'Wait for it, or stop that process; the lock goes with it'
        : `Wait for it; if that machine is gone, \`nx run ${mirror}:unlock --gone=${printable(holder.host)}\``,
  };
});

export const gapInNumbers = explain<{
  missing: number;
  folder: string;
  content: string;
}>('SEQ0204', ({ missing, folder, content }) => ({
  what: `${folder} cannot be mirrored: there is no seq${missing}-… in ${content}`,
  why: 'A sequence is linked to the one before it, and the numbers have no gaps',
  next: `If its folder was deleted, bring it back with Git; else rename this folder to seq${missing}-…`,
}));

export const predecessorNotSealed = explain<{
  mirror: string;
  number: number;
  before: string;
}>('SEQ0205', ({ mirror, number, before }) => ({
  what: `seq${number} cannot be mirrored before ${before} is sealed`,
  why: 'What seq' + number + ' leaves out is what the sequences before it hold',
  next: `nx run ${mirror}:seq${number - 1}`,
}));

export const chainLockDisagrees = explain<{
  what: string;
  why: string;
  next: string;
  file: string;
}>('SEQ0207', ({ what, why, next, file }) => ({
  at: { file },
  what,
  why,
  next,
}));

export const wouldBeCached = explain<{ folder: string }>('SEQ0209', ({ folder }) => ({
  what: `Nx is told to cache the work of ${folder}, which is not sealed`,
  why: 'A later cache hit would then stand for work that was never done; targetDefaults in nx.json override what seqmirror infers',
  next: 'Remove `cache: true` for `seqmirror:mirror` and for targets named `mirror` from targetDefaults in nx.json',
}));

export const noSuchSequence = explain<{
  folder: string;
  content: string;
  known: readonly string[];
}>('SEQ0232', ({ folder, content, known }) => ({
  what: `There is no sequence ${printable(folder)} in ${content}`,
  why: known.length === 0 ? 'This mirror has no sequence yet' : `There are ${known.join(', ')}`,
  next: 'Sequences are folders named seq<number>-<name> with an imageset-config.yaml in them',
}));

export const leftOverFound = warning<{
  mirror: string;
  path: string;
  kept: readonly { readonly name: string; readonly why: string }[];
}>('SEQ0219', ({ mirror, path, kept }) => ({
  what: `${path} is named like a sequence and holds none: no imageset-config.yaml, sequence.yaml or seq-metadata.yaml`,
  why:
    kept.length === 0
      ? 'Git took its files away when the branch was changed, and left what it ignores, which can be made again'
      : `It stays, for it holds ${kept.map(({ name, why }) => `${printable(name)}, ${why}`).join('; ')}`,
  next:
    kept.length === 0
      ? `Nothing: the next run that changes ${mirror} removes it`
      : 'If you need it, move it out of content/, or go back to the branch that it belongs to; if not, delete the folder',
}));

export const foreignArchives = explain<{ folder: string; file: string }>('SEQ0234', ({ folder, file }) => ({
  at: { file },
  what: `${folder} is not sealed, and has an archive that seqmirror did not make`,
  why: 'Sealing puts links to its own archives there, and would have to remove this one',
  next: 'Move it out of the folder, then run again',
}));

export const commitUnreadable = explain<{ file: string; stage: string }>('SEQ0211', ({ file, stage }) => ({
  at: { file },
  what: 'this is not what seqmirror writes when it begins to seal a sequence',
  why: 'The file was edited or damaged, so a run that was stopped while sealing cannot be finished',
  next: `Remove the stage, ${printable(stage)}, and run again: what is not sealed is fetched again`,
}));

export const notAdoptedYet = explain<{ folder: string; content: string }>('SEQ0245', ({ folder, content }) => ({
  what: `${folder} was made by the original script, and is not adopted yet`,
  why: 'What its seq-metadata.yaml says was never measured',
  next: `nx g seqmirror:adopt ${content}`,
}));

/** SEQ0625: the signing program failed. */
export const signingFailed = explain<{
  file: string;
  signer: string;
  why: string;
  said: string;
  cause?: unknown;
}>('SEQ0625', ({ file, signer, why, said, cause }) => {
  const words = said.split(/\r?\n/).filter((line) => line.trim() !== '');
  return {
    what: `${printable(file)} could not be signed by ${printable(signer)}: ${printable(why)}`,
    why: 'seqmirror.yaml asks for signatures, and a signature that is missing would be noticed only at the site',
    details: words.slice(0, 5).map((line) => printable(line)),
    next: 'Check that the key of signing in seqmirror.yaml can be read here. If it has a passphrase, an agent can hold it: give its .pub file then',
    cause,
  };
});

/** SEQ0239: the newest sealed sequence is asked for, and none is sealed. */
export const nothingSealed = explain<{
  mirror: string;
  /** The number of the first planned sequence, if there is one. */
  planned: number | undefined;
}>('SEQ0239', ({ mirror, planned }) => ({
  what: `${mirror} has no sealed sequence, so there is nothing to carry`,
  why: 'A bundle carries what was mirrored and sealed',
  next:
    planned === undefined
      ? `nx g seqmirror:sequence baseline --mirror=${mirror} --from=imageset-config.yaml`
      : `nx run ${mirror}:seq${planned}`,
}));

export const notSealedYet = explain<{
  mirror: string;
  number: number;
  folder: string;
}>('SEQ0239', ({ mirror, number, folder }) => ({
  what: `${folder} is not sealed, so there is nothing that it could be compared with`,
  why: 'A sequence is proven while it is mirrored; afterwards its records say what its archives hold',
  next: `nx run ${mirror}:seq${number}`,
}));

const outsideWorkTrees =
  'Name a folder outside every work tree: SEQMIRROR_DATA_DIR, or an absolute path as dataDir in seqmirror.yaml; what lies there already can be moved';

export const dataDirectoryRelative = explain<{ dataDir: string }>('SEQ0173', ({ dataDir }) => ({
  what: `dataDir is ${printable(dataDir)}, a path from the mirror's folder`,
  why: 'Whoever changes the repository, or leaves a checkout beside it, could put there what is taken for our own work',
  next: outsideWorkTrees,
}));

export const dataDirectoryInWorkTree = explain<{ root: string; workTree: string }>('SEQ0173', ({ root, workTree }) => ({
  what: `The data directory, ${printable(root)}, lies in the work tree ${printable(workTree)}`,
  why: 'What is checked out there would be taken for our own work, and `git clean -ffdx`, which CI runs, would erase archives',
  next: outsideWorkTrees,
}));

/** @param facts.canBeClosed whether its owner, this account, can close it */
export const dataDirectoryOfOthers = explain<{
  root: string;
  path: string;
  why: string;
  canBeClosed?: boolean | undefined;
}>('SEQ0174', ({ root, path, why, canBeClosed = false }) => ({
  what: `${printable(path)} ${why}`,
  why: 'It is in the data directory, whose archives and staged work are believed to be ours',
  next: canBeClosed
    ? `\`chmod -R go-w ${printable(root)}\`; for a volume that is shared on purpose, set SEQMIRROR_SHARED_DATA_DIR=1`
    : 'Check that this is the right folder; SEQMIRROR_DATA_DIR names another. For a volume that is shared on purpose, set SEQMIRROR_SHARED_DATA_DIR=1',
}));

export const stagedChanged = explain<{ file: string; stage: string }>('SEQ0217', ({ file, stage }) => ({
  at: { file },
  what: 'this file changed after seqmirror had begun to seal the sequence',
  why: 'Something else wrote into the stage meanwhile; seqmirror takes nothing from it',
  next: `Find out what else writes into the data directory, then run again; if the error stays, remove the stage, ${printable(stage)}`,
}));
