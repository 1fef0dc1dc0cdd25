/**
 * Archives without records: what oc-mirror left in a destination. Its images are those whose manifests are there; whether
 * a blob that is missing travels in an earlier archive, oc-mirror's own history tells.
 */
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ArchiveIndex } from '../archive/archive-index';
import { readArchiveIndex } from '../archive/archive-index';
import type { HashPool } from '../archive/hashing/hashing';
import { isArchiveName } from '../archive/names';
import type { HashedArchive, VerifiedArchives } from '../archive/verify';
import { verifyArchives } from '../archive/verify';
import { workingDirIn } from '../archive/working-dir';
import type { LeftOut } from '../bundle-format/bundle-volume';
import { imagesByTag, requestedAndMissing } from '../foreign/plain-images';
import { shippedHistory } from '../foreign/shipped-history';
import { parseImageSet } from '../imageset/document';
import { recordNames } from '../mirror/records';
import type { Run } from '../mirror/run';
import { isAttachmentTag } from '../oci/attached-images';
import type { Digest } from '../oci/digest';
import { hexOf } from '../oci/digest';
import { blobSetOf, closureOf } from '../sequence/closure';
import { recordLimits } from '../sequence/record-limits';
import { parseSha256Sums } from '../sequence/sha256-sums';
import { collectError } from '../system/collect-error';
import type { Finding } from '../system/errors';
import { below, readableRoot } from '../system/path-below';
import { readTextIfThere } from '../system/text-file';
import { imagesLacking } from './broken-images';
import { linkFindings } from './compare-content';
import { archiveChanged, incompleteImages, noSumsToCompare, requestedImageMissing, shippedEarlier } from './errors';
import { catalogsIn, withOperators } from './operators';
import { scanForSecrets } from './scan-for-secrets';
import { travelsIn } from './travels';
import type { BrokenImage, Depth, SequenceVerdict } from './validation';
import { hasErrors, verdictOn } from './validation';

const next = 'Copy it here again from where it came from, or mirror it again';

interface PlainRun extends Pick<Run, 'signal' | 'progress'> {
  readonly depth: Depth;
  readonly pool: HashPool;
  /** Of a volume of a bundle, whose SHA256SUMS lies above: what its archives may lack, and who has it. */
  readonly leftOut: LeftOut | undefined;
}

interface Content {
  readonly findings: readonly Finding[];
  readonly indexes: readonly ArchiveIndex[];
  readonly brokenImages: readonly BrokenImage[];
  readonly given: readonly string[];
  readonly images: number;
  /** Those that images lie in; `undefined` where images aren't known. */
  readonly repositories: ReadonlySet<string> | undefined;
}

/** Validates the archives in one folder by what they hold themselves. */
export async function checkPlainSet(folder: string, options: PlainRun): Promise<SequenceVerdict> {
  const name = basename(folder);
  const paths = (await readdir(folder))
    .filter(isArchiveName)
    .sort()
    .map((file) => join(folder, file));
  options.progress.step(options.depth);
  const content =
    options.depth === 'deep' ? await deepContent(folder, paths, options) : await plainContent(folder, paths, options);
  const { indexes, findings, brokenImages, given, images } = content;
  const isBroken = hasErrors(findings) || brokenImages.length > 0;
  return {
    name,
    number: undefined,
    verdict: verdictOn({ isBroken, depth: options.depth, given }),
    ...{ given, findings, brokenImages, images },
    blobs: indexes.reduce((sum, { blobs }) => sum + blobs.size, 0),
    archives: indexes.length,
    bytes: indexes.reduce((sum, { bytes }) => sum + bytes, 0),
    travels: travelsIn(indexes, content.repositories),
  };
}

/** Headers, and the files beside SHA256SUMS where there is one. */
async function plainContent(
  folder: string,
  paths: readonly string[],
  { depth, pool, signal, leftOut }: PlainRun,
): Promise<Content> {
  const findings: Finding[] = [];
  const indexes: ArchiveIndex[] = [];
  for (const path of paths) {
    const { value: index, finding } = await collectError(() => readArchiveIndex(path, { signal }));
    if (index !== undefined) indexes.push(index);
    findings.push(...(index?.findings ?? (finding === undefined ? [] : [finding])));
  }
  if (depth === 'full' && leftOut === undefined) {
    findings.push(
      ...(await sumsFindings(folder, paths, async (path) => {
        const bytes = indexes.find((index) => index.path === path)?.bytes;
        return bytes === undefined ? undefined : hexOf(await pool.digestOf(path, [{ offset: 0, bytes }], { signal }));
      })),
    );
  }
  return { findings, indexes, brokenImages: [], given: [], images: 0, repositories: undefined };
}

