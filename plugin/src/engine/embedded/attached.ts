/** What cosign attaches to images: signatures, attestations and SBOMs, under tags made of the digest they are about. */
import type { AttachmentKind } from '../../oci/attached-images';
import { attachmentTag } from '../../oci/attached-images';
import type { Digest } from '../../oci/digest';
import type { ImageReference } from '../../oci/reference';
import type { RegistryClient } from '../../registry/client';
import { mapConcurrently } from '../../system/concurrency';
import type { ManifestNode, TreeReader } from './manifest-tree';

export interface AttachedImage {
  readonly root: ManifestNode;
  /** `sha256-<hex>.sig` */
  readonly tag: string;
  /** The manifest that it is attached to. */
  readonly about: Digest;
}

interface AttachedOptions {
  readonly client: RegistryClient;
  readonly trees: TreeReader;
  readonly signal: AbortSignal;
}

// oc-mirror takes signatures alone (containers/image, sigstore attachments); policies may ask for the others too.
const kinds: readonly AttachmentKind[] = ['sig', 'att', 'sbom'];
const lookupsAtOnce = 6;

/**
 * Looks for attachments of an image and of every manifest below it. Asked each time, for images of the base too: a
 * signature may be younger than what it signs.
 */
export async function attachedTo(
  root: ManifestNode,
  { host, repository }: ImageReference,
  { client, trees, signal }: AttachedOptions,
): Promise<AttachedImage[]> {
  const tags = [...digestsIn(root)].flatMap((about) =>
    kinds.map((kind) => ({ about, tag: attachmentTag(about, kind) })),
  );
  const found = await mapConcurrently(tags, { limit: lookupsAtOnce, signal }, async ({ about, tag }) => {
    const reference = { host, repository, tag };
    return (await client.tagExists(reference, { signal }))
      ? { about, tag, root: await trees.treeOfTag(reference) }
      : undefined;
  });
  return found.filter((attached) => attached !== undefined);
}

function digestsIn(node: ManifestNode, into = new Set<Digest>()): Set<Digest> {
  if (into.has(node.digest)) return into;
  into.add(node.digest);
  for (const child of node.children) digestsIn(child, into);
  return into;
}
