/**
 * Signatures of release payloads: OpenPGP messages in the form of containers/image ("atomic container signature"),
 * which say that a digest is a release, and its name. Checked as clusters do it (openshift/library-go, pkg/verify);
 * oc-mirror does not check that the digest is the requested one.
 */
import type { VerifyMessageResult } from 'openpgp';
import { z } from 'zod';
import type { Digest } from '../oci/digest';
import type { ImageReference } from '../oci/reference';
import { tryParseReference } from '../oci/reference';
import { printable } from '../system/printable';
import { readStrictJson } from '../system/strict-json';
import type { ReleaseKeys } from './release-keys';

/** A signature that counts. */
export interface VerifiedSignature {
  /** `quay.io/openshift-release-dev/ocp-release:4.19.2-x86_64`: the payload's name, according to its signers. */
  readonly name: string;
  readonly reference: ImageReference;
  /** Fingerprint of the key that signed, in capitals. */
  readonly fingerprint: string;
  /** The whole message, as it came. */
  readonly content: Buffer;
}

/** Signatures of releases have half a kilobyte. */
export const signatureByteLimit = 64 * 1024;

const Message = z.object({
  critical: z.object({
    type: z.literal('atomic container signature'),
    image: z.object({ 'docker-manifest-digest': z.string() }),
    identity: z.object({ 'docker-reference': z.string().min(1) }),
  }),
});

/** What is wrong with a signature, in words, or its content. */
export async function verifySignature(
  content: Buffer,
  { digest, keys: { keys }, now }: { readonly digest: Digest; readonly keys: ReleaseKeys; readonly now: Date },
): Promise<VerifiedSignature | { readonly refused: string }> {
  if (content.length > signatureByteLimit)
    return { refused: `it has ${content.length} bytes, more than ${signatureByteLimit}` };
  const { config, readMessage, verify } = await import('openpgp');
  const limits = { ...config, maxDecompressedMessageSize: signatureByteLimit };
  let verified: VerifyMessageResult<Uint8Array>;
  try {
    const message = await readMessage({ binaryMessage: content, config: limits });
    verified = await verify({ message, verificationKeys: [...keys], format: 'binary', date: now, config: limits });
  } catch {
    return { refused: 'it is not a signed OpenPGP message' };
  }
  const signer = await signerOf(verified, keys);
  if ('refused' in signer) return signer;
  const json = readStrictJson(verified.data, { maps: ['optional'], integers: [] });
  const message = 'refused' in json ? undefined : Message.safeParse(json.value).data?.critical;
  if (message === undefined) return { refused: 'its content is not a container signature' };
  const signed = message.image['docker-manifest-digest'];
  if (signed !== digest) return { refused: `it is for another image, ${printable(signed, { limit: 80 })}` };
  const name = message.identity['docker-reference'];
  const { reference, problem } = tryParseReference(name);
  if (reference === undefined)
    return { refused: `the image name in it, ${printable(name, { limit: 100 })}, is not valid: ${problem}` };
  return { name, reference, content, ...signer };
}

/** The first of our keys that has signed; else why none counts. */
async function signerOf(
  { signatures }: VerifyMessageResult<Uint8Array>,
  keys: ReleaseKeys['keys'],
): Promise<{ readonly fingerprint: string } | { readonly refused: string }> {
  const reasons: string[] = [];
  for (const { keyID, verified } of signatures) {
    const id = keyID.toHex().toUpperCase();
    const key = keys.find((each) => each.getKeys(keyID).length > 0);
    try {
      await verified;
      if (key !== undefined) return { fingerprint: key.getFingerprint().toUpperCase() };
    } catch (error) {
      const why = key === undefined ? 'is not trusted' : printable((error as Error).message, { limit: 200 });
      reasons.push(key === undefined ? `its key ${id} ${why}` : `it is not valid for key ${id}: ${why}`);
    }
  }
  return { refused: reasons.length === 0 ? 'it is a message without a signature' : reasons.join('; ') };
}