async function deepContent(
  folder: string,
  paths: readonly string[],
  { pool, signal, progress, leftOut }: PlainRun,
): Promise<Content> {
  const name = basename(folder);
  const sums = await readTextIfThere(below(readableRoot(folder), recordNames.sums), { limit: recordLimits.sums });
  const hash = sums === undefined ? 'blobs' : 'blobs and files';
  const verified = await verifyArchives(paths, { pool, hash, signal, progress: progress.advance });
  const indexes = verified.archives.map(({ index }) => index);
  const found = {
    blobs: blobSetOf(verified.blobs),
    links: verified.links,
    damagedLinks: new Set(indexes.flatMap(({ damagedLinks }) => damagedLinks)),
    damaged: new Set(verified.damaged.map(({ digest }) => digest)),
  };
  const images = imagesByTag(verified.links, found);
  const history = await shippedHistory(workingDirIn(indexes, { signal }), folder);
  const { missing } = closureOf(
    images.map(({ digest }) => digest),
    found.blobs,
  );
  const isElsewhere = (digest: Digest) =>
    history?.digests.has(digest) === true || leftOut?.digests.has(digest) === true;
  const earlier = missing.filter(({ digest }) => isElsewhere(digest) && !found.damaged.has(digest));
  const elsewhere = new Set(earlier.map(({ digest }) => digest));
  const unusable = new Set(missing.map(({ digest }) => digest).filter((digest) => !elsewhere.has(digest)));
  const links = linkFindings(found, { folder: name, images, records: found.blobs, isNew: () => true }, { next });
  const lacking = imagesLacking(images, { records: found.blobs, unusable });
  const brokenImages = await withOperators([...links.broken, ...lacking], catalogsIn(indexes), { signal });
  const places = new Map(verified.damaged.map(({ digest, archive }) => [digest, `is damaged in ${archive}`]));
  return {
    findings: [
      ...verified.findings,
      ...(sums === undefined ? [] : await sumsFindings(folder, paths, sumsIn(verified))),
      ...links.findings,
      ...incompleteImages({ folder: name, images: brokenImages, places, next }),
      ...(await requestedFindings(folder, verified)),
      ...(earlier.length === 0 || leftOut !== undefined
        ? []
        : [shippedEarlier({ folder: name, blobs: earlier.length, since: history?.since })]),
      ...(await scanForSecrets(indexes, { folder: join(folder, '..'), name, signal })),
    ],
    indexes,
    brokenImages,
    given: earlier.length === 0 ? [] : (leftOut?.needs ?? ['earlier archives of this folder']),
    repositories: new Set(images.map(({ repository }) => repository)),
    images: images.filter(({ tag }) => !isAttachmentTag(tag)).length,
  };
}

function sumsIn({ archives }: VerifiedArchives): (path: string) => Promise<string | undefined> {
  return async (path) => (archives.find((archive) => archive.path === path) as HashedArchive | undefined)?.sha256;
}

async function sumsFindings(
  folder: string,
  paths: readonly string[],
  actualOf: (path: string) => Promise<string | undefined>,
): Promise<Finding[]> {
  const file = join(folder, recordNames.sums);
  const text = await readTextIfThere(below(readableRoot(folder), file), { limit: recordLimits.sums });
  if (text === undefined) return [noSumsToCompare({ folder: basename(folder) })];
  const { value: sums = [], finding } = await collectError(() => parseSha256Sums(text, file));
  const findings = finding === undefined ? [] : [finding];
  for (const path of paths) {
    const expected = sums.find(({ name }) => name === basename(path))?.sha256;
    const actual = await actualOf(path);
    if (expected === undefined || actual === undefined || expected === actual) continue;
    findings.push(
      archiveChanged({ folder: basename(folder), archive: basename(path), expected, actual, hint: undefined, next }),
    );
  }
  return findings;
}

async function requestedFindings(folder: string, { links }: VerifiedArchives): Promise<Finding[]> {
  const text = await readTextIfThere(below(readableRoot(folder), recordNames.config));
  if (text === undefined) return [];
  // What oc-mirror would refuse of it is no fault of the archives.
  const { document } = parseImageSet(text, recordNames.config);
  const images = document === undefined ? [] : requestedAndMissing(document.config, links);
  return images.length === 0 ? [] : [requestedImageMissing({ folder: basename(folder), images })];
}
