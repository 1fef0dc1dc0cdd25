/**
 * Errors for what registries answer and send. Callers pass facts, never secrets. Errors for files and settings of this
 * machine are in `configuration-errors.ts`.
 */
import type { Digest } from '../oci/digest';
import { explain, SeqmirrorError } from '../system/errors';
import { printable } from '../system/printable';
import type { CredentialUse, PullSource, Refusal, RequestKind } from './request-facts';

/** Answers that waiting does not change, by status. */
export function answerRefused(facts: {
  source: PullSource;
  subject: string;
  asks: RequestKind;
  refusal: Refusal;
  origin: string;
  credentials: CredentialUse;
}): SeqmirrorError {
  const { host, repository } = facts.source;
  const { status, said } = facts.refusal;
  const subject = printable(facts.subject);
  const details = said === undefined ? {} : { details: [`${printable(host)} says: ${said}`] };
  switch (status) {
    case 401:
      if (facts.credentials !== 'sent' && !facts.refusal.schemes.some((scheme) => scheme in loginSchemes))
        return loginUnknown({ host, subject, schemes: facts.refusal.schemes, facts, details });
      return new SeqmirrorError({
        code: 'SEQ0501',
        what:
          facts.credentials === 'none found'
            ? `${printable(host)} requires credentials for ${subject}, and seqmirror found none (HTTP 401)`
            : `${printable(host)} refused the credentials for ${subject} (HTTP 401)`,
        why:
          facts.credentials === 'none found'
            ? `seqmirror looked for credentials in the auth files: ${printable(facts.origin)}`
            : `The credentials from ${printable(facts.origin)} are wrong or expired, or do not give access to this repository`,
        next: `Run \`podman login ${printable(host)}\`, then run the same command again`,
        ...details,
      });
    case 403:
      return new SeqmirrorError({
        code: 'SEQ0505',
        what: `${printable(host)} does not let this account read ${subject} (HTTP 403)`,
        why: accountWords(facts, 'read this repository'),
        next: `Check that this account has a subscription for ${printable(repository)}, or the permission to read it`,
        ...details,
      });
    case 404:
      return facts.asks === 'blob' ? blobMissing({ subject, host, details }) : imageMissing({ subject, host, details });
    default:
      return new SeqmirrorError({
        code: 'SEQ0516',
        what: `${printable(host)} answered HTTP ${status} to the request for ${subject}`,
        why: 'The OCI distribution specification does not define this response',
        next: `Check that ${printable(host)} is a container registry, and that no proxy or login page answers in its place`,
        ...details,
      });
  }
}

const loginSchemes = { basic: true, bearer: true };

/** HTTP 401 that does not say how to log in: nothing was sent, so nothing that was sent can be wrong. */
const loginUnknown = explain<{
  host: string;
  subject: string;
  schemes: readonly string[];
  facts: { origin: string; credentials: CredentialUse };
  details: object;
}>('SEQ0501', ({ host, subject, schemes, facts, details }) => ({
  what: `${printable(host)} answered HTTP 401 to the request for ${subject}, but offers no login method that seqmirror supports`,
  why: `${
    schemes.length === 0
      ? 'The answer has no WWW-Authenticate header'
      : `The answer offers only ${printable(schemes.join(', '))}, but seqmirror supports only Basic and Bearer`
  }. So seqmirror did not send ${facts.credentials === 'none found' ? 'credentials' : `the credentials from ${printable(facts.origin)}`}`,
  next: `Run \`curl -sv https://${printable(host)}/v2/\` to see what answers: the registry, a proxy, a firewall or a login page`,
  ...details,
}));

/**
 * Why an account may not do something, depending on what became of its credentials.
 *
 * @param action `read this repository`
 */
export function accountWords(
  { origin, credentials }: { readonly origin: string; readonly credentials: CredentialUse },
  action: string,
): string {
  switch (credentials) {
    case 'none found':
      return `seqmirror sent no credentials, because it found none: ${printable(origin)}`;
    case 'not asked for':
      return `The registry did not ask for credentials, so seqmirror did not send those from ${printable(origin)}`;
    case 'sent':
      return `The registry accepted the credentials from ${printable(origin)}, but this account may not ${action}`;
  }
}

const imageMissing = explain<{
  subject: string;
  host: string;
  details: object;
}>('SEQ0506', ({ subject, host, details }) => ({
  what: `${subject} does not exist on ${printable(host)} (HTTP 404)`,
  why: 'The registry does not have the tag, the digest or the whole repository',
  next: 'Check that the name is spelled as in the registry, and that the registry still has this tag or digest',
  ...details,
}));

