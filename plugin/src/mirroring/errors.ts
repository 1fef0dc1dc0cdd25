import { SeqmirrorError } from '../system/errors';

export function refusedInCi(facts: { folder: string; settingsFile: string }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0208',
    what: `${facts.folder} is not sealed, and CI=true`,
    why: '`nx affected` or `nx run-many` could start hours of downloading by accident',
    next: `If this pipeline is meant to mirror, write \`ci: allow\` into ${facts.settingsFile}`,
  });
}

export function sameConfigAsBefore(facts: {
  mirror: string;
  number: number;
  folder: string;
  before: string;
  file: string;
}) {
  return new SeqmirrorError({
    code: 'SEQ0206',
    at: { file: facts.file },
    what: `${facts.folder} asks for exactly what ${facts.before} asks for`,
    why: 'It would bring only what moved upstream since then, which may be nothing',
    next:
      `Edit ${facts.file}; or, if fetching what moved is what you want, ` +
      `\`nx run ${facts.mirror}:seq${facts.number} --refresh\` or \`refresh: true\` in its sequence.yaml`,
  });
}

export function broughtLess(facts: {
  folder: string;
  findings: readonly string[];
  mirror: string;
  number: number;
}): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0471',
    what: `${facts.folder} cannot be sealed: ${facts.findings.length} of its images or blobs are in no archive of the chain`,
    why: 'What lies in the stage is not complete; nothing was sealed',
    details: facts.findings.slice(0, 20),
    next: `nx run ${facts.mirror}:seq${facts.number} again; what was fetched is kept`,
  });
}
