import { explain } from '../system/errors';

export const refusedInCi = explain<{ folder: string; settingsFile: string }>('SEQ0208', ({ folder, settingsFile }) => ({
  what: `${folder} is not sealed, and CI=true`,
  why: '`nx affected` or `nx run-many` could start hours of downloading by accident',
  next: `If this pipeline is meant to mirror, write \`ci: allow\` into ${settingsFile}`,
}));

export const sameConfigAsBefore = explain<{
  mirror: string;
  number: number;
  folder: string;
  before: string;
  file: string;
}>('SEQ0206', ({ mirror, number, folder, before, file }) => ({
  at: { file },
  what: `${folder} asks for exactly what ${before} asks for`,
  why: 'It would bring only what moved upstream since then, which may be nothing',
  next:
    `Edit ${file}; or, if fetching what moved is what you want, ` +
    `\`nx run ${mirror}:seq${number} --refresh\` or \`refresh: true\` in its sequence.yaml`,
}));

export const broughtLess = explain<{
  folder: string;
  findings: readonly string[];
  mirror: string;
  number: number;
}>('SEQ0471', ({ folder, findings, mirror, number }) => ({
  what: `${folder} cannot be sealed: ${findings.length} of its images or blobs are in no archive of the chain`,
  why: 'What lies in the stage is not complete; nothing was sealed',
  details: findings.slice(0, 20),
  next: `nx run ${mirror}:seq${number} again; what was fetched is kept`,
}));

export const nothingPlanned = explain<{ mirror: string }>('SEQ0240', ({ mirror }) => ({
  what: `${mirror} has no sequence yet, so there is nothing to plan`,
  why: 'A plan says what a sequence would bring',
  next: '`nx g seqmirror:sequence <name>` makes the first one',
}));

export const alreadySealed = explain<{ mirror: string; folder: string }>('SEQ0240', ({ mirror, folder }) => ({
  what: `${folder} is sealed, so there is nothing to plan`,
  why: 'What it brought stands in its records',
  next: `\`nx run ${mirror}:plan\` says what the next sequence would bring, or what moved upstream since the last one`,
}));