const blobMissing = explain<{
  subject: string;
  host: string;
  details: object;
}>('SEQ0507', ({ subject, host, details }) => ({
  what: `${subject} does not exist on ${printable(host)} (HTTP 404)`,
  why: 'A manifest in the registry names this blob, so the image is damaged, or somebody has just removed the blob',
  next: 'Run the same command again. If the command fails again, tell the owner of the image, or mirror another tag',
  ...details,
}));

export const registryTooBusy = explain<{
  source: PullSource;
  subject: string;
  refusal: Refusal;
}>('SEQ0509', ({ source, subject, refusal }) => {
  const { status, said } = refusal;
  const host = printable(source.host);
  return {
    what: `${host} kept answering HTTP ${status} to the request for ${printable(subject)}`,
    why:
      status === 429
        ? 'The registry limits how many requests one account or address may send'
        : 'The registry, or a server that the registry needs, is failing at the moment',
    next:
      status === 429
        ? `Run the same command again later. Or run \`podman login ${host}\` first, or lower registries.hosts."${host}".parallel in seqmirror.yaml`
        : 'Run the same command again later. seqmirror does not transfer again the blobs that it has already transferred',
    details: said === undefined ? undefined : [`${host} says: ${said}`],
  };
});

/** It did answer, only not over TLS. */
export const registryWithoutTls = explain<{ host: string; subject: string; cause: unknown }>('SEQ0503', (facts) => {
  const host = printable(facts.host);
  return {
    what: `${host} answered the request for ${printable(facts.subject)} without TLS`,
    why: 'seqmirror uses TLS for every registry that is not marked insecure',
    next: `If the registry uses plain HTTP, set registries.hosts."${host}".insecure: true in seqmirror.yaml, or insecure = true in registries.conf`,
    cause: facts.cause,
  };
});

export const registryUnreachable = explain<{
  host: string;
  subject: string;
  words: string;
  cause: unknown;
}>('SEQ0503', (facts) => {
  const host = printable(facts.host);
  return {
    what: `The request to ${host} for ${printable(facts.subject)} failed: ${facts.words}`,
    why: facts.words.includes('TLS')
      ? 'seqmirror uses TLS for every registry that is not marked insecure'
      : 'Every attempt failed',
    next: facts.words.includes('TLS')
      ? `If the registry uses plain HTTP, set registries.hosts."${host}".insecure: true in seqmirror.yaml, or insecure = true in registries.conf`
      : `Run \`curl -v https://${host}/v2/\` on this machine. If curl fails too, check the network, HTTPS_PROXY and NO_PROXY`,
    cause: facts.cause,
  };
});

/** @param name the name that DNS was asked for; a registry may redirect to another host */
export const registryUnknown = explain<{
  host: string;
  subject: string;
  name: string | undefined;
  cause: unknown;
}>('SEQ0503', ({ host, subject, name, cause }) => {
  const asked = printable(name ?? host);
  const isItself = host === name || host.startsWith(`${name}:`);
  const referred = name === undefined || isItself ? '' : `, to which ${printable(host)} redirects`;
  return {
    what: `The request to ${printable(host)} for ${printable(subject)} failed: DNS does not know the name ${asked}${referred}`,
    why: 'DNS answered that this name does not exist, so seqmirror did not try again',
    next: `Check the spelling of the name. \`getent hosts ${asked}\` must print an address`,
    cause,
  };
});

export const tlsUntrusted = explain<{
  host: string;
  subject: string;
  words: string;
  cause: unknown;
}>('SEQ0504', (facts) => {
  const host = printable(facts.host);
  return {
    what: `seqmirror does not trust ${host}: ${facts.words}`,
    why: `seqmirror did not send the request for ${printable(facts.subject)}`,
    next: `Set registries.hosts."${host}".caFile in seqmirror.yaml to the file of its certificate authority, or copy that file to /etc/containers/certs.d/${host}/ca.crt`,
    cause: facts.cause,
  };
});

/**
 * The most informative failure, with the others beside it: the registry's own, which comes last, unless it does not
 * answer and a mirror has answered. A blob that mirrors lack may still be in the registry, so for blobs silence comes
 * first.
 */
