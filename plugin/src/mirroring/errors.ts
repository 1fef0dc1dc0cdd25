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
