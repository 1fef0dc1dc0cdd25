import { explain } from '../system/errors';
import { printable } from '../system/printable';

/** SEQ0248: the list of a release's components is something else. */
export const unreadableImageReferences = explain<{ file: string; why: string }>('SEQ0248', ({ file, why }) => ({
  what: `${printable(file)} is not the list of a release's images`,
  why,
  next: 'Take the archive from another copy, or make it again',
}));
