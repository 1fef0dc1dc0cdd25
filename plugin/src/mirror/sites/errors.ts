import { explain, SeqmirrorError } from '../../system/errors';
import { printable } from '../../system/printable';

/** SEQ0611: no folder of that name in sites/, or none that has a site.yaml. */
export const noSuchSite = explain<{
  name: string;
  known: readonly string[];
  mirror: string;
  /** The site that is probably meant. */
  meant?: string | undefined;
}>('SEQ0611', ({ name, known, mirror, meant }) => ({
  what: `${printable(mirror)} has no site ${printable(name)}`,
  why: known.length === 0 ? 'It has no sites yet' : `Its sites are ${known.map((site) => printable(site)).join(', ')}`,
  next:
    meant === undefined
      ? `nx g seqmirror:site ${known.length === 0 ? 'bravo' : printable(name)} --mirror=${printable(mirror)}`
      : `Did you mean \`${printable(meant)}\`? Only for a new site: nx g seqmirror:site ${printable(name)} --mirror=${printable(mirror)}`,
}));

/** SEQ0612: the folder of a site, or its site.yaml, has a name that receipts cannot contain. */
export const siteNameRefused = explain<{ folder: string; name: string | undefined }>('SEQ0612', ({ folder, name }) => ({
  what:
    name === undefined
      ? `No site can be called ${printable(folder)}`
      : `The folder ${printable(folder)} and the name ${printable(name)} in its site.yaml are not the same`,
  why:
    name === undefined
      ? 'Receipts say it: lower-case letters, digits and single dashes between them, at most 32 characters'
      : 'Receipts say the name, commands the folder, and both have to lead to one site',
  next:
    name === undefined ? 'Give a code name such as bravo' : 'Make them the same; the folder may be renamed by `git mv`',
}));

/** SEQ0613: a ledger cannot go back to a sequence that the site never acknowledged. */
export const notAcknowledgedEver = explain<{
  site: string;
  number: number;
  known: readonly number[];
  project: string;
}>('SEQ0613', ({ site, number, known, project }) => {
  const nearest = known.filter((other) => other < number).at(-1);
  return {
    what: `${site} has never acknowledged seq${number}`,
    why:
      known.length === 0
        ? 'Its ledger is empty, so the next bundle is complete anyway'
        : `Its ledger has ${known.map((other) => `seq${other}`).join(', ')}; what lies between them is not known to be there`,
    next:
      nearest === undefined
        ? `\`nx run ${project}:rollback --wiped\` counts nothing as there; the next bundle is complete then`
        : `\`nx run ${project}:rollback --to=seq${nearest}\` is on the safe side: the next bundle carries what came after it`,
  };
});

/**
 * SEQ0624: a transfer that was never made.
 *
 * @param facts.site the site that it was for; `undefined`: any site of the mirror
 */
export function noSuchTransfer(facts: {
  id: string;
  site?: string | undefined;
  known: readonly string[];
}): SeqmirrorError {
  const { site, known } = facts;
  const id = printable(facts.id, { limit: 20 });
  if (site !== undefined)
    return new SeqmirrorError({
      code: 'SEQ0624',
      what: `${site} was not sent a transfer ${id}`,
      why: known.length === 0 ? 'Nothing was sent there yet' : `There are ${known.join(', ')}`,
      next: 'Check that the site is the right one',
    });
  return new SeqmirrorError({
    code: 'SEQ0624',
    what: `There is no transfer ${id} of this mirror`,
    why: known.length === 0 ? 'None was made yet' : `Known: ${known.slice(-mostTransfersNamed).join(', ')}`,
    next: 'sites/<name>/transfers/ has a file for each',
  });
}

const mostTransfersNamed = 20;
