import type { Digest } from '../../oci/digest';
import { formatBytes } from '../../system/byte-size';
import { counted } from '../../system/counted';
import type { Finding, Position } from '../../system/errors';
import { cutDetails, explain, finding, findingOf, SeqmirrorError } from '../../system/errors';
import { printable } from '../../system/printable';
import type { FailedImage } from './setbacks';

/** An entry of the configuration that needs oc-mirror. */
export const entryNeedsOcMirror = finding<{
  at: Position;
  entry: string;
  why: string;
  /** If there is a better way than oc-mirror. */
  next?: string | undefined;
}>('SEQ0410', ({ at, entry, why, next }) => ({
  at,
  what: `The embedded engine cannot mirror ${printable(entry)}`,
  why,
  next:
    next ??
    'Install oc-mirror and set `engine: oc-mirror` in seqmirror.yaml, or move this entry to another mirror that uses oc-mirror',
}));

/** A chart, or a repository of charts, but helm is not installed. */
export const entryNeedsHelm = finding<{ at: Position; entry: string }>('SEQ0410', ({ at, entry }) => ({
  at,
  what: `The embedded engine cannot mirror ${printable(entry)} without helm`,
  why: 'helm must render a chart to find its images, but helm is not on PATH',
  next: 'Install helm 3, or set helm.binary in seqmirror.yaml to its path',
}));

/** A name that would make an archive which oc-mirror unpacks wrongly. */
export const nameMisleadsOcMirror = finding<{ at: Position; name: string }>('SEQ0414', ({ at, name }) => ({
  at,
  what: `The repository or tag of ${printable(name)} contains "working-dir"`,
  why: 'oc-mirror unpacks every file of an archive with "working-dir" in its name into its own working-dir',
  next: 'Set targetRepo or targetTag of this image to a name without "working-dir"',
}));

export function notMirrorable(findings: readonly Finding[]): SeqmirrorError {
  const [first] = findings;
  return new SeqmirrorError({
    code: first?.code ?? 'SEQ0410',
    what: first?.what ?? 'The embedded engine cannot mirror this configuration',
    at: first?.at,
    why: first?.why,
    next: first?.next,
    details: findings.slice(1).map(({ what }) => what),
  });
}

/** The registry lacks something that its own manifest names. */
export const partMissing = explain<{
  image: string;
  digest: Digest;
  bytes: number;
  cause: unknown;
}>('SEQ0411', ({ image, digest, bytes, cause }) => ({
  what: `${printable(image)} is incomplete: its registry does not have the blob ${digest} (${formatBytes(bytes)})`,
  why: 'The manifest of the image names this blob, so the image is damaged in its registry, and nobody can pull it',
  next: 'Tell the owner of the image. To mirror without this image, add the image to blockedImages',
  cause,
}));

/** A missing manifest that an index names. A registry refuses an index without it, so it cannot be left out. */
export const childMissing = explain<{
  image: string;
  role: string;
  host: string;
  digest: Digest;
  index: Digest;
  cause: unknown;
}>('SEQ0411', ({ image, role, host, digest, index, cause }) => ({
  what: `${printable(image)} is incomplete: ${printable(host)} does not have its ${role} (${digest})`,
  why: 'seqmirror mirrors an index only with all its manifests. A pull-through cache may not have all manifests of an index',
  next: 'If registries.conf redirects to a pull-through cache, pull this image from its own registry. Otherwise, name the manifest of one platform by digest, or add the image to blockedImages',
  details: [`the index ${index} names it`],
  cause,
}));

/** Any other failure to read a manifest that no configuration names, with the code and advice of its cause. */
export function manifestRefused({
  image,
  role,
  cause,
}: {
  image: string;
  role: string;
  cause: SeqmirrorError;
}): SeqmirrorError {
  const what = `The ${role} of ${printable(image)} cannot be read: ${cause.what}`;
  return new SeqmirrorError({ ...findingOf(cause), what }, { cause });
}

/** A failure to fetch a blob, with the code and words of its cause. */
export function blobRefused({ image, cause }: { image: string; cause: SeqmirrorError }): SeqmirrorError {
  const { details = [] } = cause;
  return new SeqmirrorError(
    { ...findingOf(cause), details: [...details, `the blob belongs to ${printable(image)}`] },
    { cause },
  );
}

/** @param exists the registry said that it is there */
export const attachmentUnreadable = explain<{
  image: string;
  role: string;
  exists: boolean;
  isRefusal: boolean;
  cause: SeqmirrorError;
}>('SEQ0418', ({ image, role, exists, isRefusal, cause }) => {
  const { what, details = [], next } = cause;
  const fewer = `\`embedded: { attachments: ${role === 'signature' ? 'none' : 'signatures'} }\``;
  return {
    what: exists
      ? `The ${role} of ${printable(image)} cannot be read`
      : `The registry does not say whether the ${role} of ${printable(image)} exists`,
    why: 'cosign stores signatures and other attachments under tags made from the digest of the image. Clusters may need them',
    next: isRefusal
      ? `To mirror without attachments that the registry refuses, set \`embedded: { ifRefused: skip }\` in seqmirror.yaml. To ask for fewer attachments, set ${fewer}. If the registry also refuses other tags, follow this advice: ${next ?? 'run the same command again'}`
      : next,
    details: [what, ...details],
    cause,
  };
});

