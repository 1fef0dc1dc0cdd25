import { explain } from '../system/errors';
import { printable } from '../system/printable';

/** SEQ0250: numbers are given in order, but a sequence that isn't adopted is in between. */
export const inTheWay = explain<{
  folder: string;
  target: string;
  mirror: string;
}>('SEQ0250', ({ folder, target, mirror }) => ({
  what: `${printable(folder)} stands where ${printable(target)} would go`,
  why: 'What is adopted is sealed at once, so every sequence before it must be sealed',
  next: `Mirror ${printable(folder)} first (\`nx run ${mirror}:latest\`), or remove its folder and plan it again afterwards`,
}));

/** SEQ0250: the chain has changed since the plan was made. */
export const chainMoved = explain<{ planned: string; mirror: string }>('SEQ0250', ({ planned, mirror }) => ({
  what: `The chain of ${mirror} has changed since ${printable(planned)} was planned`,
  why: 'Something else was sealed, made void or renumbered meanwhile; nothing more was adopted',
  next: 'Run the same command again',
}));

/** SEQ0252: a hard link cannot reach another file system. */
export const otherFileSystem = explain<{
  file: string;
  data: string;
  totalText: string;
}>('SEQ0252', ({ file, data, totalText }) => ({
  what: `${printable(file)} and ${printable(data)} are on two file systems`,
  why: 'A hard link cannot lead from one to the other; nothing was changed',
  next: `--copy copies and verifies (${totalText}); --move does so too, and then removes the originals; or set dataDir in seqmirror.yaml to a folder beside them`,
}));

/** SEQ0253: an archive is no longer the file that was verified. */
export const changedSinceVerified = explain<{ file: string }>('SEQ0253', ({ file }) => ({
  what: `${printable(file)} has changed since it was verified`,
  why: 'Something writes into this folder while it is adopted',
  next: 'Let that end, and run the same command again',
}));

/** SEQ0254: options that contradict each other. */
export const optionsContradict = explain<{ what: string; next: string }>('SEQ0254', ({ what, next }) => ({
  what,
  next,
}));
