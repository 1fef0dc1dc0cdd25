import type { WantedLines } from './lines';

export interface WorkspaceFile extends WantedLines {
  /** What the lines do, for the person who ran the generator: a sentence without subject and full stop. */
  readonly purpose: string;
}

/** What the files at the top of a workspace must contain, by name. */
export const workspaceFiles: Readonly<Record<string, WorkspaceFile>> = {
  '.gitignore': {
    purpose: 'keeps archives out of Git',
    comment:
      'seqmirror: links to archives in the data directory, copies of the upload script, and files that uploads leave',
    lines: ['**/content/seq*/mirror_*.tar', '**/content/seq*/seq-upload.sh', '**/content/seq*/working-dir/'],
  },
  '.gitattributes': {
    purpose: 'keeps line endings, and makes Git report a conflict of two seals',
    comment: 'seqmirror: records keep their line ends, and two branches that seal the same number get a merge conflict',
    lines: [
      '**/content/chain.lock text eol=lf merge',
      '**/content/chain.lock.sig -text',
      '**/content/seq*/*.yaml text eol=lf',
      '**/content/seq*/seq-inventory.jsonl text eol=lf',
      '**/content/seq*/SHA256SUMS text eol=lf',
      '**/content/seq-upload.sh text eol=lf',
      '**/content/seq*/seq-upload.* text eol=lf',
      '**/content/seq*/images.txt text eol=lf',
    ],
  },
  '.prettierignore': {
    purpose: 'keeps formatters from changing records',
    comment: 'seqmirror: records must not change by a single byte',
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
export const nxUseLocal: WorkspaceFile = {
  purpose: 'NX_USE_LOCAL=true: Nx does not ask the npm registry for newer versions',
  comment: 'Without this, the Nx daemon asks the npm registry for the newest Nx at every start.',
  lines: ['NX_USE_LOCAL=true'],
};

/** For `.gitignore` of a folder that `init` makes a workspace: nobody else has written these there. */
export const builtByOthers: WorkspaceFile = {
  purpose: 'keeps files of npm and Nx out of Git',
  comment: 'Files that npm and Nx write for this machine',
  lines: ['node_modules/', '.nx/', 'dist/'],
};
