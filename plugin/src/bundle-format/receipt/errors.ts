import { explain, SeqmirrorError } from '../../system/errors';
import { printable } from '../../system/printable';

/** SEQ0615: a file that is not a receipt, or was damaged on its way. */
export const receiptUnreadable = explain<{ file: string; what: string }>('SEQ0615', ({ file, what }) => ({
  at: { file },
  what: `this is not a receipt: ${printable(what)}`,
  why: 'A receipt is a few lines key=value that seq-upload.sh or upload wrote, and nothing is guessed of a damaged one',
  next: 'Have the file sent once more, or the code in it read out: --code=XXXX-XXXX-XXXX',
}));

/** SEQ0702: the file that --receipt names is not there. */
export const receiptNotThere = explain<{ file: string }>('SEQ0702', ({ file }) => ({
  what: `There is no file ${printable(file)}`,
  why: 'A relative path of --receipt starts from the folder in which the command is typed',
  next: 'Look where the receipt lies, and give its path: --receipt=<file>',
}));

/** SEQ0616: a receipt of another site says nothing about this one. */
export const receiptOfOtherSite = explain<{
  site: string;
  found: string;
  mirror: string;
}>('SEQ0616', ({ site, found, mirror }) => ({
  what: `This receipt is of ${printable(found)}, not of ${site}`,
  why: 'Each site has a ledger of its own',
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
      ? `No sequence here is sealed under number ${sequence}`
      : `seq${here.number} is sealed here as ${here.seal}`,
  next: 'Is this clone up to date (`git pull`)? Else the site took something that was made void, or is of another mirror: ask what it uploaded',
}));

/** SEQ0618: the site verified other images than the sequence has. */
export const receiptOfOtherContent = explain<{
  folder: string;
  images: number;
  expected: number;
  verified: string;
  wanted: string;
}>('SEQ0618', ({ folder, images, expected, verified, wanted }) => ({
  what: `This receipt does not prove ${folder}: its registry answered for ${images} of ${expected} manifests, or for others`,
  why: `It has ${verified}; the records of ${folder} give ${wanted}`,
  next: `At the site, run seq-upload.sh of ${folder} again: it goes on, and writes another receipt`,
}));

/** SEQ0627: a site cannot have what was never sent. */
export const receiptOfNothingSent = explain<{ site: string; sequence: number; bundle: string; why: string }>(
  'SEQ0627',
  ({ site, sequence, bundle, why }) => ({
    what: `This receipt says that ${site} has seq${sequence}${bundle === '-' ? '' : ` by ${printable(bundle)}`}, and that was never sent there`,
    why,
    next: 'Is this clone up to date (`git pull`)? Else ask the site by phone or mail',
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
    what: `This receipt is of seq${sequence}, and ${site} ${rolledBack === undefined ? `has acknowledged ${has} since` : `was moved back to ${has} on ${rolledBack.slice(0, 10)}`}`,
    why:
      rolledBack === undefined
        ? 'Taken in, it would make the ledger forget what is there'
        : 'It was written before that, so it says nothing of what the site has now',
    next:
      rolledBack === undefined
        ? `If it only came late, there is nothing to do; if ${site} really went back, \`nx run ${project}:rollback --to=seq${sequence}\``
        : `Upload there again, and take that receipt; or send what is lacking: \`nx run ${project}:bundle --output=<folder>\``,
  };
});

/** SEQ0621: the last character does not fit the others. */
export const codeMistyped = explain<{ code: string }>('SEQ0621', ({ code }) => ({
  what: `${printable(code, { limit: 60 })} is not a code: 12 characters, of which the last must fit the others`,
  why: 'One character is wrong or missing, or two changed places',
  next: 'Have it read out once more, letter by letter; I and L count as 1, O as 0, and there is no U',
}));

/** SEQ0621: a well-formed code that fits nothing this site can have. */
export const codeOfNothing = explain<{
  code: string;
  site: string;
  sequences: number;
  transfers: number;
}>('SEQ0621', ({ code, site, sequences, transfers }) => ({
  what: `${code} is no code of ${site} for any of ${sequences} sequences and ${transfers} transfers`,
  why: 'A code is of one site, one seal, one transfer, and of all images there: another site, another clone or an incomplete registry gives another one',
  next: 'Check that the site is the right one and that this clone is up to date, then run seq-upload.sh again there',
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
      what: `${site} answers, so nothing has to be assumed`,
      why: 'Its site.yaml says that receipts come back',
      next: `\`nx run ${project}:acknowledge --receipt=<file>\`, or --code; for a diode, write \`receipts: none\` into its site.yaml`,
    });
  }
  return new SeqmirrorError({
    code: 'SEQ0622',
    what:
      number === undefined
        ? `Nothing is on its way to ${site}`
        : `seq${number} was sent to ${site} ${sendings === 1 ? 'once' : `${sendings} times`}; it may be assumed to be there after ${enough}`,
    why: 'Over a diode nobody hears of a disc that was lost',
    next: `Send it once more: \`nx run ${project}:bundle --output=<folder>\`; or change assume_after in its site.yaml`,
  });
}
