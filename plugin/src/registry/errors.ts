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
            ? `${printable(host)} wants credentials for ${subject}, and none were found (HTTP 401)`
            : `${printable(host)} refused the credentials for ${subject} (HTTP 401)`,
        why:
          facts.credentials === 'none found'
            ? `Looked for them: ${printable(facts.origin)}`
            : `They came from ${printable(facts.origin)}; it was read, so they are wrong, have expired, or lack this repository`,
        next: `\`podman login ${printable(host)}\`, then run again`,
        ...details,
      });
    case 403:
      return new SeqmirrorError({
        code: 'SEQ0505',
        what: `${printable(host)} does not let this account read ${subject} (HTTP 403)`,
        why: accountWords(facts, 'this repository'),
        next: `Check that this account has a subscription or a grant for ${printable(repository)}`,
        ...details,
      });
    case 404:
      return facts.asks === 'blob' ? blobMissing({ subject, host, details }) : imageMissing({ subject, host, details });
    default:
      return new SeqmirrorError({
        code: 'SEQ0516',
        what: `${printable(host)} answered HTTP ${status} to the request for ${subject}`,
        why: 'The OCI distribution specification does not define this response',
        next: `Check that ${printable(host)} is a container registry, and whether a proxy answers in its place`,
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
  what: `${printable(host)} answered HTTP 401 to the request for ${subject}, and offers no way to log in that seqmirror knows`,
  why: `${
    schemes.length === 0
      ? 'Its answer has no WWW-Authenticate'
      : `It asks for ${printable(schemes.join(', '))}; registries use Basic or Bearer`
  }, so no credentials were sent${facts.credentials === 'none found' ? '' : ` (those at hand: ${printable(facts.origin)})`}`,
  next: `Look who answers there, the registry, or a proxy, firewall or login page: \`curl -sv https://${printable(host)}/v2/\``,
  ...details,
}));

/** Why an account may not do something, depending on what became of its credentials. */
export function accountWords(
  { origin, credentials }: { readonly origin: string; readonly credentials: CredentialUse },
  what: string,
): string {
  switch (credentials) {
    case 'none found':
      return `It was asked without credentials (${printable(origin)})`;
    case 'not asked for':
      return `It asked for no credentials, so those from ${printable(origin)} were not sent`;
    case 'sent':
      return `The credentials are from ${printable(origin)}; they were accepted, but do not cover ${what}`;
  }
}

const imageMissing = explain<{
  subject: string;
  host: string;
  details: object;
}>('SEQ0506', ({ subject, host, details }) => ({
  what: `${subject} does not exist on ${printable(host)} (HTTP 404)`,
  why: 'The tag, the digest or the whole repository is absent there',
  next: 'Check that the name is written as its registry shows it, and that the tag was not removed or moved',
  ...details,
}));

const blobMissing = explain<{
  subject: string;
  host: string;
  details: object;
}>('SEQ0507', ({ subject, host, details }) => ({
  what: `${subject} is not on ${printable(host)} (HTTP 404)`,
  why: 'A manifest there names it, so the image is damaged on the registry or was removed meanwhile',
  next: 'Run again; if it stays, tell the owner of the image, or choose another tag of it',
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
        ? 'It limits how much one account or address may ask'
        : 'It, or a server that it depends on, does not work right now',
    next:
      status === 429
        ? `Run again later, log in if that was without credentials, or set registries.hosts."${host}".parallel lower`
        : 'Run again later; what was transferred so far is kept',
    details: said === undefined ? undefined : [`${host} says: ${said}`],
  };
});

