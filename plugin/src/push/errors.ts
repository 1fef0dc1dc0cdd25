import type { Digest } from '../oci/digest';
import { findingOf, impossible, SeqmirrorError } from '../system/errors';
import { printable } from '../system/printable';

interface Lacking {
  readonly digest: Digest;
  /** The sequence that it came with, where that is known. */
  readonly broughtBy: string | undefined;
}

export function manifestLacking({ image, ...lacking }: Lacking & { image: string }): SeqmirrorError {
  return nowhere(lacking, `${printable(image)} cannot be uploaded: its manifest is`, [lacking.digest]);
}

export function blobLacking({
  repositories,
  ...lacking
}: Lacking & { repositories: readonly string[] }): SeqmirrorError {
  return nowhere(lacking, `${lacking.digest} is needed in ${printable(repositories[0] ?? '')}, and is`, []);
}

function nowhere({ broughtBy }: Lacking, subject: string, details: readonly string[]): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0641',
    what: `${subject} in none of the archives, nor in the registry`,
    details: [...details, ...(broughtBy === undefined ? [] : [`it came with ${printable(broughtBy)}`])],
    why: 'Archives that it needs were not given, or the registry lost what an earlier sequence brought; nothing was tagged',
    next: 'Upload the sequences that it needs first, or bring their archives back (`reissue`)',
  });
}

/** @param failures SEQ0525, at least one */
export function manifestsUnreadable(
  failures: readonly SeqmirrorError[],
  { host, put }: { host: string; put: number },
): SeqmirrorError {
  const [first] = failures;
  if (first === undefined) throw impossible('nothing was unreadable');
  if (failures.length === 1) return first;
  return new SeqmirrorError({
    ...findingOf(first),
    what: `${printable(host)} kept answering HTTP 500 when it was asked for ${failures.length} of the ${put} manifests that it took`,
    details: [...new Set(failures.flatMap(({ details = [] }) => details))],
  });
}
