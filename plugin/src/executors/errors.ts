/** Errors in the options that people type: missing or contradicting ones. */
import { explain } from '../system/errors';
import { printable } from '../system/printable';

/** SEQ0172: `--sample` is not a percentage. */
export const shareUnusable = explain<string | number>('SEQ0172', (typed) => ({
  what: `--sample=${printable(String(typed))} is not a percentage`,
  why: 'It says how much of the archives is looked at: those that were not checked for the longest time',
  next: 'Write for example --sample=5%',
}));

/** SEQ0178: `explain` was given something that is no error code. */
export const errorCodeUnknown = explain<string>('SEQ0178', (typed) => ({
  what: `\`${printable(typed)}\` is not an error code of this version`,
  why: 'Codes are SEQ and four digits, at the beginning of a message',
  next: 'For example: npx seqmirror explain SEQ0239',
}));

/** SEQ0614: rollback got no option that says what happened, or two. */
export const rollbackUnclear = explain<{ project: string; why: string }>('SEQ0614', ({ project, why }) => ({
  what: 'How far the site went back is not clear',
  why,
  next: `\`nx run ${project}:rollback --to=seq3\` after a restore, \`--wiped\` where all is gone, \`--cache\` where only the cache of oc-mirror is`,
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
        : 'What is acknowledged is said in two ways',
  next: `\`nx run ${project}:acknowledge --receipt=<file>\`, or --code=XXXX-XXXX-XXXX, or --assume over a diode, or --lost=T0002`,
}));

/** SEQ0650: upload got neither a registry nor a site. */
export const uploadWithoutRegistry = explain<{ project: string }>('SEQ0650', ({ project }) => ({
  what: 'No registry is given to upload to',
  why: 'A sequence is uploaded into a registry, or to a site whose site.yaml names one',
  next: `\`nx run ${project}:upload --registry=registry.example:8443/mirror\`, or --site=bravo`,
}));

/** SEQ0258: one side of a difference is not a sequence. */
export const sideUnclear = explain<{ option: string; typed: string }>('SEQ0258', ({ option, typed }) => ({
  what: `${option}=${printable(typed)} names no sequence`,
  next: `Name one as ${option}=seq3${option === '--from' ? ', or --from=nothing' : ''}`,
}));
