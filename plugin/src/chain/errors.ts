import { formatBytes } from '../system/byte-size';
import { counted } from '../system/counted';
import { explain } from '../system/errors';
import { listedNames } from '../system/listed-names';
import { printable } from '../system/printable';

export const notVoidable = explain<{
  folder: string;
  why: string;
  next: string;
}>('SEQ0230', ({ folder, why, next }) => ({
  what: `${folder} cannot be voided`,
  why,
  next,
}));

export const notRenumberable = explain<{
  folder: string;
  why: string;
  next: string;
}>('SEQ0231', ({ folder, why, next }) => ({
  what: `${folder} cannot be renumbered`,
  why,
  next,
}));

export const diffOfNothing = explain<{ mirror: string }>('SEQ0256', ({ mirror }) => ({
  what: `${mirror} has no sealed sequence to compare`,
  why: 'diff compares the records of sealed sequences',
  next: `Mirror the first sequence: nx run ${mirror}:seq1`,
}));

export const notSealedForDiff = explain<{ mirror: string; number: number; last: number }>(
  'SEQ0257',
  ({ mirror, number, last }) => ({
    what: `seq${number} is not sealed, so its images are not known yet`,
    why: `The last sealed sequence is seq${last}`,
    next: `To see what a planned sequence would add, run \`nx run ${mirror}:plan\``,
  }),
);

/** SEQ0259: what was shown is not what would be done now. */
export const pruneChanged = explain<{ asked: string }>('SEQ0259', ({ asked }) => ({
  what: `prune would now do something else than the plan ${printable(asked, { limit: 40 })} says`,
  why: 'The options, the chain, a site or the archives on this machine differ from those of the plan. Nothing was changed',
  next: 'Run the same command without --apply, and read the plan that it prints',
}));

/** SEQ0260: nobody has all that the newest sequence needs. */
export const newestNotComplete = explain<{
  mirror: string;
  folder: string;
  blobs: number;
  /** The sequences whose archives are missing. */
  lacking: readonly string[];
  next: string;
}>('SEQ0260', ({ mirror, folder, blobs, lacking, next }) => ({
  what: `${folder} of ${printable(mirror)} is not complete: archives that the sequence needs are missing, and no copy is known`,
  details: [
    ...(blobs === 0 ? [] : [`${counted(blobs, 'blob')} of its images are in no archive`]),
    `missing: archives of ${listedNames(lacking)}`,
  ],
  why: 'prune deletes nothing while the newest sequence is not complete',
  next,
}));

/** SEQ0260: found while every archive of the newest sequence was hashed. */
export const newestDamaged = explain<{
  mirror: string;
  number: number;
  folder: string;
  archive: string;
  needs: string;
}>('SEQ0260', ({ mirror, number, folder, archive, needs }) => ({
  what: `${archive} of ${folder} is damaged, and ${needs} needs this archive`,
  why: 'prune deletes nothing while an archive that the newest sequence needs is damaged',
  next: `Make the archive again: nx run ${mirror}:reissue --sequence=seq${number}. Then run prune again`,
}));

/** SEQ0261 */
export const placeRefused = explain<{ place: string; why: string; next: string }>(
  'SEQ0261',
  ({ place, why, next }) => ({
    what: `seqmirror cannot copy archives to ${printable(place)}`,
    why,
    next,
  }),
);

/** SEQ0262: as a copy, a damaged archive would be trusted; moved away, it would be lost for good. */
export const archiveNotCopied = explain<{
  mirror: string;
  number: number;
  folder: string;
  archive: string;
  why: string;
}>('SEQ0262', ({ mirror, number, folder, archive, why }) => ({
  what: `seqmirror did not copy ${archive} of ${folder}: ${why}`,
  why: 'seqmirror copies only archives that match their seal. seqmirror deleted no archive of this sequence',
  next: `Make the archive again: nx run ${mirror}:reissue --sequence=seq${number}. Then run the command again. For prune, first make a new plan, without --apply. Without --to, prune deletes the archive`,
}));

/** SEQ0262: the medium changed it. */
export const copyReadsWrong = explain<{ file: string }>('SEQ0262', ({ file }) => ({
  what: `${printable(file)} differs from the archive that seqmirror copied`,
  why: 'The disk, its reader or its cable changed the bytes. seqmirror removed this copy, and deleted no archive of the sequence',
  next: 'Use another disk, and run the same command again',
}));

