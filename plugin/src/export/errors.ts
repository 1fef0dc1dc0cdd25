import { explain } from '../system/errors';

export const nothingToExport = explain<{ mirror: string; left: readonly string[] }>('SEQ0270', ({ mirror, left }) => ({
  what: `${mirror} has no site whose cluster resources can be exported`,
  why: 'An export needs a site with `registry` in site.yaml and an acknowledged sequence',
  details: left,
  next:
    left.length === 0
      ? 'Add a site: `nx g seqmirror:site bravo --registry=registry.bravo.example:8443/mirror`'
      : 'Set `registry` in the site.yaml of each site. For a sequence that no site has acknowledged yet, add --at=seq<N>',
}));

export const exportInTheWay = explain<{ file: string }>('SEQ0271', ({ file }) => ({
  what: `The export would replace ${file}, which \`export\` did not write`,
  why: 'Files that `export` writes begin with a line that says so. This file does not',
  next: `Move ${file} to another folder, or let the export write to another folder: --output=<folder>`,
}));

export const notSealedForExport = explain<{ mirror: string; number: number; last: number }>(
  'SEQ0272',
  ({ mirror, number, last }) => ({
    what: `seq${number} of ${mirror} is not sealed, so its images are not known`,
    why: last === 0 ? `${mirror} has no sealed sequence` : `The last sealed sequence is seq${last}`,
    next:
      last === 0 ? `Mirror the first sequence: nx run ${mirror}:seq1` : `Run the command again with --at=seq${last}`,
  }),
);
