/** What is wrong with a bundle as it arrived. */
import { cutDetails, explain, finding } from '../system/errors';
import { printable } from '../system/printable';

const mostNamed = 10;

export const notABundle = explain<{ folder: string; problem: string }>('SEQ0644', ({ folder, problem }) => ({
  what: `${printable(folder)} is not a bundle that can be uploaded: ${printable(problem)}`,
  why: 'A bundle contains bundle.env, SHA256SUMS and chain/, which describe its archives',
  next: 'Copy the whole medium, and name the folder that contains bundle.env',
}));

export const bundleEnvRefused = explain<{ file: string; problem: string }>('SEQ0644', ({ file, problem }) => ({
  what: `${printable(file)} cannot be read: ${printable(problem, { limit: 200 })}`,
  why: 'Another version of seqmirror wrote the file, or it was changed during the transport',
  next: 'Use seqmirror-upload.js from the same bundle, or copy the medium again',
}));

export const statementUnreadable = explain<{ file: string; problem: string }>('SEQ0652', ({ file, problem }) => ({
  what: `${printable(file)} cannot be read: ${printable(problem, { limit: 200 })}`,
  why: 'The file is the statement that the sender signs. Another version of seqmirror wrote this file, or the file was changed during the transport',
  next: 'Copy the medium again. If the error stays, ask the sender by phone or mail for a new medium',
}));

export const volumesApart = explain<{
  bundle: string;
  volume: number;
  volumes: number;
}>('SEQ0645', ({ bundle, volume, volumes }) => ({
  what:
    volumes === 1
      ? `An archive of ${printable(bundle)} is in pieces that are not joined yet`
      : `This is only volume ${volume} of ${volumes} of ${printable(bundle)}, and the upload needs all volumes`,
  why: '`seq-upload.sh ingest` copies the volumes into one folder and joins archives that are in pieces',
  next: `Run \`./seq-upload.sh ingest\` in ${volumes === 1 ? 'this folder' : 'the folder of each volume'}. Then run the upload again with --bundle=<folder>, the folder that the last \`ingest\` prints`,
}));

export const filesNotThere = explain<{
  folder: string;
  bundle: string;
  medium: string;
  names: readonly string[];
}>('SEQ0645', ({ folder, bundle, medium, names }) => ({
  what: `SHA256SUMS lists ${names.length === 1 ? `${printable(names[0] ?? '')}, which is` : `${names.length} files that are`} not in ${printable(folder)}`,
  details: names.slice(0, mostNamed).map((name) => printable(name)),
  why: `Not all files of ${printable(medium)} were copied, or only the symbolic links to these files were copied`,
  next: `Copy ${printable(medium)} again with \`cp -rL\`, or ask the sender to send ${printable(bundle)} again`,
}));

export const notAsChecked = explain<{ bundle: string; problem: string }>('SEQ0653', ({ bundle, problem }) => ({
  what: `${printable(bundle)} has changed since seq-upload.sh checked it: ${printable(problem, { limit: 400 })}`,
  why: 'seq-upload.sh has verified another seal or other checksums than the medium has now. Nothing was uploaded',
  next: 'Find out who writes to the medium, then run seq-upload.sh again. If the error stays, ask the sender by phone or mail for a new medium',
}));

export const recordsApart = explain<{
  bundle: string;
  problem: string;
  cause?: unknown;
}>('SEQ0646', ({ bundle, problem, cause }) => ({
  what: `The records of ${printable(bundle)} are not a valid chain: ${printable(problem, { limit: 400 })}`,
  why: 'The seal of each sequence covers its records and the seal before it, so a record was changed or damaged. Nothing was uploaded',
  next: 'Copy the medium again. If the error stays, ask the sender by phone or mail for a new medium',
  cause,
}));

