/**
 * Image references, read as containers/image and docker do (distribution/reference: `[host/]path[:tag][@digest]`), so
 * that a name means the same here as in podman, skopeo and oc-mirror.
 */
import type { Digest } from './digest';
import { isDigest } from './digest';
import { referenceUnreadable } from './errors';

export interface ImageReference {
  /** As written, with its port: `registry.redhat.io`, `localhost:5000`. `docker.io` if none was written. */
  readonly host: string;
  readonly repository: string;
  readonly tag?: string | undefined;
  readonly digest?: Digest | undefined;
}

export type ReferenceOutcome =
  | { readonly reference: ImageReference; readonly problem?: never | undefined }
  | { readonly problem: string; readonly reference?: never | undefined };

const label = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?';
const hostPattern = new RegExp(`^(?:${label}(?:\\.${label})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]{1,5})?$`);
const componentPattern = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const tagPattern = /^\w[\w.-]{0,127}$/;
const transportPattern =
  /^(?:oci|oci-archive|docker-archive|docker-daemon|dir|containers-storage|file|https?):(?!\d+\/)/;
const longestName = 255;
const longestText = 1024;

/**
 * Reads a reference, with or without `docker://` before it. `ubi9` alone is `docker.io/library/ubi9`, as in docker.
 *
 * @throws SEQ0502 saying which rule the text breaks
 */
export function parseReference(text: string): ImageReference {
  const outcome = tryParseReference(text);
  if (outcome.problem !== undefined) throw referenceUnreadable({ text, problem: outcome.problem });
  return outcome.reference;
}

/** Reads a reference, or says in a few words which rule it breaks: `the tag has a space in it`. */
export function tryParseReference(text: string): ReferenceOutcome {
  const bare = text.startsWith('docker://') ? text.slice('docker://'.length) : text;
  if (bare === '') return { problem: 'it is empty' };
  if (bare.length > longestText) return { problem: `it is longer than ${longestText} characters` };
  if (/\s/.test(bare)) return { problem: 'it contains white space' };
  if (transportPattern.test(bare))
    return { problem: `it names a file or a URL (${bare.split(':')[0]}:), not an image in a registry` };
  const [named, ...digests] = bare.split('@') as [string, ...string[]];
  if (digests.length > 1) return { problem: 'it contains more than one @' };
  const digest = digests[0];
  if (digest !== undefined && !isDigest(digest)) return { problem: digestProblem(digest) };
  if (/^[0-9a-f]{64}$/.test(named))
    return { problem: 'its name is 64 hexadecimal digits, which docker reads as an image ID' };

  const { host, remainder } = splitHost(named);
  const colon = remainder.indexOf(':');
  const repository = colon === -1 ? remainder : remainder.slice(0, colon);
  const tag = colon === -1 ? undefined : remainder.slice(colon + 1);
  const problem =
    hostProblem(host) ?? repositoryProblem(host, repository) ?? (tag === undefined ? undefined : tagProblem(tag));
  if (problem !== undefined) return { problem };
  return {
    reference: { host, repository, tag, digest },
  };
}

/** `host/repository[:tag][@digest]`: what `parseReference` reads back as the same reference. */
export function formatReference({ host, repository, tag, digest }: ImageReference): string {
  return `${host}/${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

// The first part is a host only if it looks like one: `localhost`, or a name with a dot or a port.
function splitHost(name: string): { host: string; remainder: string } {
  const slash = name.indexOf('/');
  const first = slash === -1 ? '' : name.slice(0, slash);
  const isHost = slash !== -1 && (/[.:]/.test(first) || first === 'localhost');
  const host = !isHost || first === 'index.docker.io' ? 'docker.io' : first;
  const remainder = isHost ? name.slice(slash + 1) : name;
  return { host, remainder: host === 'docker.io' && !remainder.includes('/') ? `library/${remainder}` : remainder };
}

function hostProblem(host: string): string | undefined {
  return hostPattern.test(host) ? undefined : 'its host is not a host name, or its port is not a number';
}

function repositoryProblem(host: string, repository: string): string | undefined {
  if (repository === '' || repository === 'library/') return 'it has a host, but no repository';
  if (repository !== repository.toLowerCase()) return 'its repository has capital letters';
  if (host.length + 1 + repository.length > longestName)
    return `host and repository together are longer than ${longestName} characters`;
  if (!repository.split('/').every((component) => componentPattern.test(component))) {
    return 'each part of its repository must be lower-case letters and digits, with single . _ __ or - between them';
  }
  return undefined;
}

function tagProblem(tag: string): string | undefined {
  if (tagPattern.test(tag)) return undefined;
  return 'its tag must have 1 to 128 letters, digits, _ . and -, and begin with a letter, a digit or _';
}

function digestProblem(digest: string): string {
  const algorithm = /^([a-z0-9+._-]+):/.exec(digest)?.[1];
  if (algorithm !== undefined && algorithm !== 'sha256')
    return `its digest is ${algorithm}, but seqmirror supports only sha256`;
  return 'its digest is not sha256: and 64 lower-case hexadecimal digits';
}

/** People write `docker://` or leave it out; other transports (`oci:///path`) are part of the name. */
export function withoutTransport(reference: string): string {
  return reference.startsWith('docker://') ? reference.slice('docker://'.length) : reference;
}
