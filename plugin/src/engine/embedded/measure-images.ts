/** What images are made of that another engine has listed: their manifests are asked for, nothing is fetched. */
import type { PlannedLink } from '../../archive/plan';
import type { BlobSet } from '../../oci/blob';
import { createRegistryClient } from '../../registry/client';
import type { AttachmentSettings, MirrorPlan, MirrorRequest } from '../engine';
import type { RequestedImage } from './collect/collect';
import { lookUpImages } from './look-up';
import { noManifestStore } from './manifest-store';
import { createTreeReader } from './manifest-tree';
import { blobRecords, resolutionOf } from './resolve';

export interface MeasuredImages extends Pick<MirrorPlan, 'images' | 'unanswered'> {
  readonly blobs: BlobSet;
  readonly links: readonly PlannedLink[];
}

/** One that cannot be asked about does not keep the others from being counted. */
export async function measureImages(
  listed: readonly RequestedImage[],
  attachments: AttachmentSettings,
  { registries: settings, env, signal, options, base, progress }: MirrorRequest,
): Promise<MeasuredImages> {
  const { parallelImages, retries } = options;
  const client = createRegistryClient({ settings, env, signal, retries });
  const trees = createTreeReader({ client, base, store: noManifestStore, signal });
  const onImage = (name: string) => progress.detail(`looked up ${name}`);
  try {
    const asked = { client, trees, attachments, parallelImages, signal, onImage };
    const { found, failed } = await lookUpImages(listed, asked);
    const resolution = resolutionOf(found, [], { store: noManifestStore, signal });
    return {
      images: resolution.images,
      blobs: blobRecords(resolution),
      links: resolution.links,
      unanswered: failed.map(({ name, error }) => ({ image: name, why: `${error.code} ${error.what}` })),
    };
  } finally {
    await client.close();
  }
}
