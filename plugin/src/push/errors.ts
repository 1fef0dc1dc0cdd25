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
  return nowhere(lacking, `The manifest of ${printable(image)} cannot be uploaded`, [lacking.digest]);
}

export function blobLacking({
  repositories,
  ...lacking
}: LackingBlob & { repositories: readonly string[] }): SeqmirrorError {
  return nowhere(lacking, `The blob ${lacking.digest} of ${printable(repositories[0] ?? '')} cannot be uploaded`, []);
}

function nowhere({ broughtBy }: LackingBlob, subject: string, details: readonly string[]): SeqmirrorError {
  return new SeqmirrorError({
    code: 'SEQ0641',
    what: `${subject}: no archive contains the content, and the registry does not have the content`,
    details: [...details, ...(broughtBy === undefined ? [] : [`the sequence ${printable(broughtBy)} added it`])],
    why: 'Archives of an earlier sequence are missing, or the registry lost a blob of an earlier sequence. seqmirror set no tag',
    next: 'Upload the earlier sequences first. If the archives of these sequences are lost, make the archives again with `reissue`',
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
    what: `${printable(host)} kept answering HTTP 500 to the requests for ${failures.length} of ${put} uploaded manifests`,
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
  what: `${printable(host)} refused to overwrite ${counted(kept.length, 'immutable tag')}; seqmirror set ${set.length} of ${kept.length + set.length} tags`,
  details: [
    ...kept.map((tag) => `${placeOf(tag)} still points to ${tag.there ?? 'another image'}, not to ${tag.digest}`),
    `tags that seqmirror set: ${set.length === 0 ? 'none' : namesOf(set)}`,
    ...said,
  ],
  why: 'A rule of the registry makes these tags immutable. All images were uploaded, and can be pulled by digest',
  next: 'Exclude these tags from the immutability rule (Harbor: Policy, Tag Immutability; Quay: the tag or a policy of the organization; ECR: image tag mutability), or upload to another namespace. Then run the same command again',
}));

/** What ended the setting of tags, with the tags that are set by now. */
export function tagsHalfSet(
  error: SeqmirrorError,
  { set, all }: { set: readonly TagFacts[]; all: number },
): SeqmirrorError {
  const told = `seqmirror set ${set.length} of ${all} tags${set.length === 0 ? '' : `: ${namesOf(set)}`}`;
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
  what: `${printable(host)} does not have ${repositories.length} of the ${all} repositories in images.txt, and does not create repositories by itself`,
  details: [`for name in ${repositories.join(' ')}; do ${createCommand(host)} "$name"; done`],
  why: 'Amazon ECR accepts images only in repositories that already exist. Nothing was uploaded',
  next: 'Run the line above to create these repositories. Then run the same command again',
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
  what: `${counted(collisions.length, 'pair')} of images would get the same name in ${printable(destination)}, because maxNestedPaths is ${maxNestedPaths}`,
  details: collisions.map((collision) => printable(collision)),
  why: 'The last parts of a longer path are joined with hyphens, and two joined paths can be the same. Nothing was uploaded',
  next: 'Raise maxNestedPaths by 1, or give one image of each pair another targetRepo in the imageset configuration',
}));