export const archivesUnlikeRecords = explain<{
  bundle: string;
  found: readonly string[];
  count: number;
}>('SEQ0647', ({ bundle, found, count }) => ({
  what: `${count} blob${count === 1 ? '' : 's'} in the archives of ${printable(bundle)} are not in its records`,
  details: found.map((each) => printable(each)),
  why: 'The inventories of the bundle must list every blob of its archives, with its size. Nothing was uploaded',
  next: 'Copy the medium again into an empty folder. If the error stays, ask the sender by phone or mail for a new medium',
}));

/** Files on a medium that are missing, differ from SHA256SUMS, or are not covered by it. */
export const carriedFilesWrong = finding<{
  file: string;
  details: readonly string[];
}>('SEQ0235', ({ file, details }) => ({
  at: { file },
  what: 'SHA256SUMS does not match the files',
  why: 'Files were damaged, changed or added after they were written, or not all files were copied',
  details: cutDetails(details.map((detail) => printable(detail))),
  next: 'Copy the bundle again from its medium. If the error stays, ask the sender to send the bundle again',
}));

/** SEQ0654: the statement is about another bundle, or this bundle was changed. */
export const bundleUnlikeStatement = explain<{ file: string; problems: readonly string[] }>(
  'SEQ0654',
  ({ file, problems }) => ({
    what: `The signed statement ${printable(file)} does not describe this bundle: ${printable(problems[0] ?? '', { limit: 300 })}`,
    details: problems.slice(1).map((problem) => printable(problem)),
    why: 'The bundle belongs to another mirror, or somebody changed or exchanged its files after the sender had signed',
    next: 'Do not use the bundle; ask its sender by phone or mail. If the bundle belongs to another mirror, validate the bundle with the project of the other mirror',
  }),
);

/** SEQ0654: bundle.env names a statement that is missing. */
export const statementTaken = explain<{ file: string }>('SEQ0654', ({ file }) => ({
  what: `${printable(file)} is missing, although bundle.env names it`,
  why: 'The file is the statement that the sender signed. Somebody deleted this file, or the medium was copied only in part',
  next: 'Copy the whole medium again. If the file is still missing, ask the sender by phone or mail for a new medium',
}));

/** SEQ0626: a bundle in the format of earlier versions. */
export const bundleSignedAsBefore = explain<{ file: string; by: string }>('SEQ0626', ({ file, by }) => ({
  what: `The signature of ${printable(by)} on ${printable(file)} has the format of an earlier version of seqmirror`,
  why: 'Such a signature does not cover the mirror, the sites and the expiry date of the bundle, so an old bundle would stay valid for ever',
  next: 'Ask the sender to bundle again with a newer seqmirror. If the sender has confirmed this bundle, add --allow-unsigned',
}));

/** SEQ0655: a bundle has expired. */
export const bundleExpired = explain<{ file: string; expires: string; clock: string }>(
  'SEQ0655',
  ({ file, expires, clock }) => ({
    what: `This bundle expired at ${expires} (${printable(file)}); the clock of this machine says ${clock}`,
    why: 'The sender set an expiry date. A newer bundle may be on its way, or somebody else has sent this old bundle again',
    next: 'If the clock is wrong, set the clock. Otherwise, ask the sender for a new bundle. To use this bundle anyway, add --allow-older',
  }),
);

/** SEQ0655: a newer head of the same mirror was seen on this machine. */
export const bundleOlder = explain<{ bundle: string; head: number; seen: number }>(
  'SEQ0655',
  ({ bundle, head, seen }) => ({
    what:
      head === seen
        ? `The seal of seq${head} in ${printable(bundle)} differs from the seal that this machine has seen before`
        : `${printable(bundle)} ends at seq${head}, but this machine has already seen seq${seen} of this mirror`,
    why: 'The signature of an old bundle stays valid. If seqmirror accepted the bundle as the newest bundle, later sequences would be lost',
    next: 'Use a bundle of the newest sequence. If you no longer have such a bundle, add --allow-older',
  }),
);
