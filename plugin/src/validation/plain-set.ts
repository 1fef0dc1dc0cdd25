/**
 * Checks archives without records, as oc-mirror left them in a destination, with what foreign/ reads from them. Their
 * images are those whose manifests are there; oc-mirror's history tells whether a missing blob is in an earlier
 * archive.
 */
import { basename, join } from 'node:path';
import type { HashPool } from '../archive/hashing/hashing';
import type { LeftOut } from '../bundle-format/bundle-volume';
import type { HashedPlainSet, PlainSet, PlainSums } from '../foreign/plain-set';
import { hashPlainSet, readPlainSet, readPlainSums } from '../foreign/plain-set';
import type { Run } from '../mirror/run';
import { isAttachmentTag } from '../oci/attached-images';
import type { Digest } from '../oci/digest';
import { closureOf } from '../sequence/closure';
import { sumOfBytes } from '../system/byte-size';
import type { Finding } from '../system/errors';
import { imagesLacking } from './broken-images';
import { linkFindings } from './compare-content';
import { archiveChanged, incompleteImages, noSumsToCompare, requestedImageMissing, shippedEarlier } from './errors';
import { catalogsIn, withOperators } from './operators';
import { scanForSecrets } from './scan-for-secrets';
import { travelsIn } from './travels';
import type { BrokenImage, Depth, SequenceVerdict } from './validation';
import { hasErrors, verdictOn } from './validation';

const next = 'Copy the archive again from its source, or mirror again';

interface PlainRun extends Pick<Run, 'signal' | 'progress'> {
  readonly depth: Depth;
  readonly pool: HashPool;
  /** For a volume of a bundle, whose SHA256SUMS is in a folder above: what its archives may lack, and who has it. */
  readonly leftOut: LeftOut | undefined;
  /** Its name in the verdict. */
  readonly name: string;
}

interface Judgement {
  readonly set: PlainSet;
  readonly findings: readonly Finding[];
  readonly brokenImages: readonly BrokenImage[];
  readonly given: readonly string[];
  readonly images: number;
  /** The repositories with images; `undefined` if images aren't known. */
  readonly repositories: ReadonlySet<string> | undefined;
}

/** Validates the archives in one folder by their own content. */
export async function checkPlainSet(folder: string, options: PlainRun): Promise<SequenceVerdict> {
  options.progress.step(options.depth);
  const judgement =
    options.depth === 'deep'
      ? await judgeContent(folder, await hashPlainSet(folder, options), options)
      : await judgeHeaders(folder, await readPlainSet(folder, options), options);
  const { set, findings, brokenImages, given, images, repositories } = judgement;
  const isBroken = hasErrors(findings) || brokenImages.length > 0;
  return {
    name: options.name,
    number: undefined,
    verdict: verdictOn({ isBroken, depth: options.depth, given }),
    ...{ given, findings, brokenImages, images },
    blobs: set.indexes.reduce((sum, { blobs }) => sum + blobs.size, 0),
    archives: set.indexes.length,
    bytes: sumOfBytes(set.indexes),
    travels: travelsIn(set.indexes, repositories),
  };
}

/** Checks headers, and the files against SHA256SUMS if there is one. */
async function judgeHeaders(folder: string, set: PlainSet, { leftOut, ...run }: PlainRun): Promise<Judgement> {
  const sums =
    run.depth === 'full' && leftOut === undefined ? sumsFindings(folder, await readPlainSums(folder, set, run)) : [];
  const findings = [...set.findings, ...sums];
  return { set, findings, brokenImages: [], given: [], images: 0, repositories: undefined };
}

async function judgeContent(
  folder: string,
  set: HashedPlainSet,
  { signal, leftOut }: Pick<PlainRun, 'signal' | 'leftOut'>,
): Promise<Judgement> {
  const name = basename(folder);
  const { images, blobs, history, indexes } = set;
  const damaged = new Set(set.damaged.map(({ digest }) => digest));
  const { missing } = closureOf(
    images.map(({ digest }) => digest),
    blobs,
  );
  const isElsewhere = (digest: Digest) =>
    history?.digests.has(digest) === true || leftOut?.digests.has(digest) === true;
  const earlier = missing.filter(({ digest }) => isElsewhere(digest) && !damaged.has(digest));
  const elsewhere = new Set(earlier.map(({ digest }) => digest));
  const unusable = new Set(missing.map(({ digest }) => digest).filter((digest) => !elsewhere.has(digest)));
  const found = {
    blobs,
    damaged,
    links: set.links,
    damagedLinks: new Set(indexes.flatMap((each) => each.damagedLinks)),
  };
  const links = linkFindings(found, { folder: name, images, records: blobs, placeOf: () => 'own' }, { next });
  const lacking = imagesLacking(images, { records: blobs, unusable });
  const brokenImages = await withOperators([...links.broken, ...lacking], catalogsIn(indexes), { signal });
  const places = new Map(set.damaged.map(({ digest, archive }) => [digest, `is damaged in ${archive}`]));
  return {
    set,
    findings: [
      ...set.findings,
      ...(set.sums === undefined ? [] : sumsFindings(folder, set.sums)),
      ...links.findings,
      ...incompleteImages({ folder: name, images: brokenImages, places, next }),
      ...(set.missing.length === 0 ? [] : [requestedImageMissing({ folder: name, images: set.missing })]),
      ...(earlier.length === 0 || leftOut !== undefined
        ? []
        : [shippedEarlier({ folder: name, blobs: earlier.length, since: history?.since })]),
      ...(await scanForSecrets(indexes, { folder: join(folder, '..'), name, signal })),
    ],
    brokenImages,
    given: earlier.length === 0 ? [] : (leftOut?.needs ?? ['earlier archives of this folder']),
    repositories: new Set(images.map(({ repository }) => repository)),
    images: images.filter(({ tag }) => !isAttachmentTag(tag)).length,
  };
}

function sumsFindings(folder: string, sums: PlainSums | undefined): Finding[] {
  const name = basename(folder);
  if (sums === undefined) return [noSumsToCompare({ folder: name })];
  const changed = sums.archives.filter(({ expected, actual }) => expected !== actual);
  return [
    ...sums.findings,
    ...changed.map(({ name: archive, ...hashes }) =>
      archiveChanged({ folder: name, archive, ...hashes, hint: undefined, next }),
    ),
  ];
}
