/**
 * `release-manifests/image-references` of a release payload: an ImageStream in JSON that names the image of every
 * component of OpenShift. oc-mirror keeps it in working-dir, and disk-to-mirror reads it again.
 */
import { z } from 'zod';
import { valueOfJson } from '../system/json-text';
import { unreadableImageReferences } from './errors';

export interface ReleaseComponent {
  /** `etcd`, `machine-config-operator` */
  readonly name: string;
  /** `quay.io/openshift-release-dev/ocp-v4.0-art-dev@sha256:…` */
  readonly from: string;
}

/** Those of 4.19 have 100 KB. */
export const imageReferencesCharacterLimit = 16 * 1024 ** 2;

const text = z.string().min(1).max(1000);
const ImageReferences = z.object({
  kind: z.literal('ImageStream'),
  spec: z
    .object({
      tags: z
        .array(z.object({ name: text, from: z.object({ name: text }).nullish() }))
        .max(10_000)
        .nullish(),
    })
    .nullish(),
});

/**
 * The components of a release, in the order of the file.
 *
 * @param file its name, for messages
 * @throws SEQ0248 for any other text
 */
export function componentsIn(content: string, { file }: { file: string }): ReleaseComponent[] {
  if (content.length > imageReferencesCharacterLimit) {
    throw unreadableImageReferences({
      file,
      why: `The list has ${content.length} characters; the limit is ${imageReferencesCharacterLimit}`,
    });
  }
  const { success, data } = ImageReferences.safeParse(valueOfJson(content, ['annotations', 'labels']));
  if (!success) throw unreadableImageReferences({ file, why: 'The list is not an ImageStream that names images' });
  return (data.spec?.tags ?? []).flatMap(({ name, from }) => (from ? [{ name, from: from.name }] : []));
}
