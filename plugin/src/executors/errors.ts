/** Errors in the options that people type: missing or contradicting ones. */
import { explain } from '../system/errors';
import { printable } from '../system/printable';

/** SEQ0172: `--sample` is not a percentage. */
export const shareUnusable = explain<string | number>('SEQ0172', (typed) => ({
  what: `--sample=${printable(String(typed))} is not a percentage`,
  why: 'seqmirror checks this share of the bytes of the archives. seqmirror begins with the archives whose last check is the oldest',
  next: 'Write for example --sample=5%',
}));

/** SEQ0178: `explain` was given something that is no error code. */
export const errorCodeUnknown = explain<string>('SEQ0178', (typed) => ({
  what: `\`${printable(typed)}\` is not an error code of this version`,
  why: 'A code is SEQ and four digits, and is at the beginning of a message',
  next: 'Copy the code from the message, for example: npx seqmirror explain SEQ0239',
}));

/** SEQ0179: a report would be written where Nx cannot bring it back to. */
export const reportOutside = explain<{ folder: string; mirror: string }>('SEQ0179', ({ folder, mirror }) => ({
  what: `The report cannot be written to ${printable(folder)}`,
  why: 'Nx caches this task, and restores files only into folders below the top of the workspace',
  next: `Name a folder in the workspace, or run \`npx seqmirror report --mirror=${mirror} --output=${printable(folder)}\``,
}));

/** SEQ0179: a report would be spread over the top of the workspace. */
export const reportAtTop = explain<{ mirror: string }>('SEQ0179', ({ mirror }) => ({
  what: 'The report cannot be written to the top of the workspace',
  why: '--output has no value, or names the workspace itself',
  next: `Name a folder: \`nx run ${mirror}:report --output=out/report\``,
}));

/** SEQ0663: options of apply that cannot be used. */
export const applyUnclear = explain<{ why: string }>('SEQ0663', ({ why }) => ({
  what: 'An option of the command apply is incomplete',
  why,
  next: 'Run `npx seqmirror apply --help` to see the options',
}));

/** SEQ0614: rollback got no option that says what happened, or two. */
export const rollbackUnclear = explain<{ project: string; why: string }>('SEQ0614', ({ project, why }) => ({
  what: 'rollback needs exactly one of --to, --wiped and --cache',
  why,
  next: `Run \`nx run ${project}:rollback --to=seq3\` after a restore. If the registry is empty, use --wiped; if only the cache of oc-mirror was deleted, use --cache`,
}));

/** SEQ0623: acknowledge got no answer, two, or one without its value. */
export const acknowledgementUnclear = explain<{
  project: string;
  said: number;
  /** An option that was given without a value. */
  empty?: string | undefined;
}>('SEQ0623', ({ project, said, empty }) => ({
  what:
    empty !== undefined
      ? `${empty} has no value`
      : said === 0
        ? 'Nothing to acknowledge: give --receipt, --code, --assume or --lost'
        : 'Only one of --receipt, --code, --assume and --lost can be given',
  why: 'acknowledge records one answer of a site, or the loss of one transfer',
  next: `Run \`nx run ${project}:acknowledge --receipt=<file>\`, or give --code=XXXX-XXXX-XXXX, --assume (for a diode) or --lost=T0002`,
}));

/** SEQ0650: upload got neither a registry nor a site. */
export const uploadWithoutRegistry = explain<{ project: string }>('SEQ0650', ({ project }) => ({
  what: 'No registry is given for the upload',
  why: 'upload needs the address of a registry, or a site whose site.yaml names a registry',
  next: `Run \`nx run ${project}:upload --registry=registry.example:8443/mirror\`, or give --site=bravo`,
}));

/** SEQ0264: restore got no sequence. */
export const restoreOfNothing = explain<{ project: string }>('SEQ0264', ({ project }) => ({
  what: 'restore needs the name of a sequence',
  next: `Name the sequence: nx run ${project}:restore --sequence=seq1. nx run ${project}:list shows which sequences are retired`,
}));

/** SEQ0269 */
export const custodyUnclear = explain<{ why: string }>('SEQ0269', ({ why }) => ({
  what: 'It is not clear what custody should do',
  why,
  next: 'Give --copy=<place> with or without --dryRun, or --verify with or without --place=<place> and --quick. Without an option, custody lists all copies',
}));

/** SEQ0265: the age of sequences to retire. */
export const ageUnusable = explain<{ typed: string }>('SEQ0265', ({ typed }) => ({
  what: `--older-than=${printable(typed, { limit: 40 })} is not a number of days`,
  next: 'Give a number of days from 1d to 99999d, for example --older-than=180d',
}));

/** SEQ0258: one side of a difference is not a sequence. */
export const sideUnclear = explain<{ option: string; typed: string }>('SEQ0258', ({ option, typed }) => ({
  what: `${option}=${printable(typed)} is not the name of a sequence`,
  why: 'diff compares two sequences, which you name by their numbers',
  next: `Write for example ${option}=seq3${option === '--from' ? ', or --from=nothing for a new site' : ''}`,
}));
