/**
 * Signatures, attestations and SBOMs as cosign attaches them to images: in the image's repository, under tags made from
 * the digest of the image.
 */
import type { Digest } from './digest';
import { digestFromHex, hexOf } from './digest';
import type { MirroredImage, TagDigests } from './image';

export type AttachmentKind = 'sig' | 'att' | 'sbom';

/** `sha256-<hex>.sig` */
export function attachmentTag(about: Digest, kind: AttachmentKind): string {
  return `sha256-${hexOf(about)}.${kind}`;
}

export function isAttachmentTag(tag: string): boolean {
  return /^sha256-[0-9a-f]{64}\.(?:sig|att|sbom)$/.test(tag);
}

/** Signatures by repository, and there by the digest of the signed image. */
export type Signatures = ReadonlyMap<string, ReadonlyMap<Digest, { readonly tag: string; readonly digest: Digest }>>;

/** The signatures among tags. */
export function signaturesAmong(tags: TagDigests): Signatures {
  const found = new Map<string, Map<Digest, { tag: string; digest: Digest }>>();
  for (const [place, digest] of tags) {
    const [, repository, tag, hex] = /^(.+):(sha256-([0-9a-f]{64})\.sig)$/.exec(place) ?? [];
    if (repository === undefined || tag === undefined || hex === undefined) continue;
    const here = found.get(repository) ?? new Map();
    found.set(repository, here.set(digestFromHex(hex), { tag, digest }));
  }
  return found;
}

/**
 * Signatures of these images: of a root, or of a manifest in an index, since releases and operators are signed one
 * architecture at a time.
 *
 * @param childrenOf the manifests of an index; empty for anything else
 */
export function signaturesOf(
  images: readonly MirroredImage[],
  { signatures, childrenOf }: { signatures: Signatures; childrenOf: (digest: Digest) => readonly Digest[] },
): MirroredImage[] {
  const attached = new Map<string, MirroredImage>();
  for (const image of images) {
    const signedHere = signatures.get(image.repository);
    if (signedHere === undefined) continue;
    for (const about of new Set([image.digest, ...childrenOf(image.digest)])) {
      const signature = signedHere.get(about);
      if (signature === undefined) continue;
      const source = `${image.source.replace(/(@|:[^/:]*$).*$/, '')}:${signature.tag}`;
      attached.set(`${image.repository}:${signature.tag}`, { ...image, ...signature, source, attachedTo: about });
    }
  }
  return [...attached.values()];
}
