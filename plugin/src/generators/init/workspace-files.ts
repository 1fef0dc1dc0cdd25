import type { WantedLines } from './lines';

/** What the files at the top of a workspace must contain, by name. */
export const workspaceFiles: Readonly<Record<string, WantedLines>> = {
  '.gitignore': {
    comment: 'seqmirror: archives live in the data directory; what lies here are links to them, and what uploads leave',
    lines: ['**/content/seq*/mirror_*.tar', '**/content/seq*/working-dir/'],
  },
  '.gitattributes': {
    comment: 'seqmirror: records keep their line ends everywhere, and two seals of one number meet as a conflict',
    lines: [
      '**/content/chain.lock text eol=lf merge',
      '**/content/chain.lock.sig -text',
      '**/content/seq*/*.yaml text eol=lf',
      '**/content/seq*/seq-inventory.jsonl text eol=lf',
      '**/content/seq*/SHA256SUMS text eol=lf',
      '**/content/seq*/seq-upload.* text eol=lf',
      '**/content/seq*/images.txt text eol=lf',
    ],
  },
  '.prettierignore': {
    comment: 'seqmirror: records are written once and compared byte by byte',
    lines: [
      '**/content/chain.lock',
      '**/content/seq*/imageset-config.pinned.yaml',
      '**/content/seq*/seq-metadata.yaml',
      '**/content/seq*/seq-inventory.jsonl',
      '**/content/seq*/SHA256SUMS',
    ],
  },
};

/** For `.env`, which Nx reads before anything else. */
export const nxUseLocal: WantedLines = {
  comment: 'The Nx daemon would otherwise ask the npm registry for the newest Nx on every start.',
  lines: ['NX_USE_LOCAL=true'],
};
