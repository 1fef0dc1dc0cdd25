/**
 * Fetches signatures of release payloads, `sha256=<hex>/signature-1` and further ones, from Red Hat's store or the one
 * that OCP_SIGNATURE_URL names, and finds the first that counts.
 */
import type { WebDocuments } from '../registry/web-documents';
import type { Digest } from '../oci/digest';
import { hexOf } from '../oci/digest';
import { addressIn } from './environment-address';
import { releaseUnsigned } from './errors';
import type { ReleaseKeys } from './release-keys';
import { releaseKeys } from './release-keys';
import type { VerifiedSignature } from './release-signature';
import { signatureByteLimit, verifySignature } from './release-signature';

const redHatStore = 'https://mirror.openshift.com/pub/openshift-v4/signatures/openshift/release/';
// Clusters check as many (openshift/library-go, pkg/verify/store).
const mostSignatures = 10;

export interface SignatureStore {
  /**
   * The first signature of a payload that counts.
   *
   * @param payload its name, for messages
   * @throws SEQ0425 without such a signature
   */
  signatureOf(payload: string, digest: Digest): Promise<VerifiedSignature>;
}

/** @throws SEQ0421 for variables of the environment that cannot be used */
export async function openSignatureStore({
  documents,
  env,
  now,
}: {
  readonly documents: WebDocuments;
  readonly env: Readonly<NodeJS.ProcessEnv>;
  readonly now: () => Date;
}): Promise<SignatureStore> {
  const store = addressIn(env, { variable: 'OCP_SIGNATURE_URL', usual: redHatStore });
  if (!store.pathname.endsWith('/')) store.pathname += '/';
  const keys: ReleaseKeys = await releaseKeys(env);

  const read = (payload: string, digest: Digest, number: number): Promise<Buffer | undefined> => {
    const url = new URL(store);
    url.pathname += `sha256=${hexOf(digest)}/signature-${number}`;
    return documents.read(url, {
      subject: `the signature of ${payload}`,
      instead: 'Or set OCP_SIGNATURE_URL to the URL of another signature store',
      limit: signatureByteLimit,
      // Stores in buckets answer 403 for missing files.
      absent: [403, 404, 410],
    });
  };
  return {
    signatureOf: async (payload, digest) => {
      const refused: string[] = [];
      for (let number = 1; number <= mostSignatures; number += 1) {
        const content = await read(payload, digest, number);
        if (content === undefined) break;
        const verified = await verifySignature(content, { digest, keys, now: now() });
        if (!('refused' in verified)) return verified;
        refused.push(`signature-${number}: ${verified.refused}`);
      }
      throw releaseUnsigned({ payload, store: store.host, refused, keys: keys.whose });
    },
  };
}