/** It did answer, only not over TLS. */
export const registryWithoutTls = explain<{ host: string; subject: string; cause: unknown }>('SEQ0503', (facts) => {
  const host = printable(facts.host);
  return {
    what: `${host} answered the request for ${printable(facts.subject)} without TLS`,
    why: 'Registries are spoken to over TLS unless they are marked insecure',
    next: `If plain HTTP is meant, set registries.hosts."${host}".insecure: true, or insecure = true in registries.conf`,
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
    what: `${host} cannot be reached for ${printable(facts.subject)}: ${facts.words}`,
    why: facts.words.includes('TLS')
      ? 'Registries are spoken to over TLS unless they are marked insecure'
      : 'Several attempts failed, none came through',
    next: facts.words.includes('TLS')
      ? `If plain HTTP is meant, set registries.hosts."${host}".insecure: true, or insecure = true in registries.conf`
      : `Check that \`curl -v https://${host}/v2/\` reaches it from here, and that HTTPS_PROXY and NO_PROXY are right`,
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
  const whose = name === undefined || isItself ? 'its name' : `the name ${asked}, to which it leads,`;
  return {
    what: `${printable(host)} cannot be reached for ${printable(subject)}: ${whose} is not known to DNS`,
    why: 'DNS answered that there is no such name, so it was not asked again',
    next: `Check the spelling of the name, and that \`getent hosts ${asked}\` finds it`,
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
    what: `${host} is not trusted: ${facts.words}`,
    why: `Nothing was sent to it, so ${printable(facts.subject)} was not fetched`,
    next: `Name its authority with registries.hosts."${host}".caFile, or put it at /etc/containers/certs.d/${host}/ca.crt`,
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
    (failure) => `${failure === own ? 'and the registry itself' : 'and a mirror'}, by registries.conf: ${failure.what}`,
  );
  return new SeqmirrorError({ code, what, why, next, details: [...details, ...beside] }, { cause: told });
}

export const wrongDigest = explain<{
  subject: string;
  host: string;
  expected: Digest;
  actual: string;
  whose: string;
}>('SEQ0508', ({ subject, host, expected, actual, whose }) => ({
  what: `${printable(subject)} from ${printable(host)} is not what ${whose} says`,
  why: 'The content was changed or damaged on the registry or on the way; it was not used',
  next: 'Run again; if it stays, a proxy or mirror in between serves damaged content',
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
  why: 'The content was changed or damaged on the registry or on the way; it was not used',
  next: 'Run again; if it stays, a proxy or mirror in between serves damaged content',
  details: [`expected ${digest}`],
}));

export const registryBlocked = explain<{
  name: string;
  prefix: string;
  file: string;
}>('SEQ0515', ({ name, prefix, file }) => ({
  what: `${printable(name)} is blocked by registries.conf (prefix "${printable(prefix)}")`,
  why: 'Somebody decided that nothing is pulled from there',
  next: 'Remove the image, or `blocked = true` from that file',
  at: { file },
}));

export const redirectRefused = explain<{ from: URL; problem: string }>('SEQ0514', ({ from, problem }) => ({
  what: `${from.host} sends a request where it must not go: ${printable(problem)}`,
  why: 'What is fetched over TLS stays on TLS, and only so many redirects are followed',
  next: `Ask whoever runs ${from.host} how its storage is configured`,
}));

export const realmRefused = explain<{
  host: string;
  realm: string;
  problem: string;
}>('SEQ0514', ({ host, realm, problem }) => ({
  what: `${printable(host)} sends its clients for a token to "${printable(realm, { limit: 100 })}", ${problem}`,
  why: 'Credentials are sent over https only, unless the registry is marked insecure or the service is on this machine',
  next: `Correct the realm in the configuration of ${printable(host)}`,
}));

export const tokenUnreadable = explain<{ host: string; realm: URL }>('SEQ0516', ({ host, realm }) => ({
  what: `The token service of ${printable(host)} (${realm.host}) answered without a token`,
  why: 'Its answer is not JSON, or has neither token nor access_token',
  next: 'Check that no proxy or login page answers in its place',
}));

export const bodyTooLarge = explain<{ url: URL; limit: number }>('SEQ0516', ({ url, limit }) => ({
  what: `${url.host} sent more than ${limit} bytes for ${printable(url.pathname)}`,
  why: 'Such answers are short; reading on would only fill the memory',
  next: `Check that ${url.host} is a container registry`,
}));

export const answerIncomplete = explain<{
  subject: string;
  host: string;
  problem: string;
}>('SEQ0516', ({ subject, host, problem }) => ({
  what: `${printable(host)} gave an answer for ${printable(subject)} that cannot be used: ${printable(problem)}`,
  why: 'The OCI distribution specification asks for more',
  next: `Check that ${printable(host)} is a container registry, and whether a proxy answers in its place`,
}));
