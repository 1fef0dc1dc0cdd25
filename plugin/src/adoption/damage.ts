/** What is wrong with a set of archives that is adopted anyway, and how its records say so. */
import type { ForeignSet } from '../foreign/foreign-set';
import type { BlobSet } from '../oci/blob';
import type { MirroredImage } from '../oci/image';
import type { Closure, MissingBlob } from '../sequence/closure';
import { closureOf } from '../sequence/closure';
import type { Custody } from '../sequence/custody';
import { counted } from '../system/counted';
import { printable } from '../system/printable';
import { recordSchema } from '../yaml/schema-version';

export interface Damage {
  /** The names of its incomplete images. */
  readonly brokenImages: readonly string[];
  readonly missing: readonly MissingBlob[];
  /** How many of the missing blobs oc-mirror had shipped before, according to its history. */
  readonly shippedEarlier: number;
  /** Files that are not whole archives. */
  readonly brokenArchives: readonly string[];
  readonly damagedBlobs: number;
}

/** @returns `undefined` if it is sound */
export function damageOf(
  source: ForeignSet,
  {
    images,
    absent,
    closure: { missing },
    all,
  }: { images: readonly MirroredImage[]; absent: readonly string[]; closure: Closure; all: BlobSet },
): Damage | undefined {
  const brokenArchives = source.archives
    .filter(({ frameSha256 }) => frameSha256 === undefined)
    .map(({ file }) => file.name);
  const errors = source.findings.filter(({ severity }) => severity === 'error');
  if (missing.length + absent.length + brokenArchives.length + errors.length === 0) return undefined;
  const broken = missing.length === 0 ? [] : images.filter(({ digest }) => closureOf([digest], all).missing.length > 0);
  return {
    brokenImages: [...new Set([...broken.map((image) => image.source), ...absent])].sort(),
    missing,
    shippedEarlier: missing.filter(({ digest }) => source.shipped?.digests.has(digest)).length,
    brokenArchives,
    damagedBlobs: errors.filter(({ code }) => code === 'SEQ0301').length,
  };
}

/** The custody.yaml of an adopted sequence, if it needs one; its bytes are held, as they are. */
export function custodyOf({
  damage,
  isUnsigned,
}: {
  damage: Damage | undefined;
  isUnsigned: boolean;
}): Custody | undefined {
  const notes = [
    ...(damage === undefined ? [] : [`Adopted damaged: ${damageInWords(damage)}`]),
    ...(isUnsigned ? ['Adopted without a signature (--allow-unsigned)'] : []),
  ];
  return notes.length === 0 ? undefined : { schema: recordSchema, state: 'held', copies: [], note: notes.join('. ') };
}

/** `2 images are not whole: 3 blobs are nowhere, 2 of them shipped earlier; mirror_000002.tar is cut` */
export function damageInWords(damage: Damage): string {
  const { brokenImages, missing, shippedEarlier, brokenArchives, damagedBlobs } = damage;
  const earlier =
    shippedEarlier === 0 ? '' : `; by oc-mirror's history, earlier archives had ${shippedEarlier} of them`;
  const parts = [
    ...(brokenImages.length === 0
      ? []
      : [
          `${counted(brokenImages.length, 'image')} ${brokenImages.length === 1 ? 'is' : 'are'} not complete (${counted(missing.length, 'blob')} in no sequence${earlier})`,
        ]),
    ...(damagedBlobs === 0
      ? []
      : [`${counted(damagedBlobs, 'blob')} ${damagedBlobs === 1 ? 'does' : 'do'} not match the digest`]),
    ...(brokenArchives.length === 0
      ? []
      : [`incomplete archives: ${brokenArchives.slice(0, 3).join(', ')}${brokenArchives.length > 3 ? ', …' : ''}`]),
  ];
  return printable(parts.length === 0 ? 'its archives contain entries that do not belong there' : parts.join('; '), {
    limit: 400,
  });
}