export function placesFailed(
  places: readonly { failure: SeqmirrorError | undefined; silent: boolean }[],
): SeqmirrorError {
  const failed = places.flatMap(({ failure, silent }) => (failure === undefined ? [] : [{ failure, silent }]));
  const own = failed.at(-1)?.failure as SeqmirrorError;
  if (failed.length === 1) return own;
  const answer = failed.findLast(({ failure, silent }) => !silent && (failure === own || failure.code !== 'SEQ0507'));
  const told = answer?.failure ?? own;
  const { code, what, why, next, details = [] } = told;
  const others = failed.map(({ failure }) => failure).filter((failure) => failure !== told);
  const beside = others.map(
    (failure) =>
      `${failure === own ? 'the registry itself' : 'a mirror in registries.conf'} also failed: ${failure.what}`,
  );
  return new SeqmirrorError({ code, what, why, next, details: [...details, ...beside] }, { cause: told });
}

export const wrongDigest = explain<{
  subject: string;
  host: string;
  expected: Digest;
  actual: string;
  itsDigest: string;
}>('SEQ0508', ({ subject, host, expected, actual, itsDigest }) => ({
  what: `${printable(subject)} from ${printable(host)} does not match ${itsDigest}`,
  why: 'The content was changed or damaged in the registry or on the network. seqmirror did not use this content',
  next: 'Run the same command again. If the command fails again, a proxy between this machine and the registry may serve damaged content: find the proxy, and empty its cache',
  details: [`expected ${expected}`, `received ${printable(actual)}`],
}));

export const wrongLength = explain<{
  subject: string;
  host: string;
  expected: number;
  actual: number;
  digest: Digest;
}>('SEQ0508', ({ subject, host, expected, actual, digest }) => ({
  what: `${printable(subject)} from ${printable(host)} has ${actual} bytes or more; its manifest says ${expected}`,
  why: 'The content was changed or damaged in the registry or on the network. seqmirror did not use this content',
  next: 'Run the same command again. If the command fails again, a proxy between this machine and the registry may serve damaged content: find the proxy, and empty its cache',
  details: [`expected ${digest}`],
}));

export const registryBlocked = explain<{
  name: string;
  prefix: string;
  file: string;
}>('SEQ0515', ({ name, prefix, file }) => ({
  what: `${printable(name)} is blocked by registries.conf (prefix "${printable(prefix)}")`,
  why: 'The entry for this prefix has `blocked = true`, so seqmirror pulls no image with this prefix',
  next: 'Remove the image from the imageset configuration, or remove `blocked = true` from registries.conf',
  at: { file },
}));

export const redirectRefused = explain<{ from: URL; problem: string }>('SEQ0514', ({ from, problem }) => ({
  what: `seqmirror does not follow a redirect of ${from.host}: ${printable(problem)}`,
  why: 'seqmirror follows at most 10 redirects, and no redirect from https to http',
  next: `Ask the administrator of ${from.host} to correct its redirects`,
}));

export const realmRefused = explain<{
  host: string;
  realm: string;
  problem: string;
}>('SEQ0514', ({ host, realm, problem }) => ({
  what: `${printable(host)} names the token service "${printable(realm, { limit: 100 })}", ${problem}`,
  why: 'seqmirror sends credentials only over https, except to an insecure registry or to this machine',
  next: `Ask the administrator of ${printable(host)} to set an https address as the realm, which is the address of the token service`,
}));

export const tokenUnreadable = explain<{ host: string; realm: URL }>('SEQ0516', ({ host, realm }) => ({
  what: `The token service of ${printable(host)} at ${realm.host} answered without a token`,
  why: 'The answer is not JSON, or has no `token` and no `access_token`',
  next: 'Check that no proxy or login page answers in place of the token service',
}));

export const bodyTooLarge = explain<{ url: URL; limit: number }>('SEQ0516', ({ url, limit }) => ({
  what: `${url.host} sent more than ${limit} bytes for ${printable(url.pathname)}`,
  why: 'A valid answer is shorter, so seqmirror stopped reading',
  next: `Check that ${url.host} is a container registry`,
}));

export const answerIncomplete = explain<{
  subject: string;
  host: string;
  problem: string;
}>('SEQ0516', ({ subject, host, problem }) => ({
  what: `The answer of ${printable(host)} for ${printable(subject)} cannot be used: ${printable(problem)}`,
  why: 'The answer does not follow the OCI distribution specification',
  next: `Check that ${printable(host)} is a container registry, and that no proxy or login page answers in its place`,
}));
