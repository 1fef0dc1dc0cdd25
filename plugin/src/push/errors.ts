import type { Digest } from '../oci/digest';
import { counted } from '../system/counted';
import { cutDetails, explain, findingOf, impossible, SeqmirrorError } from '../system/errors';
import { printable } from '../system/printable';

interface LackingBlob {
  readonly digest: Digest;
  /** The sequence that it came with, if that is known. */
  readonly broughtBy: string | undefined;
}

export function manifestLacking({ image, ...lacking }: LackingBlob & { image: string }): SeqmirrorError {
  return nowhere(lacking, `${printable(image)} cannot be uploaded: its manifest is`, [lacking.digest]);
}

export function blobLacking({
  repositories,
  ...lacking
}: LackingBlob & { repositories: readonly string[] }): SeqmirrorError {
  return nowhere(lacking, `${lacking.digest} is needed in ${printable(repositories[0] ?? '')}, and is`, []);
}

function nowhere({ broughtBy }: LackingBlob, subject: string, details: readonly string[]): SeqmirrorError {
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

interface TagFacts {
  readonly repository: string;
  readonly tag: string;
}

/** @param kept tags that the registry does not move, with the digests that they have there */
export const tagsKept = explain<{
  host: string;
  kept: readonly (TagFacts & { readonly digest: Digest; readonly there: Digest | undefined })[];
  set: readonly TagFacts[];
  said: readonly string[];
}>('SEQ0527', ({ host, kept, set, said }) => ({
  what: `${printable(host)} does not move ${counted(kept.length, 'tag')}: immutable there, and standing for other images; ${set.length} of ${kept.length + set.length} tags are set`,
  details: [
    ...kept.map((tag) => `${placeOf(tag)} stays ${tag.there ?? 'as it is'}, and would be ${tag.digest}`),
    `set: ${set.length === 0 ? 'none' : namesOf(set)}`,
    ...said,
  ],
  why: 'A rule of the registry keeps a tag with its first image; the images themselves are all there, under their digests',
  next: 'Except these tags from that rule (Harbor: Policy, Tag Immutability; Quay: the tag itself or a policy of the organization; ECR: image tag mutability), or upload into another namespace; then the same command again',
}));

/** What ended the setting of tags, with the tags that are set by now. */
export function tagsHalfSet(
  error: SeqmirrorError,
  { set, all }: { set: readonly TagFacts[]; all: number },
): SeqmirrorError {
  const told = `${set.length} of ${all} tags are set${set.length === 0 ? '' : `: ${namesOf(set)}`}`;
  const { details = [] } = error;
  return new SeqmirrorError({ ...findingOf(error), details: [...details, told] }, { cause: error });
}

function namesOf(tags: readonly TagFacts[]): string {
  return cutDetails(tags.map(placeOf)).join(', ');
}

function placeOf({ repository, tag }: TagFacts): string {
  return printable(`${repository}:${tag}`);
}

/** ECR: all repositories that images.txt names and that are missing, at once. @param repositories with the namespace */
export const repositoriesToMake = explain<{
  host: string;
  repositories: readonly string[];
  all: number;
}>('SEQ0526', ({ host, repositories, all }) => ({
  what: `${printable(host)} lacks ${repositories.length} of the ${all} repositories that images.txt names, and makes none by itself`,
  details: [`for name in ${repositories.join(' ')}; do ${createCommand(host)} "$name"; done`],
  why: 'ECR takes images only into repositories that were made beforehand; nothing was uploaded',
  next: 'Make all of them by the line above, then the same command again',
}));

function createCommand(host: string): string {
  if (host === 'public.ecr.aws') return 'aws ecr-public create-repository --region us-east-1 --repository-name';
  const region = /^\d{12}\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\./.exec(host)?.[1];
  return `aws ecr create-repository${region === undefined ? '' : ` --region ${region}`} --repository-name`;
}

export const placesCollide = explain<{
  destination: string;
  maxNestedPaths: number;
  collisions: readonly string[];
}>('SEQ0656', ({ destination, maxNestedPaths, collisions }) => ({
  what: `${counted(collisions.length, 'pair')} of images would get one name each in ${printable(destination)}, where paths have ${maxNestedPaths} parts at most`,
  details: collisions.map((collision) => printable(collision)),
  why: 'What is beyond the last part is joined to it by hyphens, and these come out the same; nothing was uploaded',
  next: 'Allow one part more, or give one of each pair another targetRepo in the imageset configuration',
}));
