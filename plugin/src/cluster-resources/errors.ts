import { explain } from '../system/errors';
import { printable } from '../system/printable';

/** SEQ0651: without its template the CatalogSource would be another one than the config asks for. */
export const catalogTemplateUnusable = explain<{ file: string; problem: string }>('SEQ0651', ({ file, problem }) => ({
  what: `The template for a CatalogSource, ${printable(file)}, cannot be used: ${printable(problem)}`,
  why: 'targetCatalogSourceTemplate of the imageset config names it, by a path below the folder that the config lies in; nothing was uploaded',
  next: 'Put a CatalogSource of sourceType grpc there, without name and image; or seal a sequence whose config names none',
}));
