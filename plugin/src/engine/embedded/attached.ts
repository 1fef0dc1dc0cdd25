/** Attachments of images by cosign: signatures, attestations and SBOMs, under tags made from the image's digest. */
import type { AttachmentKind } from '../../oci/attached-images';
import { attachmentTag } from '../../oci/attached-images';
import type { Digest } from '../../oci/digest';
import type { ImageReference } from '../../oci/reference';
import type { RegistryClient } from '../../registry/client';
import { mapConcurrently } from '../../system/concurrency';
import type { ErrorCode } from '../../system/error-codes';
import { isSeqmirrorError } from '../../system/errors';
import type { AttachmentSettings } from '../engine';
import { attachmentUnreadable } from './errors';
import type { ManifestNode, TreeReader } from './manifest-tree';

export interface AttachedImage {
  readonly root: ManifestNode;
  /** `sha256-<hex>.sig` */
  readonly tag: string;
  /** The manifest that it is attached to. */
  readonly about: Digest;
  /** The name for people: `signature`. */
  readonly role: string;
}

interface AttachedOptions {
  readonly client: RegistryClient;
  readonly trees: TreeReader;
  readonly attachments: AttachmentSettings;
  /** What was refused so far, and how: `quay.io/app: signature`. If that took all attempts, it is not asked again. */
  readonly refused: Map<string, ErrorCode>;
  readonly signal: AbortSignal;
}

// oc-mirror only takes signatures (containers/image, sigstore attachments); policies may require the others too.
const kindsOf: Readonly<Record<AttachmentSettings['taken'], readonly AttachmentKind[]>> = {
  all: ['sig', 'att', 'sbom'],
  signatures: ['sig'],
  none: [],
};
const roles: Readonly<Record<AttachmentKind, string>> = { sig: 'signature', att: 'attestation', sbom: 'SBOM' };
const lookupsAtOnce = 6;
// Answers of a registry, or of a proxy before it, but neither silence nor content with a wrong digest.
const refusals: readonly ErrorCode[] = ['SEQ0411', 'SEQ0501', 'SEQ0505', 'SEQ0506', 'SEQ0509', 'SEQ0516', 'SEQ0518'];

/**
 * Looks for attachments of an image and of every manifest below it. It asks each time, also for images of the base: a
 * signature may be younger than what it signs.
 *
 * @throws SEQ0418 when one cannot be looked up or read, unless it was refused and may be skipped
 */
export async function attachedTo(
  root: ManifestNode,
  { name, reference: { host, repository } }: { readonly name: string; readonly reference: ImageReference },
  { client, trees, attachments, refused, signal }: AttachedOptions,
): Promise<AttachedImage[]> {
  const kinds = kindsOf[attachments.taken];
  const tags = [...digestsIn(root)].flatMap((about) =>
    kinds.map((kind) => ({ about, tag: attachmentTag(about, kind), role: roles[kind] })),
  );
  const found = await mapConcurrently(tags, { limit: lookupsAtOnce, signal }, async ({ about, tag, role }) => {
    const place = `${host}/${repository}: ${role}`;
    if (refused.get(place) === 'SEQ0509') return undefined;
    const reference = { host, repository, tag };
    let exists = false;
    try {
      exists = await client.tagExists(reference, { signal });
      return exists ? { about, tag, role, root: await trees.treeOfTag(reference) } : undefined;
    } catch (error) {
      if (!isSeqmirrorError(error)) throw error;
      const isRefusal = refusals.includes(error.code);
      if (!isRefusal || attachments.ifRefused === 'fail')
        throw attachmentUnreadable({ image: name, role, exists, isRefusal, cause: error });
      refused.set(place, error.code);
      return undefined;
    }
  });
  return found.filter((attached) => attached !== undefined);
}

function digestsIn(node: ManifestNode, into = new Set<Digest>()): Set<Digest> {
  if (into.has(node.digest)) return into;
  into.add(node.digest);
  for (const child of node.children) digestsIn(child, into);
  return into;
}
