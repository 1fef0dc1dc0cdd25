/** What oc-mirror accepts silently, although people hardly intended it. All of these are warnings. */
import type { Explanation, Finding, Position } from '../system/errors';
import type { MergedTwice } from '../yaml/placed-value';
import { shown } from './credentials';

interface Where {
  readonly at: Position;
}

const warning = (explanation: Explanation): Finding => ({ severity: 'warning', ...explanation });

export function archiveSizeNotPositive({ at, archiveSize }: Where & { archiveSize: number }): Finding {
  return warning({
    code: 'SEQ0117',
    at,
    what: `\`archiveSize\` is ${archiveSize}`,
    why:
      archiveSize === 0
        ? 'oc-mirror takes 0 for its default, 500 GiB'
        : 'oc-mirror then puts each file into an archive of its own; the embedded engine takes its default, 500 GiB',
    next: 'Write the GiB that a medium holds, or leave the key out',
  });
}

export function rangeEmpty({
  at,
  minVersion,
  maxVersion,
}: Where & { minVersion: string; maxVersion: string }): Finding {
  return warning({
    code: 'SEQ0118',
    at,
    what: `\`minVersion\` ${shown(minVersion)} is higher than \`maxVersion\` ${shown(maxVersion)}`,
    why: 'No version is in that range',
    next: 'Were the two swapped?',
  });
}

export function wordUnknown(
  word: Where & { of: string; word: string; known: readonly string[]; why: string; meant?: string | undefined },
): Finding {
  const { at, of, known, why, meant } = word;
  return warning({
    code: 'SEQ0119',
    at,
    what: `${shown(word.word)} is not ${of} that is known`,
    why,
    next: meant === undefined ? `Known are ${known.join(', ')}` : `Did you mean \`${meant}\`?`,
  });
}

export function wholeCatalog({ at, catalog, full }: Where & { catalog: string; full: boolean }): Finding {
  return warning({
    code: 'SEQ0120',
    at,
    what: `All packages of ${shown(catalog)} are asked for${full ? ', in all versions' : ''}`,
    why: full
      ? "That is every version in every channel of every package; Red Hat's catalogs have hundreds of packages"
      : "That is the head of every channel of every package; Red Hat's catalogs have hundreds of packages",
    next: 'Name the packages that are needed under `packages`',
  });
}

export function samePlace({
  at,
  destination,
  other,
  sameImage,
}: Where & { destination: string; other: Position; sameImage: boolean }): Finding {
  return warning({
    code: 'SEQ0121',
    at,
    what: sameImage
      ? `This image is already in line ${other.line ?? 1}`
      : `This image and the one in line ${other.line ?? 1} both become ${shown(destination)} in the destination`,
    ...(sameImage ? {} : { why: 'The host is not part of the name there, so the one copied last is what stays' }),
    next: sameImage ? 'Remove one of the two' : 'Give one of them another targetRepo, targetCatalog or targetTag',
  });
}

export function byTagAndByDigest({ at, repository, other }: Where & { repository: string; other: Position }): Finding {
  return warning({
    code: 'SEQ0122',
    at,
    what: `${shown(repository)} is asked for by digest here, and by tag in line ${other.line ?? 1}`,
    why: 'If both are the same image, oc-mirror copies it twice at the same time, and uploads fail now and then (5 of 46 in a test)',
    next: 'If they are, keep the one by tag',
  });
}

export function withoutEffect({ at, what, why, next }: Where & { what: string; why: string; next: string }): Finding {
  return warning({ code: 'SEQ0123', at, what, why, next });
}

export function urlWithoutSlash({ at }: Where): Finding {
  return warning({
    code: 'SEQ0124',
    at,
    what: 'The `url` of this helm repository does not end with a slash, and `charts` is left out',
    why: 'oc-mirror then asks for `<url>index.yaml`, the two written together',
    next: 'Add the slash',
  });
}

export function referenceWithoutHost({ at, text, repository }: Where & { text: string; repository: string }): Finding {
  return warning({
    code: 'SEQ0125',
    at,
    what: `${shown(text)} names no registry`,
    why: `It is fetched from docker.io, and becomes ${shown(repository)} in the destination: oc-mirror takes the first part for a host`,
    next: 'Write the host, as in `docker.io/library/busybox:1.36`',
  });
}

export function keyMergedTwice({ at, name }: MergedTwice): Finding {
  return warning({
    code: 'SEQ0126',
    at,
    what: `The key ${shown(name)} is in this map and in one that \`<<\` merges into it`,
    why: 'oc-mirror 4.21 and later refuse the file; 4.19 and 4.20 take the value that comes last',
    next: 'Write the entry out without `<<`, or take the key out of the other map',
  });
}
