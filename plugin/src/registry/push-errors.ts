/** Errors for what registries answer to content that is pushed to them. */
import type { Digest } from '../oci/digest';
import { explain, findingOf, SeqmirrorError } from '../system/errors';
import { printable } from '../system/printable';
import { accountWords } from './errors';
import type { BlobInArchive, CredentialUse, PullSource, Refusal } from './request-facts';

export const destinationUnreadable = explain<{ text: string; problem: string }>('SEQ0524', ({ text, problem }) => {
  const shown = text.replace(/^((?:\w+:\/\/)?)[^/@\s]*:[^/@\s]*@/, '$1(user and password not shown)@');
  return {
    what: `"${printable(shown)}" is not a registry to upload to: ${problem}`,
    why: 'It is named as host[:port][/namespace]: registry.example:8443/mirror',
    next: 'Check that `skopeo login` accepts the same host and port',
  };
});

interface PushRefusal {
  readonly source: PullSource;
  readonly subject: string;
  readonly refusal: Refusal;
}

/** Answers to a push that waiting does not change. 401 is reported as for a pull. */
export function pushRefused(facts: PushRefusal & { origin: string; credentials: CredentialUse }): SeqmirrorError {
  const { status } = facts.refusal;
  const host = printable(facts.source.host);
  const repository = printable(facts.source.repository);
  const [namespace = repository] = repository.split('/');
  switch (status) {
    case 403:
      return new SeqmirrorError({
        code: 'SEQ0519',
        what: `${host} does not let this account write to ${repository} (HTTP 403)`,
        why: accountWords(facts, 'writing there'),
        next: `Check that ${namespace} exists on ${host}, and that this account may push to it`,
        ...details(facts),
      });
    case 404:
      return new SeqmirrorError({
        code: 'SEQ0519',
        what: `${host} has no place for ${repository} (HTTP 404)`,
        why: 'Some registries take images only below a project or an organization that exists',
        next: `Create ${namespace} on ${host}, or name another namespace behind the registry`,
        ...details(facts),
      });
    case 405:
      return new SeqmirrorError({
        code: 'SEQ0519',
        what: `${host} takes nothing at all (HTTP 405 for ${printable(facts.subject)})`,
        why: 'It is read-only, by its configuration or for maintenance, or is a mirror of another registry',
        next: `Check that ${host} is the registry that images are pushed to`,
        ...details(facts),
      });
    default:
      return new SeqmirrorError({
        code: 'SEQ0521',
        what: `${host} refused ${printable(facts.subject)} (HTTP ${status})`,
        why:
          status === 413
            ? 'The registry, or a proxy in front of it, limits the size of a request'
            : 'What it took so far is kept and found again',
        next:
          status === 413
            ? `Raise that limit (client_max_body_size in nginx), or push to ${host} past the proxy`
            : `Read what the log of ${host} says at this time`,
        ...details(facts),
      });
  }
}

// Docker.io, GitLab and older Quay accept only this: a namespace and a name.
const shallowest = 2;
const statusesOfDepth = [400, 401, 403, 404];

/**
 * Registries answer to a path that is too deep as to many other mistakes (HTTP 400, 401, 403 or 404): so the message
 * gives both explanations.
 */
export function withAdviceOnDepth(
  failure: SeqmirrorError,
  { source: { host, repository }, refusal: { status } }: PushRefusal,
): SeqmirrorError {
  const parts = repository.split('/').length;
  if (parts <= shallowest || !statusesOfDepth.includes(status)) return failure;
  const { next, details: known = [], ...found } = findingOf(failure);
  const advice = `\`--maxNestedPaths=2\` (maxNestedPaths in site.yaml; \`--max-nested-paths=2\` of seq-upload.sh), if ${printable(host)} takes only two parts there, as docker.io, GitLab and older Quay do`;
  return new SeqmirrorError({
    ...found,
    details: [...known, `the path ${printable(repository)} has ${parts} parts`],
    next: status === 400 || next === undefined ? `Upload with ${advice}` : `${next} Or upload with ${advice}`,
  });
}

export const registryFull = explain<PushRefusal>('SEQ0520', (facts) => {
  const host = printable(facts.source.host);
  const repository = printable(facts.source.repository);
  const [namespace = repository] = repository.split('/');
  const { status, reason } = facts.refusal;
  const isQuota = reason === 'quota';
  return {
    what: isQuota
      ? `The quota of ${namespace} on ${host} is used up: no room for ${printable(facts.subject)} (HTTP ${status})`
      : `${host} has no room left for ${printable(facts.subject)} (HTTP ${status})`,
    why: isQuota
      ? 'It limits how much a project, organization or account may hold; rights and credentials are in order'
      : 'The disk or quota of the registry is used up; what it took so far is kept',
    next: isQuota
      ? `Raise the quota of ${namespace} on ${host}, or remove images there and run its garbage collection; then the same command again`
      : `Give the storage of ${host} more room, or remove images and run its garbage collection; then the same command again`,
    ...details(facts),
  };
});

