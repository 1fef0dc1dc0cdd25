import { z } from 'zod';
import { sha256Of } from '../system/sha256';

/** A content digest, `sha256:` and 64 lower-case hexadecimal digits. Other algorithms are refused at the border. */
export const Digest = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, 'a digest is sha256: and 64 hexadecimal digits')
  .brand<'Digest'>();
export type Digest = z.infer<typeof Digest>;

const pattern = /^sha256:[0-9a-f]{64}$/;

export function isDigest(text: string): text is Digest {
  return pattern.test(text);
}

/** The 64 hexadecimal digits. */
export function hexOf(digest: Digest): string {
  return digest.slice('sha256:'.length);
}

export function digestFromHex(hex: string): Digest {
  const digest = `sha256:${hex}`;
  if (!isDigest(digest)) throw new TypeError(`not a sha256 in hexadecimal: ${hex.slice(0, 80)}`);
  return digest;
}

/** The digest of content that is in memory. */
export function digestOf(content: string | Uint8Array): Digest {
  return digestFromHex(sha256Of(content));
}
