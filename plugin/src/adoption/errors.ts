import { explain } from '../system/errors';
import { printable } from '../system/printable';

/** SEQ0250: numbers are given in order, but a sequence that isn't adopted is in between. */
export const inTheWay = explain<{
  folder: string;
  target: string;
  mirror: string;
}>('SEQ0250', ({ folder, target, mirror }) => ({
  what: `The planned sequence ${printable(folder)} has the number that ${printable(target)} needs`,
  why: 'seqmirror seals an adopted sequence at once, so every sequence before it must be sealed',
  next: `Mirror ${printable(folder)} first: \`nx run ${mirror}:latest\`. Or delete this planned sequence, adopt the archives, and then add the planned sequence again`,
}));

/** SEQ0250: the chain has changed since the plan was made. */
export const chainMoved = explain<{ planned: string; mirror: string }>('SEQ0250', ({ planned, mirror }) => ({
  what: `The chain of ${mirror} has changed since ${printable(planned)} was planned`,
  why: 'Another run has sealed, voided or renumbered a sequence in the meantime. Nothing more was adopted',
  next: 'Run the same command again',
}));

/** SEQ0252: a hard link cannot reach another file system. */
export const otherFileSystem = explain<{
  file: string;
  data: string;
  totalText: string;
}>('SEQ0252', ({ file, data, totalText }) => ({
  what: `${printable(file)} and ${printable(data)} are on two file systems`,
  why: 'seqmirror makes hard links to the archives, which is not possible between file systems. Nothing was changed',
  next: `Add --copy to copy and verify the archives (${totalText}), or --move to delete the originals afterwards. Or set dataDir in seqmirror.yaml to a folder on the same file system`,
}));

/** SEQ0253: an archive is no longer the file that was verified. */
export const changedSinceVerified = explain<{ file: string }>('SEQ0253', ({ file }) => ({
  what: `${printable(file)} has changed since it was verified`,
  why: 'Another program writes into this folder while seqmirror adopts it',
  next: 'Wait until the other program has finished, and run the same command again',
}));

/** SEQ0254: options that contradict each other. */
export const optionsContradict = explain<{ what: string; next: string }>('SEQ0254', ({ what, next }) => ({
  what,
  why: 'Nothing was changed',
  next,
}));
