/** Places outside the mirror with copies of archives, and the copies there. */
export type { RecordedArchive } from './archive-copy';
export { copyOut, missingAt, requireSpaceAt } from './copy-out';
export type { CopyPlace } from './copy-place';
export { openFolderPlace } from './folder-place';
export { openPlaceToFill, openPlaceWithCopies } from './open-place';
export { pathsOfCopies } from './paths-of-copies';
