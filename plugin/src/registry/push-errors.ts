/** Errors for what registries answer to content that is pushed to them. */
import type { Digest } from '../oci/digest';
import { explain, findingOf, SeqmirrorError } from '../system/errors';
import { printable } from '../system/printable';
import { accountWords } from './errors';
import type { BlobInArchive, CredentialUse, PullSource, Refusal } from './request-facts';

export const destinationUnreadable = explain<{ text: string; problem: string }>('SEQ0524', ({ text, problem }) => {
  const shown = text.replace(/^((?:\w+:\/\/)?)[^/@\s]*:[^/@\s]*@/, '$1(user and password not shown)@');
  return {
    what: `"${printable(shown)}" does not name a registry to upload to: ${problem}`,
    why: 'The form is host[:port][/namespace], for example registry.example:8443/mirror',
    next: 'Correct the name. `skopeo login` must accept the same host and port',
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
        why: accountWords(facts, 'write to this repository'),
        next: `Check that the namespace ${namespace} exists on ${host}, and that this account may push to it`,
        ...details(facts),
      });
    case 404:
      return new SeqmirrorError({
        code: 'SEQ0519',
        what: `${host} refuses uploads to the repository ${repository} (HTTP 404)`,
        why: 'Some registries accept images only in a project or organization that already exists',
        next: `Create the project or organization ${namespace} on ${host}, or upload to another namespace of this registry`,
        ...details(facts),
      });
    case 405:
      return new SeqmirrorError({
        code: 'SEQ0519',
        what: `${host} accepts no uploads (HTTP 405 for ${printable(facts.subject)})`,
        why: 'The registry is read-only, by its configuration or for maintenance, or it is a mirror of another registry',
        next: `Check that ${host} is the registry to upload to, and that it is not read-only`,
        ...details(facts),
      });
    default:
      return new SeqmirrorError({
        code: 'SEQ0521',
        what: `${host} refused ${printable(facts.subject)} (HTTP ${status})`,
        why:
          status === 413
            ? 'The registry, or a proxy in front of it, limits the size of a request'
            : 'The registry keeps the blobs that it accepted before, and the next run does not upload them again',
        next:
          status === 413
            ? `Raise the limit (client_max_body_size in nginx), or upload to ${host} without the proxy`
            : `Look for the error in the log of ${host}, at the time of this upload`,
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
  const advice = `If ${printable(host)} allows only two parts, as docker.io, GitLab and older Quay do, upload with \`--maxNestedPaths=2\` (maxNestedPaths in site.yaml; \`--max-nested-paths=2\` for seq-upload.sh)`;
  return new SeqmirrorError({
    ...found,
    details: [...known, `the repository path ${printable(repository)} has ${parts} parts`],
    next: status === 400 || next === undefined ? advice : `${next}. ${advice}`,
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
      ? `The quota of ${namespace} on ${host} is used up, so ${host} refused ${printable(facts.subject)} (HTTP ${status})`
      : `${host} has no space left for ${printable(facts.subject)} (HTTP ${status})`,
    why: isQuota
      ? 'The registry limits how much a project, organization or account may store. Permissions and credentials are right'
      : 'The storage of the registry is full. The registry keeps the blobs that it has accepted',
    next: isQuota
      ? `Raise the quota of ${namespace} on ${host}, or delete images and run the garbage collection of ${host}. Then run the same command again`
      : `Add storage to ${host}, or delete images and run the garbage collection of ${host}. Then run the same command again`,
    ...details(facts),
  };
});

/** The answer of docker-registry, and of registries that are made of it, unless deletion is enabled. */
export const deletionDisabled = explain<{ host: string }>('SEQ0534', ({ host }) => ({
  what: `${printable(host)} does not allow to delete images (HTTP 405)`,
  why: 'The registry is read-only, or deletion is disabled, as it is by default in docker-registry',
  next: 'Set `storage: { delete: { enabled: true } }` in config.yml of docker-registry, or the variable REGISTRY_STORAGE_DELETE_ENABLED=true. Restart the registry, then run the same command again',
}));

/** One tag that the registry refuses; push/errors.ts reports all of them. */
export const tagImmutable = explain<PushRefusal>('SEQ0527', (facts) => ({
  what: `${printable(facts.source.host)} refused to overwrite a tag with ${printable(facts.subject)} (HTTP ${facts.refusal.status})`,
  why: 'The tag points to another image, and a rule of the registry makes the tag immutable',
  next: 'Exclude the tag from the immutability rule, or upload to another namespace of this registry',
  ...details(facts),
}));

/** One repository; push/errors.ts reports all of them. */
export const repositoryNotMade = explain<PushRefusal>('SEQ0526', (facts) => ({
  what: `${printable(facts.source.repository)} does not exist on ${printable(facts.source.host)} (HTTP ${facts.refusal.status})`,
  why: 'This registry (Amazon ECR) accepts images only in repositories that already exist',
  next: `Run \`aws ecr create-repository --repository-name ${printable(facts.source.repository)}\``,
  ...details(facts),
}));

/**
 * docker-registry answers so for ever for what it was writing when its disk became full. Pushing the same again repairs
 * a link, but not a manifest: the registry takes the damaged one for the new one.
 */
export const entryUnreadable = explain<{ source: PullSource; path: string; subject: string }>('SEQ0525', (facts) => {
  const host = printable(facts.source.host);
  return {
    what: `${host} kept answering HTTP 500 to the request for ${printable(facts.subject)}`,
    why: 'The storage of the registry fails or has a damaged entry. docker-registry leaves such entries when its disk is full',
    next: `Run the same command again later. If only these images still fail, delete the listed folders from the storage of docker-registry and restart docker-registry. Then run the same command again`,
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
    what: `${host} lost the upload of ${printable(facts.subject)} ${facts.times} times`,
    why: 'The registry answered HTTP 404 during the upload. The instances of the registry do not share storage, or the registry deletes unfinished uploads too early',
    next: `Configure all instances of ${host} to use the same storage, or configure the load balancer to send each client to the same instance`,
  };
});

export const uploadPlaceless = explain<{
  host: string;
  subject: string;
  problem: string;
}>('SEQ0516', ({ host, subject, problem }) => ({
  what: `${printable(host)} named no usable address to upload ${printable(subject)} to: ${printable(problem)}`,
  why: 'The OCI distribution specification requires a Location header. If the registry uses https, the URL in this header must use https too',
  next: `Check that ${printable(host)} is a container registry, and that no proxy in front of it changes the Location header`,
}));

/** The bytes read from the disk do not match the digest. The registry did not get the end of the blob, or refused it. */
export const contentChanged = explain<{
  subject: string;
  expected: Digest;
  actual: string;
  place?: BlobInArchive | undefined;
}>('SEQ0523', ({ subject, expected, actual, place }) => ({
  what: `${printable(subject)} does not match its digest, so it was not uploaded`,
  why: 'The archive was changed or damaged after it was sealed, or the medium has read errors. The registry did not store the blob',
  next: 'Use another copy of the archive, or make the archive again with `reissue`. Then run the same command again',
  details: [
    ...(place === undefined ? [] : [`the blob is in ${printable(place.archive)}, from byte ${place.offset} on`]),
    `expected ${expected}`,
    `read ${printable(actual)}`,
  ],
}));

function details({ source, refusal: { said } }: PushRefusal): { details?: readonly string[] | undefined } {
  return said === undefined ? {} : { details: [`${printable(source.host)} says: ${said}`] };
}
