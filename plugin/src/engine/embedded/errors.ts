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
}>('SEQ0410', ({ at, entry, why }) => ({
  at,
  what: `The embedded engine cannot mirror ${printable(entry)}`,
  why,
  next: 'Install oc-mirror and set `engine: oc-mirror`, or move this entry into a mirror of its own that uses it',
}));

/** A chart, or a repository of charts, but helm is not installed. */
export const entryNeedsHelm = finding<{ at: Position; entry: string }>('SEQ0410', ({ at, entry }) => ({
  at,
  what: `The embedded engine cannot mirror ${printable(entry)} without helm`,
  why: 'The images of a chart are known when it is rendered, and helm, which renders it, is not on PATH',
  next: 'Install helm 3, or name it in seqmirror.yaml (helm.binary)',
}));

/** A name that would make an archive which oc-mirror unpacks wrongly. */
export const nameMisleadsOcMirror = finding<{ at: Position; name: string }>('SEQ0414', ({ at, name }) => ({
  at,
  what: `${printable(name)} has "working-dir" in its repository or tag`,
  why: 'oc-mirror unpacks every entry of an archive with these letters in its name into its working folder',
  next: 'Give it another name in the archive with targetRepo or targetTag',
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
  what: `${printable(image)} lacks a part: its registry does not have ${digest} (${formatBytes(bytes)})`,
  why: 'The manifest names it, so the image is damaged at its source, and nobody can pull it',
  next: 'Tell its owner, or put the image under blockedImages until it is repaired',
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
  what: `${printable(image)} lacks its ${role}: ${printable(host)} does not have ${digest}`,
  why: 'An index is mirrored with all that it names, or not at all; a cache may lack what nobody has pulled through it',
  next: 'Fetch the image from its own registry and not from the cache (registries.conf), name the manifest of one platform by its digest instead, or put the image under blockedImages',
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
    { ...findingOf(cause), details: [...details, `it is a part of ${printable(image)}`] },
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
  const ways = `\`embedded: { ifRefused: skip }\` in seqmirror.yaml goes on without it, and \`attachments: ${role === 'signature' ? 'none' : 'signatures'}\` there asks for fewer`;
  return {
    what: exists
      ? `The ${role} of ${printable(image)} cannot be read`
      : `The registry does not tell whether there is a ${role} of ${printable(image)}`,
    why: 'It would lie beside the image, under a tag that cosign makes of the digest; clusters may ask for it',
    next: isRefusal ? `If such tags are all that it refuses: ${ways}. Else: ${next ?? 'run again'}` : next,
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
  what: `${printable(image)} has a foreign layer that its registry does not hold: ${digest} (${formatBytes(bytes)})`,
  why: 'Its owner distributes such layers (of Windows, mostly) from an address of their own, and does not let registries keep them',
  next: 'Push the image with its layers to a registry of yours and name that one, or put it under blockedImages',
  cause,
}));

export const sameTarget = explain<{
  first: string;
  second: string;
  repository: string;
  tag: string;
}>('SEQ0413', ({ first, second, repository, tag }) => ({
  what: `${printable(first)} and ${printable(second)} would both become ${repository}:${tag}`,
  why: 'They are different images, so one would replace the other without a word',
  next: 'Give one of them a targetTag or a targetRepo',
}));

export const noImages = explain<{ file: string; blocked: number }>('SEQ0415', ({ file, blocked }) => ({
  what: `${printable(file)} calls for no image`,
  why: blocked === 0 ? 'Nothing that it asks for comes to an image' : `blockedImages takes out all ${blocked} entries`,
  next:
    blocked === 0
      ? 'Name what to mirror, below mirror.platform, operators, additionalImages or helm'
      : 'Take a pattern out of blockedImages, or name what else to mirror',
}));

export const imageTooComplex = explain<{ image: string; why: string }>('SEQ0416', ({ image, why }) => ({
  what: `${printable(image)} is more than an image: ${why}`,
  why: 'No real image is like this, and following it to its end could fill any memory',
  next: 'Find out who made the image. Put it under blockedImages to go on without it',
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
    why: `A sequence is not sealed while an image of it is missing. ${fetchedInWords(present)}`,
    details: cutDetails(
      inOrderOfReasons(failed).map(
        ({ name, neededBy, error }) =>
          `${printable(name)}${neededBy === undefined ? '' : `, needed by ${printable(neededBy)}`}: ${error.code} ${error.what}`,
      ),
    ),
    next: `Run again when they are there. To seal without them, list their names under ${allowMissing}; the next sequence asks for them again`,
  }),
);

function fetchedInWords(present: number): string {
  return present === 1 ? 'The other one was fetched and is kept' : `The other ${present} were fetched and are kept`;
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
    `to seal without it, write \`${printable(name)}\` under ${allowMissing}`,
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
  what: `${printable(path)} is not an OCI layout of one image`,
  why,
  next: '`skopeo copy --all docker://… oci:…` makes one',
}));
