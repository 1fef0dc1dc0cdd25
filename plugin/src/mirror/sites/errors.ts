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
  why:
    known.length === 0
      ? 'This mirror has no sites yet'
      : `Its sites are ${known.map((site) => printable(site)).join(', ')}`,
  next:
    meant === undefined
      ? `nx g seqmirror:site ${known.length === 0 ? 'bravo' : printable(name)} --mirror=${printable(mirror)}`
      : `If you meant \`${printable(meant)}\`, use this name. For a new site: nx g seqmirror:site ${printable(name)} --mirror=${printable(mirror)}`,
}));

/** SEQ0612: the folder of a site, or its site.yaml, has a name that receipts cannot contain. */
export const siteNameRefused = explain<{ folder: string; name: string | undefined }>('SEQ0612', ({ folder, name }) => ({
  what:
    name === undefined
      ? `${printable(folder)} is not a valid name for a site`
      : `The folder ${printable(folder)} and the name ${printable(name)} in its site.yaml are different`,
  why:
    name === undefined
      ? 'A name may have at most 32 lower-case letters and digits, with single dashes between them'
      : 'Receipts contain the name, and commands use the name of the folder, so the two names must be the same',
  next:
    name === undefined
      ? 'Choose a code name such as bravo'
      : 'Correct the name in site.yaml, or rename the folder with `git mv`',
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
        ? 'The ledger of this site is empty, so the next bundle will contain everything'
        : `The site has acknowledged only ${known.map((other) => `seq${other}`).join(', ')}, and rollback needs one of these`,
    next:
      nearest === undefined
        ? `Run \`nx run ${project}:rollback --wiped\`. The next bundle then contains everything`
        : `Run \`nx run ${project}:rollback --to=seq${nearest}\`, which is safe: the next bundle then contains everything after seq${nearest}`,
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
      what: `No transfer ${id} was sent to ${site}`,
      why:
        known.length === 0 ? 'Nothing was sent to this site yet' : `The transfers to this site are ${known.join(', ')}`,
      next: 'Check the name of the site',
    });
  return new SeqmirrorError({
    code: 'SEQ0624',
    what: `This mirror has no transfer ${id}`,
    why:
      known.length === 0
        ? 'This mirror has no transfers yet'
        : `The last transfers are ${known.slice(-mostTransfersNamed).join(', ')}`,
    next: 'Look into sites/<name>/transfers/, which has one file for each transfer',
  });
}

const mostTransfersNamed = 20;
