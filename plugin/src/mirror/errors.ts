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
    what: `${folder} is sealed, but the content of its imageset-config.yaml was changed afterwards`,
    why: 'The archives contain the images of the sealed configuration, not of the changed configuration',
    next:
      `Undo the change: \`git restore ${file}\`. Then put the change into a new sequence: \`nx g seqmirror:sequence <name>\`` +
      (canBeVoid
        ? `. Or, since no site has this sequence, run \`nx run ${mirror}-seq${number}:void\` and mirror it again`
        : ''),
  }),
);

export const recordEdited = explain<{
  folder: string;
  file: string;
  record: string;
}>('SEQ0233', ({ folder, file, record }) => ({
  at: { file },
  what: `${record} of ${folder} was changed after the sequence was sealed`,
  why: 'The seal is computed from these records, so they must not change',
  next: `git restore ${file}`,
}));

export const numberClaimedTwice = explain<
  SequenceName & {
    other: string;
    otherIsSealed: boolean;
  }
>('SEQ0202', ({ number, other, otherIsSealed, folder, mirror }) => ({
  what: `Two folders have the number ${number}: ${other}${otherIsSealed ? ' (in chain.lock)' : ''} and ${folder}`,
  why: 'Two branches each added a sequence after the same sequence',
  next: `Run \`nx run ${mirror}:renumber --folder=${folder}\`, which gives ${folder} the next free number`,
}));

export const mirrorLocked = explain<{
  mirror: string;
  holder: LockHolder;
  where: 'here' | 'elsewhere';
}>('SEQ0203', ({ mirror, holder, where }) => {
  const since = holder.since.replace('T', ' ').slice(0, 16);
  return {
    what:
      `${mirror} is locked by process ${holder.process.pid} on ${printable(holder.host)}, ` +
      `for "${printable(holder.purpose)}", since ${since} UTC`,
    why: 'Two runs at the same time would write the same files',
    next:
      where === 'here'
        ? 'Wait until this process ends, or stop it. The lock ends with the process'
        : `Wait until this process ends. If that machine no longer exists, run \`nx run ${mirror}:unlock --gone=${printable(holder.host)}\``,
  };
});

export const gapInNumbers = explain<{
  missing: number;
  folder: string;
  content: string;
}>('SEQ0204', ({ missing, folder, content }) => ({
  what: `${folder} cannot be mirrored: ${content} has no folder seq${missing}-…`,
  why: 'Each sequence contains the seal of the previous sequence, so the numbers must have no gaps',
  next: `If the folder of seq${missing} was deleted, restore it with Git. Otherwise, rename ${folder} to seq${missing}-…`,
}));

export const predecessorNotSealed = explain<{
  mirror: string;
  number: number;
  before: string;
}>('SEQ0205', ({ mirror, number, before }) => ({
  what: `seq${number} cannot be mirrored before ${before} is sealed`,
  why: `The archives of seq${number} leave out blobs of earlier sequences, so the earlier sequences must be sealed first`,
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
  what: `nx.json lets Nx cache the target that mirrors ${folder}, which is not sealed`,
  why: 'With a cache hit, Nx would report success although nothing was mirrored. targetDefaults in nx.json override the targets of seqmirror',
  next: 'Remove `cache: true` for `seqmirror:mirror` and for targets named `mirror` from targetDefaults in nx.json',
}));

export const noSuchSequence = explain<{
  folder: string;
  content: string;
  known: readonly string[];
}>('SEQ0232', ({ folder, content, known }) => ({
  what: `There is no sequence ${printable(folder)} in ${content}`,
  why: known.length === 0 ? 'This mirror has no sequence yet' : `The sequences of this mirror are ${known.join(', ')}`,
  next: 'Check the name: a sequence is a folder seq<number>-<name> that contains an imageset-config.yaml',
}));

export const leftOverFound = warning<{
  mirror: string;
  path: string;
  kept: readonly { readonly name: string; readonly why: string }[];
}>('SEQ0219', ({ mirror, path, kept }) => ({
  what: `${path} has the name of a sequence, but no imageset-config.yaml, sequence.yaml or seq-metadata.yaml`,
  why:
    kept.length === 0
      ? 'When you switched to another branch, Git removed the committed files of the sequence, but kept the ignored files. seqmirror can make the ignored files again'
      : `seqmirror does not delete this folder, since it contains ${kept.map(({ name, why }) => `${printable(name)}, ${why}`).join('; ')}`,
  next:
    kept.length === 0
      ? `Do nothing: the next run that changes ${mirror} deletes the folder`
      : 'If you need the files, move the folder out of content/, or switch to the branch of the sequence. Otherwise, delete the folder',
}));