/** A layer that its owner keeps outside of registries, and that this registry does not have either. */
export const foreignLayerMissing = explain<{
  image: string;
  digest: Digest;
  bytes: number;
  cause: unknown;
}>('SEQ0412', ({ image, digest, bytes, cause }) => ({
  what: `${printable(image)} has a foreign layer that its registry does not have: ${digest} (${formatBytes(bytes)})`,
  why: 'The vendor distributes foreign layers (mostly of Windows) from its own servers, not from registries',
  next: 'Push the image with all layers to your own registry and mirror it from this registry, or add the image to blockedImages',
  cause,
}));

export const sameTarget = explain<{
  first: string;
  second: string;
  repository: string;
  tag: string;
}>('SEQ0413', ({ first, second, repository, tag }) => ({
  what: `${printable(first)} and ${printable(second)} would both be mirrored as ${repository}:${tag}`,
  why: 'The two images are different, so one image would overwrite the other image',
  next: 'Set targetTag or targetRepo for one of the two images',
}));

export const noImages = explain<{ file: string; blocked: number }>('SEQ0415', ({ file, blocked }) => ({
  what: `${printable(file)} selects no image`,
  why: blocked === 0 ? 'No entry of the file selects an image' : `blockedImages excludes all ${blocked} entries`,
  next:
    blocked === 0
      ? 'Add entries under mirror.platform, operators, additionalImages or helm'
      : 'Remove a pattern from blockedImages, or add other entries',
}));

export const imageTooComplex = explain<{ image: string; why: string }>('SEQ0416', ({ image, why }) => ({
  what: `${printable(image)} is too complex: ${why}`,
  why: 'Real images are smaller. If seqmirror read the whole image, it could use up all memory',
  next: 'Check where this image comes from. To mirror without this image, add the image to blockedImages',
}));

/** A manifest of an image cannot be read: Docker schema 1, or not a manifest. `cause` says which. */
export const imageNotMirrorable = explain<{ image: string; cause: SeqmirrorError }>('SEQ0417', ({ image, cause }) => {
  const { why, next, what } = cause;
  return {
    what: `${printable(image)} cannot be mirrored`,
    why,
    next,
    details: [what],
    cause,
  };
});

/** Several images failed, each for its own reason. */
const severalFailed = explain<{ failed: readonly FailedImage[]; present: number; file: string }>(
  'SEQ0419',
  ({ failed, present, file }) => ({
    what: `${counted(failed.length, 'image')} of ${printable(file)} could not be mirrored`,
    why: `seqmirror does not seal a sequence with missing images. ${fetchedInWords(present)}`,
    details: cutDetails(
      inOrderOfReasons(failed).map(
        ({ name, neededBy, error }) =>
          `${printable(name)}${neededBy === undefined ? '' : `, needed by ${printable(neededBy)}`}: ${error.code} ${error.what}`,
      ),
    ),
    next: `Run the same command again when the images are available. To seal without these images, list their names under ${allowMissing}. The next sequence tries to mirror these images again`,
  }),
);

function fetchedInWords(present: number): string {
  return present === 1
    ? 'seqmirror fetched the other image and keeps it'
    : `seqmirror fetched the other ${present} images and keeps them`;
}

const allowMissing = '`allowMissing` in sequence.yaml';

/** The error of a single image as it is; for several images, one that lists them. */
export function imagesFailed(facts: {
  failed: readonly FailedImage[];
  /** How many images did not fail. */
  present: number;
  file: string;
}): SeqmirrorError {
  const [only, ...others] = facts.failed;
  if (only === undefined || others.length > 0) return severalFailed(facts);
  const { name, neededBy, error } = only;
  if (facts.present === 0) return error;
  const details = [
    ...(error.details ?? []),
    ...(neededBy === undefined ? [] : [`needed by ${printable(neededBy)}`]),
    fetchedInWords(facts.present),
    `to seal without this image, add \`${printable(name)}\` to ${allowMissing}`,
  ];
  return new SeqmirrorError({ ...findingOf(error), details }, { cause: error });
}

/** Images with the same reason together, the most frequent reason first. */
function inOrderOfReasons(failed: readonly FailedImage[]): FailedImage[] {
  const counts = new Map<string, number>();
  for (const { error } of failed) counts.set(error.code, (counts.get(error.code) ?? 0) + 1);
  const rank = ({ error }: FailedImage): number => -(counts.get(error.code) ?? 0);
  return [...failed].sort(
    (a, b) => rank(a) - rank(b) || (a.error.code < b.error.code ? -1 : a.error.code > b.error.code ? 1 : 0),
  );
}

/** A folder that a configuration names as an image on disk. */
export const layoutUnusable = explain<{ path: string; why: string }>('SEQ0434', ({ path, why }) => ({
  what: `${printable(path)} is not an OCI layout with exactly one image`,
  why,
  next: 'Run `skopeo copy --all docker://… oci:…` to make an OCI layout',
}));
