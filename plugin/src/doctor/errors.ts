import { formatBytes } from '../system/byte-size';
import { warning } from '../system/errors';

export const clockBehind = warning<{ folder: string; sealed: string; now: string }>(
  'SEQ0180',
  ({ folder, sealed, now }) => ({
    what: `The clock of this machine says ${now}, but ${folder} was sealed at ${sealed}`,
    why: 'One of the two clocks is wrong. If the clock of this machine is wrong, certificates and tokens of registries can seem to be invalid',
    next: 'Compare the clock with another machine: `date -u`',
  }),
);

export const littleSpace = warning<{ path: string; free: number; largest: number; folder: string }>(
  'SEQ0181',
  ({ path, free, largest, folder }) => ({
    what: `${path} has ${formatBytes(free)} free, less than the largest sequence needed`,
    why: `${folder} has ${formatBytes(largest)} of archives`,
    next: 'Free some space, or set `dataDir` in seqmirror.yaml to a folder on a larger disk',
  }),
);

export const workLeftOver = warning<{ name: string; bytes: number; next: string | undefined; remove: string }>(
  'SEQ0182',
  ({ name, bytes, next, remove }) => ({
    what: `A stopped run left ${formatBytes(bytes)} of unfinished work in ${name}`,
    next: next === undefined ? `Delete the work: ${remove}` : `Continue the work: ${next}`,
  }),
);

export const lockLeftOver = warning<{ mirror: string; since: string | undefined }>('SEQ0183', ({ mirror, since }) => ({
  what: `A run that was killed left the lock of ${mirror}${since === undefined ? '' : `, since ${since}`}`,
  why: 'The next run on the same machine replaces such a lock. If the lock is from another machine, you must remove the lock yourself',
  next: `Remove the lock: nx run ${mirror}:unlock`,
}));

export const umaskTooStrict = warning<{ umask: string }>('SEQ0184', ({ umask }) => ({
  what: `With umask ${umask}, this account cannot read or enter the files and folders that it makes`,
  next: 'Set another umask in the shell, for example: umask 022',
}));

export const nxNotSupported = warning<{ version: string; supported: string }>('SEQ0185', ({ version, supported }) => ({
  what: `Nx ${version} is installed; seqmirror is tested with Nx ${supported}`,
  next: 'Change the version of Nx: npx nx migrate',
}));
