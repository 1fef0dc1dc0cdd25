import { formatBytes } from './byte-size';
import { explain } from './errors';
import { printable } from './printable';

export const cannotStartProgram = explain<{
  file: string;
  reason: string;
  cause: unknown;
}>('SEQ0703', ({ file, reason, cause }) => ({
  what: `${printable(file)} cannot be started (${reason})`,
  why: reason === 'ENOENT' ? 'The program was not found' : 'The system refused to run the program',
  next: 'Install the program, or check that it is executable and on PATH',
  cause,
}));

export const commandNotAllowed = explain<{ program: string; setting: string }>('SEQ0705', ({ program, setting }) => ({
  what: `seqmirror does not run the command ${printable(program)}, from ${setting} in seqmirror.yaml, in CI`,
  why: 'Anyone who opens a pull request could put any command into this file',
  next: 'If the job builds only reviewed commits, set SEQMIRROR_ALLOW_COMMANDS=1 in its environment',
}));

export const environmentOfWorkspace = explain<{ file: string; name: string }>('SEQ0710', ({ file, name }) => ({
  what: `${printable(file)} sets ${printable(name)}, which files of the workspace must not set`,
  why: 'Nx gives the variables in this file to every task, and anyone who opens a pull request can change the file',
  next: `Delete the line. Set ${printable(name)} in the shell, or in the environment of the CI job`,
}));

export const environmentFileByName = explain<{ name: string }>('SEQ0710', ({ name }) => ({
  what: `A target or configuration is called ${printable(name)}, so that Nx reads another file as its .env file`,
  why: 'Anyone who opens a pull request could set the environment of the job in that file',
  next: 'Choose a name without a slash',
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
    why: 'seqmirror checks the free space before it starts. Nothing was written',
    next: `Free ${formatBytes(facts.neededBytes - facts.freeBytes)}, or set dataDir in seqmirror.yaml to a folder on a larger disk`,
  };
});

export const diskFull = explain<{ folder: string; cause: unknown }>('SEQ0701', ({ folder, cause }) => ({
  what: `The disk under ${printable(folder)} became full (ENOSPC)`,
  why: 'The sequence was not sealed, and sealed sequences were not changed. seqmirror keeps what it has fetched so far',
  next: 'Free space on this disk and run the same command again, or set dataDir in seqmirror.yaml to a folder on a larger disk',
  cause,
}));

const whyNot = (reason: string): string =>
  reason === 'ENOENT'
    ? 'The file does not exist'
    : ['EACCES', 'EPERM'].includes(reason)
      ? 'This account does not have the permission'
      : 'The operating system reported this error';

export const fileTrouble = explain<{
  path: string;
  verb: 'read' | 'written';
  reason: string;
  cause: unknown;
}>('SEQ0702', ({ path, verb, reason, cause }) => ({
  what: `${printable(path)} cannot be ${verb} (${reason})`,
  why: whyNot(reason),
  next: `Check the path and its permissions: ls -l ${printable(path)}`,
  cause,
}));

export const foreignLock = explain<{ path: string }>('SEQ0707', ({ path }) => ({
  what: `${printable(path)} is not a lock that seqmirror made`,
  why: 'The file has the name of the lock file of seqmirror. seqmirror does not delete this file, since somebody may need it',
  next: `Look at the file: ls -l ${printable(path)}. Then move this file to another folder, or set SEQMIRROR_DATA_DIR to another folder`,
}));

export const pathThroughLink = explain<{ link: string }>('SEQ0708', ({ link }) => ({
  what: `${printable(link)} is a symbolic link, which seqmirror does not follow`,
  why: 'Anyone who can put a symbolic link into a pull request or on a medium could make seqmirror read or overwrite any file of your user account',
  next: `Check where the link leads: ls -l ${printable(link)}. Then replace the link with the real file or folder`,
}));

export const pathLeadsOut = explain<{ path: string; root: string }>('SEQ0708', ({ path, root }) => ({
  what: `${printable(path)} is outside ${printable(root)}`,
  why: 'A name in a record or on a medium leads out of its folder',
  next: 'Do not use this folder before you know who wrote that name',
}));

export const notRegularFile = explain<{ path: string; kind: string }>('SEQ0709', ({ path, kind }) => ({
  what: `${printable(path)} is ${kind}, not a file`,
  why: 'At this place, seqmirror reads only regular files',
  next: `Look at the path: ls -ld ${printable(path)}. Then replace the path with the right file`,
}));

export const fileTooLarge = explain<{ path: string; limit: number }>('SEQ0709', ({ path, limit }) => ({
  what: `${printable(path)} is larger than ${formatBytes(limit)}, the limit for such a file`,
  why: 'A real file of this kind is much smaller',
  next: `Check that this is the right file: ls -l ${printable(path)}`,
}));

export const operatorKeyUnusable = explain<{ keyFile: string; what: string }>('SEQ0218', ({ keyFile, what }) => ({
  what: `The operator key cannot be used: ${printable(keyFile)} ${what}`,
  why: 'seqmirror recognises its own unfinished work by this key, so only this account may read the file',
  next: `Delete the file. seqmirror then makes a new key, and verifies the unfinished work of earlier runs or repeats it`,
}));
