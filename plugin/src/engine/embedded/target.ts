import { destinationOfImage } from '../../imageset/destination';
import type { AdditionalImage } from '../../imageset/schema';
import { referenceUnreadable } from '../../oci/errors';
import type { ImageReference } from '../../oci/reference';
import { parseReference } from '../../oci/reference';

export interface Target {
  readonly reference: ImageReference;
  /** In the archive, as in oc-mirror's cache. */
  readonly repository: string;
  readonly tag: string;
}

/**
 * Where an additional image comes from, and under which repository and tag it is kept. oc-mirror takes
 * `host:port/name@sha256:…` for a name with a tag and fails; here it is what it says.
 *
 * @throws SEQ0502 when the name is no reference, or has neither tag nor digest
 */
export function targetOf(image: AdditionalImage): Target {
  const reference = parseReference(image.name);
  if (reference.tag === undefined && reference.digest === undefined) {
    throw referenceUnreadable({ text: image.name, problem: 'it has neither a tag nor a digest' });
  }
  return { reference, ...destinationOfImage(image) };
}
