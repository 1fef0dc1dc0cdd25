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
    what: `\`archiveSize\` is ${archiveSize}, but must be larger than 0`,
    why:
      archiveSize === 0
        ? 'oc-mirror uses its default of 500 GiB instead of 0'
        : 'With a negative size, oc-mirror writes each file into a separate archive. The embedded engine uses the default of 500 GiB',
    next: 'Set the size of your medium in GiB, or remove the key',
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
    why: 'This range contains no version',
    next: 'Swap the two versions, or correct one of them',
  });
}

export function wordUnknown(
  word: Where & { category: string; word: string; known: readonly string[]; why: string; meant?: string | undefined },
): Finding {
  const { at, category, known, why, meant } = word;
  return warning({
    code: 'SEQ0119',
    at,
    what: `${shown(word.word)} is not a known ${category}`,
    why,
    next: meant === undefined ? `Use one of ${known.join(', ')}` : `If you mean \`${meant}\`, write \`${meant}\``,
  });
}

export function wholeCatalog({ at, catalog, full }: Where & { catalog: string; full: boolean }): Finding {
  return warning({
    code: 'SEQ0120',
    at,
    what: `This entry selects all packages of ${shown(catalog)}${full ? ', in all versions' : ''}`,
    why: full
      ? 'The entry has no list `packages`, and has `full: true`. The catalogs of Red Hat have hundreds of packages'
      : 'The entry has no list `packages`, so it selects the head of every channel. The catalogs of Red Hat have hundreds of packages',
    next: 'List the packages that you need under `packages`',
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
      : `This image and the image in line ${other.line ?? 1} both get the name ${shown(destination)} in the destination`,
    ...(sameImage
      ? {}
      : {
          why: 'The name in the destination does not contain the host, so the image copied last overwrites the other',
        }),
    next: sameImage
      ? 'Remove one of the two images'
      : 'Set another targetRepo, targetCatalog or targetTag for one of the two images',
  });
}

export function byTagAndByDigest({ at, repository, other }: Where & { repository: string; other: Position }): Finding {
  return warning({
    code: 'SEQ0122',
    at,
    what: `This entry selects ${shown(repository)} by digest, and line ${other.line ?? 1} selects it by tag`,
    why: 'If tag and digest name the same image, oc-mirror copies this image twice at the same time, and some uploads fail (5 of 46 in a test)',
    next: 'If tag and digest name the same image, keep only the entry with the tag',
  });
}

export function withoutEffect({ at, what, why, next }: Where & { what: string; why: string; next: string }): Finding {
  return warning({ code: 'SEQ0123', at, what, why, next });
}

export function urlWithoutSlash({ at }: Where): Finding {
  return warning({
    code: 'SEQ0124',
    at,
    what: 'The `url` of this helm repository does not end with a slash, and the repository has no `charts`',
    why: 'Without this slash, oc-mirror requests `<url>index.yaml` and not `<url>/index.yaml`',
    next: 'Add a slash at the end of `url`',
  });
}

export function referenceWithoutHost({ at, text, repository }: Where & { text: string; repository: string }): Finding {
  return warning({
    code: 'SEQ0125',
    at,
    what: `${shown(text)} has no registry host`,
    why: `An image without a host is pulled from docker.io. In the destination, the image gets the name ${shown(repository)}, because oc-mirror reads the first part of a name as a host`,
    next: 'Write the host, as in `docker.io/library/busybox:1.36`',
  });
}

export function keyMergedTwice({ at, name }: MergedTwice): Finding {
  return warning({
    code: 'SEQ0126',
    at,
    what: `The key ${shown(name)} is in this map and also in a map that \`<<\` merges into this map`,
    why: 'oc-mirror 4.21 and later refuse the file. 4.19 and 4.20 use the last value',
    next: 'Write the entry without `<<`, or remove the key from the other map',
  });
}
