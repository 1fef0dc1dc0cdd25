/** The collector of `mirror.additionalImages`. */
import { destinationOfImage } from '../../../imageset/destination';
import type { AdditionalImage } from '../../../imageset/schema';
import { referenceUnreadable } from '../../../oci/errors';
import { parseReference } from '../../../oci/reference';
import type { Collector, RequestedImage } from './collector';

/**
 * The additional images of a configuration, in its order.
 *
 * @throws SEQ0502 for a name that can't be read
 */
export const collectAdditionalImages: Collector = async ({ config }) => ({
  images: (config.mirror.additionalImages ?? []).map((image) => ({
    kind: 'additional',
    name: image.name,
    ...targetOf(image),
  })),
});

/**
 * Where an additional image comes from, and under which repository and tag it is kept. oc-mirror takes
 * `host:port/name@sha256:…` for a name with a tag and fails; here it works.
 *
 * @throws SEQ0502 when the name is not a reference, or has neither tag nor digest
 */
export function targetOf(image: AdditionalImage): Pick<RequestedImage, 'reference' | 'repository' | 'tag'> {
  const reference = parseReference(image.name);
  if (reference.tag === undefined && reference.digest === undefined) {
    throw referenceUnreadable({ text: image.name, problem: 'it has no tag and no digest' });
  }
  return { reference, ...destinationOfImage(image) };
}

/** Whether it would make an archive that oc-mirror unpacks wrongly. */
export function misleadsOcMirror({ repository, tag }: Pick<RequestedImage, 'repository' | 'tag'>): boolean {
  return `${repository}:${tag}`.includes('working-dir');
}
