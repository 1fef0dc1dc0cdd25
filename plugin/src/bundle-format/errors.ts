/** What is wrong with a bundle as it arrived. */
import { cutDetails, explain, finding } from '../system/errors';
import { printable } from '../system/printable';

const mostNamed = 10;

export const notABundle = explain<{ folder: string; problem: string }>('SEQ0644', ({ folder, problem }) => ({
  what: `${printable(folder)} is not a bundle that can be uploaded: ${printable(problem)}`,
  why: 'bundle.env, SHA256SUMS and chain/ say what the archives are',
  next: 'Give --bundle the folder that bundle.env lies in, all of it copied',
}));

export const bundleEnvRefused = explain<{ file: string; problem: string }>('SEQ0644', ({ file, problem }) => ({
  what: `${printable(file)} cannot be read: ${printable(problem, { limit: 200 })}`,
  why: 'It was written for another version, or changed on its way',
  next: 'Use the seqmirror-upload.js of the same bundle, or copy the medium again',
}));

export const statementUnreadable = explain<{ file: string; problem: string }>('SEQ0652', ({ file, problem }) => ({
  what: `${printable(file)} cannot be read: ${printable(problem, { limit: 200 })}`,
  why: 'It is what the sender of a bundle signs; it was written for another version, or changed on its way',
  next: 'Copy the medium again; if it stays so, ask the sender by phone or mail',
}));

export const volumesApart = explain<{
  bundle: string;
  volume: number;
  volumes: number;
}>('SEQ0645', ({ bundle, volume, volumes }) => ({
  what:
    volumes === 1
      ? `${printable(bundle)} has an archive in pieces, which are not put together yet`
      : `This is volume ${volume} of ${volumes} of ${printable(bundle)}, and images are spread over all of them`,
  why: 'seq-upload.sh puts volumes together in its spool, and archives out of their pieces',
  next: `./seq-upload.sh ingest from ${volumes === 1 ? 'this folder' : 'each volume'}, then --bundle=<the folder that it names>`,
}));

export const filesNotThere = explain<{
  folder: string;
  bundle: string;
  medium: string;
  names: readonly string[];
}>('SEQ0645', ({ folder, bundle, medium, names }) => ({
  what: `${names.length === 1 ? `${printable(names[0] ?? '')} is` : `${names.length} files are`} not in ${printable(folder)}, and SHA256SUMS lists ${names.length === 1 ? 'it' : 'them'}`,
  details: names.slice(0, mostNamed).map((name) => printable(name)),
  why: `The folder was copied in part, or links were copied instead of what they lead to; they came on ${printable(medium)}`,
  next: `Copy them again from ${printable(medium)} (cp -rL), or ask the sender for ${printable(bundle)} again`,
}));

export const notAsChecked = explain<{ bundle: string; problem: string }>('SEQ0653', ({ bundle, problem }) => ({
  what: `${printable(bundle)} is another than the one that was checked: ${printable(problem, { limit: 400 })}`,
  why: 'seq-upload.sh hands on which seal and sums it has verified; the medium was changed since. Nothing was uploaded',
  next: 'Find out who writes to the medium, then check it again; if it stays so, ask the sender by phone or mail',
}));

export const recordsApart = explain<{
  bundle: string;
  problem: string;
  cause?: unknown;
}>('SEQ0646', ({ bundle, problem, cause }) => ({
  what: `The records of ${printable(bundle)} do not hang together: ${printable(problem, { limit: 400 })}`,
  why: 'Each sequence is sealed over its records and the seal before it; nothing was uploaded',
  next: 'Copy the medium again; if it stays so, ask the sender by phone or mail',
  cause,
}));

export const archivesUnlikeRecords = explain<{
  bundle: string;
  found: readonly string[];
  count: number;
}>('SEQ0647', ({ bundle, found, count }) => ({
  what: `${count} blob${count === 1 ? '' : 's'} in the archives of ${printable(bundle)} are not in its records`,
  details: found.map((each) => printable(each)),
  why: 'The inventories list each blob of each archive with its length; nothing was uploaded',
  next: 'These archives may be of another bundle. Copy the medium again, or ask the sender',
}));

/** Files on a medium that are missing, differ from SHA256SUMS, or are not covered by it. */
export const carriedFilesWrong = finding<{
  file: string;
  details: readonly string[];
}>('SEQ0235', ({ file, details }) => ({
  at: { file },
  what: 'SHA256SUMS and the files that it covers disagree',
  why: 'They were damaged or changed after they were written, or copied in part',
  details: cutDetails(details.map((detail) => printable(detail))),
  next: 'Copy it here again from where it came from, or ask its sender for it again',
}));

/** SEQ0654: the statement is about another bundle, or this bundle was changed. */
export const bundleUnlikeStatement = explain<{ file: string; problems: readonly string[] }>(
  'SEQ0654',
  ({ file, problems }) => ({
    what: `${printable(file)} is not about this bundle: ${printable(problems[0] ?? '', { limit: 300 })}`,
    details: problems.slice(1).map((problem) => printable(problem)),
    why: 'It is what the sender signed; a bundle of another mirror, or one that was put together of two, is not one of this mirror',
    next: 'Do not use it; ask its sender by phone or mail. A bundle of another mirror is validated by the project of that mirror',
  }),
);

/** SEQ0654: bundle.env names a statement that is missing. */
export const statementTaken = explain<{ file: string }>('SEQ0654', ({ file }) => ({
  what: `${printable(file)} is not there, and bundle.env names it`,
  why: 'It is what the sender signed: somebody took it away, or the medium was copied in part',
  next: 'Copy all of the medium again; if it stays so, ask its sender by phone or mail',
}));

/** SEQ0626: a bundle in the format of earlier versions. */
export const bundleSignedAsBefore = explain<{ file: string; by: string }>('SEQ0626', ({ file, by }) => ({
  what: `${printable(file)} is signed by ${printable(by)} as versions before did it, without a statement`,
  why: 'Nothing that was signed says of which mirror it is, for which sites, and until when: an old bundle would be good for ever',
  next: 'Ask its sender to bundle again with a newer seqmirror; if you know from the sender that it is right, --allow-unsigned',
}));

/** SEQ0655: a bundle has expired. */
export const bundleExpired = explain<{ file: string; expires: string; clock: string }>(
  'SEQ0655',
  ({ file, expires, clock }) => ({
    what: `This bundle was good until ${expires}: ${printable(file)} says so, and the clock of this machine ${clock}`,
    why: 'Its sender did not want it to be used later; a newer one may be on its way, or this one was sent again by somebody else',
    next: 'If the clock is wrong, set it; else ask its sender for another. If it has to be this one: --allow-older',
  }),
);

/** SEQ0655: a newer head of the same mirror was seen on this machine. */
export const bundleOlder = explain<{ bundle: string; head: number; seen: number }>(
  'SEQ0655',
  ({ bundle, head, seen }) => ({
    what:
      head === seen
        ? `${printable(bundle)} has another seq${head} than the one that was sealed on this machine`
        : `${printable(bundle)} ends at seq${head}, and seq${seen} of this mirror was seen on this machine`,
    why: 'An old bundle keeps its signature for ever: taken for the chain, it would make that forget what came later',
    next: 'Use a bundle of the newest sequence; if you no longer have one, --allow-older',
  }),
);