/** One tag that the registry refuses; push/errors.ts reports all of them. */
export const tagImmutable = explain<PushRefusal>('SEQ0527', (facts) => ({
  what: `${printable(facts.source.host)} does not move a tag to ${printable(facts.subject)} (HTTP ${facts.refusal.status})`,
  why: 'The tag stands for another image there, and a rule of the registry makes it immutable',
  next: 'Except the tag from that rule, or name another namespace behind the registry',
  ...details(facts),
}));

/** One repository; push/errors.ts reports all of them. */
export const repositoryNotMade = explain<PushRefusal>('SEQ0526', (facts) => ({
  what: `${printable(facts.source.repository)} does not exist on ${printable(facts.source.host)} (HTTP ${facts.refusal.status})`,
  why: 'This registry (ECR) takes images only into repositories that were made beforehand',
  next: `aws ecr create-repository --repository-name ${printable(facts.source.repository)}`,
  ...details(facts),
}));

/**
 * docker-registry answers so for ever for what it was writing when its disk became full. Pushing the same again repairs
 * a link, but not a manifest: the registry takes the damaged one for the new one.
 */
export const entryUnreadable = explain<{ source: PullSource; path: string; subject: string }>('SEQ0525', (facts) => {
  const host = printable(facts.source.host);
  return {
    what: `${host} kept answering HTTP 500 when it was asked for ${printable(facts.subject)}`,
    why: 'Its storage does not work, or holds a damaged entry, as docker-registry leaves them where its disk was full',
    next: `Run again later. If it stays while other images there can be pulled: remove the listed folders from docker-registry's storage, restart it, and run again`,
    details: [printable(storedAt(facts))],
  };
});

// The layout of its filesystem and object storage drivers: registry/storage/paths.go of distribution 2 and 3.
function storedAt({ source, path }: { source: PullSource; path: string }): string {
  const reference = path.slice(path.indexOf('/') + 1);
  const hex = reference.replace('sha256:', '');
  return hex === reference
    ? `docker/registry/v2/repositories/${source.repository}/_manifests/tags/${reference}`
    : `docker/registry/v2/blobs/sha256/${hex.slice(0, 2)}/${hex}`;
}

export const uploadsForgotten = explain<{ host: string; subject: string; times: number }>('SEQ0522', (facts) => {
  const host = printable(facts.host);
  return {
    what: `${host} forgot the upload of ${printable(facts.subject)} ${facts.times} times`,
    why: 'It answered 404 in the middle: its instances do not share their storage, or clear uploads too early',
    next: `Make all instances behind ${host} use the same storage, or let the load balancer keep each client with one of them`,
  };
});

export const uploadPlaceless = explain<{
  host: string;
  subject: string;
  problem: string;
}>('SEQ0516', ({ host, subject, problem }) => ({
  what: `${printable(host)} gave no usable place to upload ${printable(subject)}: ${printable(problem)}`,
  why: 'The OCI distribution specification asks for a Location, over TLS where the registry is',
  next: `Check that ${printable(host)} is a container registry, and that no proxy in front of it rewrites addresses`,
}));

/** The bytes read from the disk do not match the digest. The registry did not get the end of the blob, or refused it. */
export const contentChanged = explain<{
  subject: string;
  expected: Digest;
  actual: string;
  place?: BlobInArchive | undefined;
}>('SEQ0523', ({ subject, expected, actual, place }) => ({
  what: `${printable(subject)} is not what its digest says, and was not uploaded`,
  why: 'The archive was changed or damaged since it was sealed, or the medium reads wrongly; the registry has nothing of it',
  next: 'Take the archive from another copy, or make it again (`reissue`); then the same command again',
  details: [
    ...(place === undefined ? [] : [`it lies in ${printable(place.archive)}, from byte ${place.offset} on`]),
    `expected ${expected}`,
    `read ${printable(actual)}`,
  ],
}));

function details({ source, refusal: { said } }: PushRefusal): { details?: readonly string[] | undefined } {
  return said === undefined ? {} : { details: [`${printable(source.host)} says: ${said}`] };
}
