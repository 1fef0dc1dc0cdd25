import { formatBytes } from './byte-size';
import { explain } from './errors';
import { printable } from './printable';

export const cannotStartProgram = explain<{
  file: string;
  reason: string;
  cause: unknown;
}>('SEQ0703', ({ file, reason, cause }) => ({
  what: `${printable(file)} cannot be started (${reason})`,
  why: reason === 'ENOENT' ? 'There is no such program' : 'The system refused to run it',
  next: 'Install it, or check that it is executable and on PATH',
  cause,
}));

export const commandNotAllowed = explain<{ program: string; setting: string }>('SEQ0705', ({ program, setting }) => ({
  what: `${setting} of seqmirror.yaml names a command, ${printable(program)}, which does not run in CI`,
  why: 'Whoever opens a pull request could name any command there',
  next: 'Where only reviewed commits are built, set SEQMIRROR_ALLOW_COMMANDS=1 in the environment of the job',
}));

export const environmentOfWorkspace = explain<{ file: string; name: string }>('SEQ0710', ({ file, name }) => ({
  what: `${printable(file)} names ${printable(name)}, and no file of the workspace may`,
  why: 'Nx lets such a file set and unset variables of each task, and whoever opens a pull request writes it',
  next: `Take the line out, and set ${printable(name)} in the shell, or in the environment of the CI job`,
}));

export const environmentFileByName = explain<{ name: string }>('SEQ0710', ({ name }) => ({
  what: `A target or configuration is called ${printable(name)}, with which Nx takes another file for a .env file`,
  why: 'Whoever opens a pull request could set the environment of the job in it',
  next: 'Give it a name without a slash',
}));

export const noSpace = explain<{
  folder: string;
  neededBytes: number;
  freeBytes: number;
  parts: readonly { what: string; bytes: number }[];
}>('SEQ0701', (facts) => {
  const parts = facts.parts.map(({ what, bytes }) => `${what} ${formatBytes(bytes)}`).join(', ');
  return {
    what: `${formatBytes(facts.neededBytes)} are needed in ${printable(facts.folder)} (${parts}); ${formatBytes(facts.freeBytes)} are free`,
    why: 'Nothing has been started',
    next: `Free ${formatBytes(facts.neededBytes - facts.freeBytes)}, or set dataDir in seqmirror.yaml to a larger disk`,
  };
});

export const diskFull = explain<{ folder: string; cause: unknown }>('SEQ0701', ({ folder, cause }) => ({
  what: `The disk under ${printable(folder)} became full (ENOSPC)`,
  why: 'Nothing was sealed and nothing that was sealed is touched; what was fetched so far is kept in the stage',
  next: 'Free space there and run the same command again, or set dataDir in seqmirror.yaml to a larger disk',
  cause,
}));

export const fileTrouble = explain<{
  path: string;
  verb: 'read' | 'written';
  reason: string;
  cause: unknown;
}>('SEQ0702', ({ path, verb, reason, cause }) => ({
  what: `${printable(path)} cannot be ${verb} (${reason})`,
  next: `Look at its permissions and its disk: ls -l ${printable(path)}`,
  cause,
}));

export const foreignLock = explain<{ path: string }>('SEQ0707', ({ path }) => ({
  what: `${printable(path)} is not a lock that seqmirror made`,
  why: 'It has the name of the file that says which run is at work, and is not deleted: it may be of use to somebody',
  next: `Look at it: ls -l ${printable(path)}; then move it away, or name another data directory by SEQMIRROR_DATA_DIR`,
}));

export const pathThroughLink = explain<{ link: string }>('SEQ0708', ({ link }) => ({
  what: `${printable(link)} is a link, and links are not followed here`,
  why: 'Whoever can put a file there, by a pull request or on a medium, could let it lead to any file of this account',
  next: `Look where it leads: ls -l ${printable(link)}; then remove it, and put what belongs there in its place`,
}));

export const pathLeadsOut = explain<{ path: string; root: string }>('SEQ0708', ({ path, root }) => ({
  what: `${printable(path)} does not lie in ${printable(root)}`,
  why: 'A name in a record or on a medium leads out of the folder that it belongs to',
  next: 'Do not use this folder before you know who wrote that name',
}));

export const notRegularFile = explain<{ path: string; kind: string }>('SEQ0709', ({ path, kind }) => ({
  what: `${printable(path)} is ${kind}, not a file`,
  next: `Look at it: ls -ld ${printable(path)}; then put the file in its place`,
}));

export const fileTooLarge = explain<{ path: string; limit: number }>('SEQ0709', ({ path, limit }) => ({
  what: `${printable(path)} is longer than ${formatBytes(limit)}, the most that such a file can have`,
  next: `Check that it is the right file: ls -l ${printable(path)}`,
}));

export const operatorKeyUnusable = explain<{ keyFile: string; why: string }>('SEQ0218', ({ keyFile, why }) => ({
  what: `${printable(keyFile)} ${why}`,
  why: 'With this key seqmirror recognises its own staged work, so only this account may read it',
  next: `Remove it: a new one is made, and work that an earlier run has staged is verified from its bytes or made again`,
}));
