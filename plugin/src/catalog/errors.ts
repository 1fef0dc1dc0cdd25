import type { Position, SeqmirrorError } from '../system/errors';
import { explain } from '../system/errors';
import { printable } from '../system/printable';

const next = 'Take the archive from another copy, or make it again';

/** SEQ0247: what should be a file-based catalog is something else. */
export const unreadableCatalog = explain<{ file: string; why: string }>('SEQ0247', ({ file, why }) => ({
  what: `${printable(file)} is no file-based catalog`,
  why,
  next,
}));

/** SEQ0247: more than any catalog has. */
export function oversizedCatalog(facts: { file: string; what: string; limit: number }): SeqmirrorError {
  return unreadableCatalog({
    file: facts.file,
    why: `It has more than ${facts.limit} ${facts.what}, which no catalog has`,
  });
}

/** SEQ0430: what opm and oc-mirror could not read either, so that the catalog would serve nothing. */
export const catalogFileUnreadable = explain<{ at: Position; why: string }>('SEQ0430', ({ at, why }) => ({
  at,
  what: 'this is not a part of a file-based catalog',
  why,
  next: 'Has the publisher of the catalog a newer one? A file that does not belong to it is left out by a line in .indexignore',
}));

/** SEQ0431: nothing can be selected out of it. */
export const noCatalogImage = explain<{ image: string; why: string }>('SEQ0431', ({ image, why }) => ({
  what: `${printable(image)} is no image of a file-based catalog`,
  why,
  next: 'Is it a catalog, and one of the newer kind, with files? Catalogs of before OpenShift 4.11 hold a database, which nothing reads any more',
}));