export const foreignArchives = explain<{ folder: string; file: string }>('SEQ0234', ({ folder, file }) => ({
  at: { file },
  what: `${folder} is not sealed, but has an archive that seqmirror did not make`,
  why: 'When seqmirror seals the sequence, it writes links to its own archives into the folder, and would have to delete this archive',
  next: 'Move the archive out of the folder, then run the command again',
}));

export const commitUnreadable = explain<{ file: string; stage: string }>('SEQ0211', ({ file, stage }) => ({
  at: { file },
  what: 'this file, which seqmirror writes when it begins to seal a sequence, is not valid',
  why: 'The file was edited or damaged, so seqmirror cannot finish the run that was stopped while it sealed the sequence',
  next: `Delete the folder ${printable(stage)}, and run the command again. seqmirror fetches again what was not sealed`,
}));

export const notAdoptedYet = explain<{ folder: string; content: string }>('SEQ0245', ({ folder, content }) => ({
  what: `${folder} was made by the original script and is not adopted yet`,
  why: 'seqmirror has never compared the seq-metadata.yaml of this folder with its archives',
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
    why: 'seqmirror.yaml has `signing`, so seqmirror stops if it cannot sign the file. Otherwise, only the site would notice the missing signature',
    details: words.slice(0, 5).map((line) => printable(line)),
    next: 'Check that this account can read the key of `signing` in seqmirror.yaml. If the key has a passphrase, load the key into ssh-agent and set `key` to the .pub file of the key',
    cause,
  };
});

/** SEQ0239: the newest sealed sequence is asked for, and none is sealed. */
export const nothingSealed = explain<{
  mirror: string;
  /** The number of the first planned sequence, if there is one. */
  planned: number | undefined;
}>('SEQ0239', ({ mirror, planned }) => ({
  what: `${mirror} has no sealed sequence yet`,
  why: 'This command works only on sequences that were mirrored and sealed',
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
  what: `${folder} is not sealed yet, so there is nothing to validate`,
  why: 'seqmirror compares archives with the records of their sequence, and writes these records when it mirrors the sequence',
  next: `nx run ${mirror}:seq${number}`,
}));

const outsideWorkTrees =
  'Set SEQMIRROR_DATA_DIR, or dataDir in seqmirror.yaml, to an absolute path outside every Git work tree. Move the existing data to this path';

export const dataDirectoryRelative = explain<{ dataDir: string }>('SEQ0173', ({ dataDir }) => ({
  what: `dataDir in seqmirror.yaml is ${printable(dataDir)}, a path relative to the folder of the mirror`,
  why: 'Anyone who can change the repository could put files into this directory, and seqmirror would trust these files',
  next: outsideWorkTrees,
}));

export const dataDirectoryInWorkTree = explain<{ root: string; workTree: string }>('SEQ0173', ({ root, workTree }) => ({
  what: `The data directory ${printable(root)} is in the Git work tree ${printable(workTree)}`,
  why: 'Git could write files into this directory, and seqmirror would trust these files. `git clean -ffdx`, which CI runs, would delete the archives',
  next: outsideWorkTrees,
}));

/** @param facts.canBeClosed whether its owner, this account, can close it */
export const dataDirectoryOfOthers = explain<{
  root: string;
  path: string;
  /** What is wrong with the path: `is not a folder`. */
  what: string;
  canBeClosed?: boolean | undefined;
}>('SEQ0174', ({ root, path, what, canBeClosed = false }) => ({
  what: `The data directory cannot be used: ${printable(path)} ${what}`,
  why: 'seqmirror trusts the archives and other files in the data directory, so only this account may be able to write them',
  next: canBeClosed
    ? `Run \`chmod -R go-w ${printable(root)}\`. If several accounts share the volume on purpose, set SEQMIRROR_SHARED_DATA_DIR=1`
    : 'Set SEQMIRROR_DATA_DIR to a folder of this account. If several accounts share the volume on purpose, set SEQMIRROR_SHARED_DATA_DIR=1',
}));

export const stagedChanged = explain<{ file: string; stage: string }>('SEQ0217', ({ file, stage }) => ({
  at: { file },
  what: 'this file changed after seqmirror had begun to seal the sequence',
  why: 'Another program wrote into the staging folder, so seqmirror does not use its content',
  next: `Find out which program writes into the data directory, then run the command again. If the error stays, delete the folder ${printable(stage)}`,
}));
