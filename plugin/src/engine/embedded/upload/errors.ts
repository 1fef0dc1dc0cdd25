import type { Digest } from '../../../registry/digest';
import { SeqmirrorError } from '../../../system/errors';
import { printable } from '../../../system/printable';

export function manifestLacking({ image, digest }: { image: string; digest: Digest }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0641',
    what: `${printable(image)} cannot be uploaded: its manifest is in none of the archives, nor in the registry`,
    why: 'Archives that it needs were not given, or the registry lost what an earlier sequence brought; nothing was tagged',
    next: 'Upload the sequences that it needs first, or bring their archives back (`reissue`)',
    details: [digest],
  });
}

export function blobLacking(facts: { digest: Digest; bytes: number; repositories: readonly string[] }): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0641',
    what: `${facts.digest} is needed in ${printable(facts.repositories[0] ?? '')}, and is in none of the archives, nor in the registry`,
    why: 'Archives that it needs were not given, or the registry lost what an earlier sequence brought; nothing was tagged',
    next: 'Upload the sequences that it needs first, or bring their archives back (`reissue`)',
  });
}
