/** Mirror sequences, and know beforehand what that brings. */
import type { Command } from './command';

export const mirroringCommands = {
  mirror: {
    title: 'Mirror a sequence',
    description:
      'Downloads the images of one sequence into archives, checks that the archives are complete, and seals the sequence. The command does not change a sealed sequence.',
    targets: [],
    runsAlone: true,
    stays: 'seqmirror keeps what it has downloaded',
  },
  plan: {
    title: 'Plan the next sequence',
    description:
      'Shows what a sequence would download: new, shared and dropped images and bytes, changes upstream since the last sequence, archives, time and disk space. The command downloads no layer and writes nothing. The command fails if a registry does not answer.',
    targets: [
      {
        scope: 'mirror',
        needs: 'a sequence',
        description: 'Show what the next sequence would download, or what has changed upstream since the last sequence',
        example: { options: { media: 'bd25', format: 'markdown' } },
      },
      {
        scope: 'sequence',
        needs: 'no seal',
        description: 'Show what {sequence} would download',
        example: { options: { media: 'bd25', format: 'markdown' } },
      },
    ],
    runsAlone: true,
  },
  check: {
    title: 'Check a sealed sequence',
    description:
      'Checks that the intent and the records of a sealed sequence are unchanged since it was sealed. The command reads only text files, takes no lock, and changes no record. Nx runs the checks of a whole chain in one process.',
    targets: [],
    together: true,
  },
} as const satisfies Readonly<Record<string, Command>>;
