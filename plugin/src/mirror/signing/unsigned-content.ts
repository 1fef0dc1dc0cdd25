/**
 * Content without a signature that counts: archives that others made, and bundles whose signature is missing. When it
 * is adopted, it becomes part of chain.lock, which our key signs, so a person has to allow it. Called by everything
 * that takes content in from elsewhere.
 */
import type { Mirror } from '../mirror';
import { forPeople } from '../mirror';
import { isNamed } from './counted-signature';
import { unsignedContent } from './errors';
import { signersFile } from './signed-file';

/**
 * @param options.what what is taken in, as people know it
 * @returns whether to record that it came without a signature, because a person allowed it
 * @throws SEQ0626 if signatures are required, and nobody has allowed it
 */
export async function requireUnsignedAllowed(
  mirror: Mirror,
  { what, allowUnsigned = false }: { what: string; allowUnsigned?: boolean | undefined },
): Promise<boolean> {
  const because = await whySignaturesCount(mirror);
  if (because === undefined) return false;
  if (!allowUnsigned) throw unsignedContent({ what, because });
  return true;
}

async function whySignaturesCount(mirror: Mirror): Promise<string | undefined> {
  const signers = signersFile(mirror);
  if (await isNamed(signers)) return `${forPeople(mirror, signers)} lists the accepted keys`;
  if (mirror.settings.requireSignatures === true) return 'seqmirror.yaml has requireSignatures';
  return mirror.settings.signing === undefined ? undefined : 'seqmirror.yaml has signing';
}
