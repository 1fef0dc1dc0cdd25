import { explain } from '../system/errors';

export const refusedInCi = explain<{ folder: string; settingsFile: string }>('SEQ0208', ({ folder, settingsFile }) => ({
  what: `${folder} is not sealed, and seqmirror does not mirror in CI (CI=true)`,
  why: '`nx affected` or `nx run-many` could start hours of downloading by accident',
  next: `If this pipeline has to mirror, set \`ci: allow\` in ${settingsFile}`,
}));

export const sameConfigAsBefore = explain<{
  mirror: string;
  number: number;
  folder: string;
  before: string;
  file: string;
}>('SEQ0206', ({ mirror, number, folder, before, file }) => ({
  at: { file },
  what: `${folder} and ${before} have the same configuration`,
  why: `The new sequence would contain only images that changed upstream since ${before}. Maybe no image has changed`,
  next:
    `Edit ${file}. Or, to mirror what changed upstream, run ` +
    `\`nx run ${mirror}:seq${number} --refresh\` or set \`refresh: true\` in sequence.yaml of ${folder}`,
}));

export const broughtLess = explain<{
  folder: string;
  findings: readonly string[];
  mirror: string;
  number: number;
}>('SEQ0471', ({ folder, findings, mirror, number }) => ({
  what: `${folder} cannot be sealed: no archive of the chain contains ${findings.length} of its images or blobs`,
  why: 'The engine did not write all images into the archives. seqmirror did not seal the sequence',
  details: findings.slice(0, 20),
  next: `Run \`nx run ${mirror}:seq${number}\` again. seqmirror keeps what it has fetched`,
}));

export const nothingPlanned = explain<{ mirror: string }>('SEQ0240', ({ mirror }) => ({
  what: `${mirror} has no sequence yet, so there is nothing to plan`,
  why: 'A plan shows what a sequence would mirror',
  next: 'Run `nx g seqmirror:sequence <name>` to create the first sequence',
}));

export const alreadySealed = explain<{ mirror: string; folder: string }>('SEQ0240', ({ mirror, folder }) => ({
  what: `${folder} is sealed, so there is nothing to plan`,
  why: 'seq-metadata.yaml and seq-inventory.jsonl show the content of a sealed sequence',
  next: `Run \`nx run ${mirror}:plan\` to see what the next sequence would mirror, or what changed upstream since the last sequence`,
}));