/** SEQ0262 */
export const storedCopyReadsWrong = explain<{ object: string }>('SEQ0262', ({ object }) => ({
  what: `${printable(object)} differs from the archive that seqmirror sent`,
  why: 'The storage or the network changed the bytes, or an earlier run had sent a part of another archive. seqmirror deleted this object, but no archive of the sequence',
  next: 'Run the same command again. The command sends the archive from its beginning',
}));

/** SEQ0263 */
export const copyFailed = explain<{ place: string; reason: string; next: string; cause?: unknown }>(
  'SEQ0263',
  ({ place, reason, next, cause }) => ({
    what: `Archives cannot be copied to ${printable(place)} (${reason})`,
    why: `Complete copies stay in ${printable(place)}. Archives without a complete copy are still in their old place`,
    next,
    cause,
  }),
);

/** SEQ0263: known before anything is copied. */
export const copyNeedsSpace = explain<{ place: string; needed: number; free: number }>(
  'SEQ0263',
  ({ place, needed, free }) => ({
    what: `The archives need ${formatBytes(needed)} in ${printable(place)}, and ${formatBytes(free)} are free`,
    why: 'Nothing was changed',
    next: `Free ${formatBytes(needed - free)} on that disk, or name another folder`,
  }),
);

/** SEQ0264 */
export const nothingToRestoreFrom = explain<{
  mirror: string;
  number: number;
  folder: string;
  archives: readonly string[];
  tried: readonly string[];
  /** Copies in custody.yaml that are no folders on this machine, or that cannot be reached now. */
  elsewhere: readonly string[];
}>('SEQ0264', ({ mirror, number, folder, archives, tried, elsewhere }) => ({
  what: `seqmirror found no copy of ${listedNames(archives)} of ${folder} with the recorded sha256`,
  details: [
    ...tried.map((path) => `looked at: ${printable(path)}`),
    ...elsewhere.map((where) => `custody.yaml names a copy that cannot be read now: ${printable(where)}`),
  ],
  why: 'restore copies only archives with the recorded sha256. No record was changed',
  next: `Mount the disk, or name the place: nx run ${mirror}:restore --sequence=seq${number} --from=<place>. To download the blobs again: nx run ${mirror}:reissue --sequence=seq${number}`,
}));

/** SEQ0264 */
export const restoreFolderMissing = explain<{ path: string }>('SEQ0264', ({ path }) => ({
  what: `${printable(path)} is not a folder`,
  why: 'restore copies archives from a folder',
  next: 'Mount the disk, or correct the path. The path is absolute, or relative to the top of the workspace',
}));

export const notSealedToRestore = explain<{ mirror: string; number: number; folder: string }>(
  'SEQ0264',
  ({ mirror, number, folder }) => ({
    what: `${folder} is not sealed, so it has no archives to restore`,
    next: `Mirror the sequence: nx run ${mirror}:seq${number}`,
  }),
);

/** SEQ0265 */
export const pruneOptionUnusable = explain<{ option: string; why: string; next: string }>(
  'SEQ0265',
  ({ option, why, next }) => ({ what: `prune does not accept ${printable(option)}`, why, next }),
);

/** SEQ0267 */
export const siteWithoutSettings = explain<{ folder: string }>('SEQ0267', ({ folder }) => ({
  what: `${printable(folder)} has records of a site, but no site.yaml`,
  why: 'Without site.yaml, seqmirror cannot tell what the site lacks, and prune could delete what the site needs. Nothing was changed',
  next: `Restore site.yaml: git log -- ${printable(folder)}. If the site does not exist any more, delete the folder`,
}));

/** SEQ0268 */
export const nothingToCopy = explain<{ mirror: string; asked: string | undefined; next: string }>(
  'SEQ0268',
  ({ mirror, asked, next }) => ({
    what: `${printable(mirror)} has no archives of ${asked ?? 'any sequence'} on this machine, so there is nothing to copy`,
    why: 'custody copies archives of the store. No record was changed',
    next,
  }),
);

/** SEQ0268 */
export const noCopyToVerify = explain<{ mirror: string; place: string | undefined }>(
  'SEQ0268',
  ({ mirror, place }) => ({
    what:
      place === undefined
        ? 'No custody.yaml of these sequences names a copy outside the store'
        : `No custody.yaml of these sequences names a copy at ${printable(place)}`,
    why: 'Without a copy, seqmirror could verify nothing, and this is not a success',
    next: `To see all copies: nx run ${mirror}:custody. To make a copy: nx run ${mirror}:custody --copy=<place>`,
  }),
);
