import { explain } from '../system/errors';
import { printable } from '../system/printable';

/** SEQ0651: without its template the CatalogSource would be another one than the config asks for. */
export const catalogTemplateUnusable = explain<{ file: string; problem: string }>('SEQ0651', ({ file, problem }) => ({
  what: `The template for a CatalogSource, ${printable(file)}, cannot be used: ${printable(problem)}`,
  why: 'targetCatalogSourceTemplate in the imageset configuration names this file. Its path must be below the folder of the configuration. Nothing was uploaded',
  next: 'Write a CatalogSource with sourceType grpc, without name and image, into this file. Or seal a new sequence without targetCatalogSourceTemplate',
}));
