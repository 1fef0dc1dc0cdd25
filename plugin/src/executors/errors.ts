/** Words about what was typed: options that say nothing, or say two things. */
import { SeqmirrorError } from '../system/errors';
import { printable } from '../system/printable';

/** SEQ0172: a share of the archives that is none. */
export function shareUnusable(typed: string | number): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0172',
    what: `--sample=${printable(String(typed))} is no share`,
    why: 'It says how much of the archives is looked at: those that were not checked for the longest time',
    next: 'Write for example --sample=5%',
  });
}

/** SEQ0614: rollback was not told what happened, or two things at once. */
export function rollbackUnclear(facts: { project: string; why: string }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0614',
    what: 'How far the site went back is not clear',
    why: facts.why,
    next: `\`nx run ${facts.project}:rollback --to=seq3\` after a restore, \`--wiped\` where all is gone, \`--cache\` where only the cache of oc-mirror is`,
  });
}

/** SEQ0623: no way to acknowledge was named, or two, or one without its value. */
export function acknowledgementUnclear(facts: {
  project: string;
  said: number;
  /** An option that was given without a value. */
  empty?: string | undefined;
}): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0623',
    what:
      facts.empty !== undefined
        ? `${facts.empty} has no value`
        : facts.said === 0
          ? 'What is acknowledged is not said'
          : 'What is acknowledged is said in two ways',
    next: `\`nx run ${facts.project}:acknowledge --receipt=<file>\`, or --code=XXXX-XXXX-XXXX, or --assume over a diode, or --lost=T0002`,
  });
}

/** SEQ0650: neither a registry nor a site to upload to. */
export function uploadWithoutRegistry(facts: { project: string }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0650',
    what: 'Where to upload is not said',
    why: 'A sequence is uploaded into a registry, or to a site whose site.yaml names one',
    next: `\`nx run ${facts.project}:upload --registry=registry.example:8443/mirror\`, or --site=bravo`,
  });
}
