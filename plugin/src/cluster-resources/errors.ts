import { SeqmirrorError } from '../system/errors';
import { printable } from '../system/printable';

/** SEQ0651: without its template the CatalogSource would be another one than the config asks for. */
export function catalogTemplateUnusable({ file, problem }: { file: string; problem: string }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0651',
    what: `The template for a CatalogSource, ${printable(file)}, cannot be used: ${printable(problem)}`,
    why: 'targetCatalogSourceTemplate of the imageset config names it, by a path below the folder that the config lies in; nothing was uploaded',
    next: 'Put a CatalogSource of sourceType grpc there, without name and image; or seal a sequence whose config names none',
  });
}
