/** Asks registries for images: their manifests, and their attachments. */
import type { RegistryClient } from '../../registry/client';
import type { ErrorCode } from '../../system/error-codes';
import { isSeqmirrorError } from '../../system/errors';
import type { AttachmentSettings } from '../engine';
import type { AttachedImage } from './attached';
import { attachedTo } from './attached';
import type { RequestedImage } from './collect/collect';
import { imageNotMirrorable } from './errors';
import type { ManifestNode, TreeReader } from './manifest-tree';
import type { FailedImage } from './setbacks';
import { attemptAll } from './setbacks';

export interface FoundImage {
  readonly request: RequestedImage;
  readonly root: ManifestNode;
  readonly attached: readonly AttachedImage[];
}

export interface LookUp {
  /** In the configuration's order. */
  readonly found: readonly FoundImage[];
  readonly failed: readonly FailedImage[];
  /** Attachments that registries refused and that were skipped: `quay.io/app: signature`. Sorted. */
  readonly refused: readonly string[];
}

interface LookUpOptions {
  readonly client: RegistryClient;
  readonly trees: TreeReader;
  readonly attachments: AttachmentSettings;
  /** How many images at the same time. */
  readonly parallelImages: number;
  readonly signal: AbortSignal;
  /** Called with the name of each image when it is known. */
  readonly onImage?: ((name: string) => void) | undefined;
}

/**
 * Looks up every image, even if others fail. A single image may fail with SEQ0411 (a manifest is missing), SEQ0417 (it
 * is neither OCI nor Docker schema 2), SEQ0418 (an attachment cannot be looked up or read), and SEQ05xx (its registry
 * refuses or does not have it).
 */
export async function lookUpImages(requests: readonly RequestedImage[], options: LookUpOptions): Promise<LookUp> {
  const { parallelImages: limit, signal } = options;
  const refused = new Map<string, ErrorCode>();
  const { done, failed } = await attemptAll(requests, {
    limit,
    signal,
    hostOf: ({ reference: { host } }) => host,
    work: async (request) => {
      const image = await lookUp(request, { ...options, refused });
      options.onImage?.(request.name);
      return image;
    },
  });
  return {
    found: done,
    failed: failed.map(({ item: { name, neededBy }, error }) => ({ name, neededBy, error })),
    refused: [...refused.keys()].sort(),
  };
}

async function lookUp(
  request: RequestedImage,
  options: LookUpOptions & { readonly refused: Map<string, ErrorCode> },
): Promise<FoundImage> {
  const { reference, name } = request;
  const { trees } = options;
  try {
    const root =
      reference.digest === undefined ? await trees.treeOfTag(reference) : await trees.tree(reference.digest, reference);
    return { request, root, attached: await attachedTo(root, request, options) };
  } catch (error) {
    if (isSeqmirrorError(error) && error.code === 'SEQ0510') throw imageNotMirrorable({ image: name, cause: error });
    throw error;
  }
}
