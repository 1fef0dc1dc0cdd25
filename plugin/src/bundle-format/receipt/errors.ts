import { explain, SeqmirrorError } from '../../system/errors';
import { printable } from '../../system/printable';

/** SEQ0615: a file that is not a receipt, or was damaged on its way. */
export const receiptUnreadable = explain<{ file: string; what: string }>('SEQ0615', ({ file, what }) => ({
  at: { file },
  what: `this file is not a valid receipt: ${printable(what)}`,
  why: 'A receipt has fixed `key=value` lines, which seq-upload.sh or `upload` writes. seqmirror uses a receipt only if every line is right',
  next: 'Ask the site to send the file again, or to read out the code in the file: --code=XXXX-XXXX-XXXX',
}));

/** SEQ0702: the file that --receipt names is not there. */
export const receiptNotThere = explain<{ file: string }>('SEQ0702', ({ file }) => ({
  what: `There is no file ${printable(file)}`,
  why: 'A relative path starts from the folder in which you typed the command',
  next: 'Check where the receipt is, and give its path: --receipt=<file>',
}));

/** SEQ0616: a receipt of another site says nothing about this one. */
export const receiptOfOtherSite = explain<{
  site: string;
  found: string;
  mirror: string;
}>('SEQ0616', ({ site, found, mirror }) => ({
  what: `This receipt is from the site ${printable(found)}, not from ${site}`,
  why: 'seqmirror keeps a separate ledger for each site',
  next: `\`nx run ${mirror}-site-${printable(found)}:acknowledge --receipt=<file>\``,
}));

/** SEQ0617: the seal is not in this chain, or has another number. */
export const receiptOfUnknownSeal = explain<{
  sequence: number;
  seal: string;
  here: { number: number; seal: string } | undefined;
}>('SEQ0617', ({ sequence, seal, here }) => ({
  what: `This chain has no seq${sequence} with the seal ${printable(seal)}`,
  why:
    here === undefined
      ? `In this repository, no sequence with the number ${sequence} is sealed`
      : `In this repository, seq${here.number} has the seal ${here.seal}`,
  next: 'Run `git pull`. If the error stays, ask the site what it uploaded: perhaps a sequence that was voided or renumbered, or one of another mirror',
}));

/** SEQ0618: the site verified other images than the sequence has. */
export const receiptOfOtherContent = explain<{
  folder: string;
  images: number;
  expected: number;
  verified: string;
  wanted: string;
}>('SEQ0618', ({ folder, images, expected, verified, wanted }) => ({
  what: `This receipt does not prove ${folder}: the registry has ${images} of ${expected} manifests, or other manifests`,
  why: `The hash of the verified images is ${verified} in the receipt, but ${wanted} in the records of ${folder}`,
  next: `Run seq-upload.sh of ${folder} again at the site. The script uploads the missing content and writes a new receipt`,
}));

/** SEQ0627: a site cannot have what was never sent. */
export const receiptOfNothingSent = explain<{ site: string; sequence: number; bundle: string; why: string }>(
  'SEQ0627',
  ({ site, sequence, bundle, why }) => ({
    what: `This receipt is for seq${sequence}${bundle === '-' ? '' : ` from ${printable(bundle)}`}, which was never sent to ${site}`,
    why,
    next: 'Run `git pull`. If the error stays, ask the site by phone or mail what it uploaded',
  }),
);

/** SEQ0619: a receipt that is late, or was taken in before the site went back. */
export const receiptOutdated = explain<{
  site: string;
  project: string;
  sequence: number;
  head: number;
  rolledBack: string | undefined;
}>('SEQ0619', ({ site, project, sequence, head, rolledBack }) => {
  const has = head === 0 ? 'nothing' : `seq${head}`;
  return {
    what: `This receipt is for seq${sequence}, but ${site} ${rolledBack === undefined ? `has already acknowledged ${has}` : `was set back to ${has} on ${rolledBack.slice(0, 10)}`}`,
    why:
      rolledBack === undefined
        ? 'If seqmirror recorded this receipt, the ledger would lose the later sequences'
        : `The receipt is older than the day on which ${site} was set back, so the receipt does not say what the site has now`,
    next:
      rolledBack === undefined
        ? `If the receipt only came late, ignore the receipt. If ${site} was really restored to an older state, run \`nx run ${project}:rollback --to=seq${sequence}\``
        : `Upload to the site again, and use the new receipt. Or send what the site lacks: \`nx run ${project}:bundle --output=<folder>\``,
  };
});

/** SEQ0621: the last character does not fit the others. */
export const codeMistyped = explain<{ code: string }>('SEQ0621', ({ code }) => ({
  what: `${printable(code, { limit: 60 })} is not a valid receipt code`,
  why: 'A code has 12 characters, and the last character is a check character. One character is wrong or missing, or two are swapped',
  next: 'Ask the site to read out the code again, letter by letter. seqmirror reads I and L as 1 and O as 0; a code has no U',
}));

/** SEQ0621: a well-formed code that fits nothing this site can have. */
export const codeOfNothing = explain<{
  code: string;
  site: string;
  sequences: number;
  transfers: number;
}>('SEQ0621', ({ code, site, sequences, transfers }) => ({
  what: `The code ${code} does not belong to any of the ${sequences} sequences and ${transfers} transfers of ${site}`,
  why: 'A code is computed from the site, the seal, the transfer and the images in the registry. If one of these values differs, the code differs',
  next: 'Check that you named the right site, and run `git pull`. If the error stays, run seq-upload.sh again at the site and use the new code',
}));

/** SEQ0622: nothing was sent often enough to be assumed. */
export function notAssumable(facts: {
  site: string;
  project: string;
  why: 'answers' | 'not sent often enough';
  number: number | undefined;
  sendings: number;
  enough: number;
}): SeqmirrorError {
  const { site, project, why, number, sendings, enough } = facts;
  if (why === 'answers') {
    return new SeqmirrorError({
      code: 'SEQ0622',
      what: `${site} sends receipts, so --assume is not allowed`,
      why: 'The site.yaml of this site says that receipts come back',
      next: `Run \`nx run ${project}:acknowledge --receipt=<file>\`, or give --code. If the site is behind a diode, write \`receipts: none\` into its site.yaml`,
    });
  }
  return new SeqmirrorError({
    code: 'SEQ0622',
    what:
      number === undefined
        ? `No transfer is on its way to ${site}`
        : `seq${number} was sent to ${site} ${sendings === 1 ? 'once' : `${sendings} times`}, but --assume requires ${enough} times`,
    why: 'No receipt comes back through a diode, so nobody would notice a lost disc',
    next: `Send it again: \`nx run ${project}:bundle --output=<folder>\`. Or change assume_after in its site.yaml`,
  });
}
