/** Measures images that another engine has listed: it asks for their manifests and fetches nothing else. */
import { linksOf } from '../../archive/links';
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

/** If one cannot be asked for, the others are still counted. */
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
      links: linksOf(resolution.images, resolution.manifests),
      unanswered: failed.map(({ name, error }) => ({ image: name, why: `${error.code} ${error.what}` })),
    };
  } finally {
    await client.close();
  }
}
