/** Bearer tokens: distribution's token service, by GET (docs: auth/token) or, with a refresh token, by POST (auth/oauth). */
import { z } from 'zod';
import { valueOfJson } from '../system/json-text';
import type { Credentials } from './auth-file';
import { readLimited } from './body';
import type { Challenge } from './challenge';
import { realmRefused, tokenUnreadable } from './errors';
import type { Http, RegistryHost } from './http';
import { isLoopback } from './no-proxy';
import { readRefusal } from './refusal';
import type { Refusal } from './request-facts';

export interface Token {
  readonly value: string;
  /** Milliseconds since 1970; the token is not used after this. */
  readonly expiresAt: number;
  /** For the next token, if the service returns one. */
  readonly refreshToken?: string;
}

export type TokenOutcome =
  { readonly token: Token; readonly refused?: never } | { readonly refused: Refusal; readonly token?: never };

export interface TokenRequest {
  readonly http: Http;
  readonly registry: RegistryHost;
  readonly challenge: Challenge;
  /** `repository:ubi9/ubi:pull`; several are separated by spaces. */
  readonly scope: string;
  readonly credentials: Credentials | undefined;
  readonly signal: AbortSignal;
  readonly now: () => Date;
}

const largestAnswer = 1024 * 1024;
// "If expires_in isn't given, 60 seconds": distribution, auth/token. A shorter time is not trusted either.
const shortestLifeSeconds = 60;
const marginMs = 5_000;

const TokenText = z.object({
  token: z.string().optional(),
  access_token: z.string().optional(),
  expires_in: z.number().optional(),
  refresh_token: z.string().optional(),
});

/**
 * Asks the token service that a challenge names. Credentials are sent only over https, to this machine, or if the
 * registry is marked insecure.
 *
 * @throws SEQ0514 for a realm to which credentials can't be sent, SEQ0516 for an answer without a token
 */
export async function requestToken(request: TokenRequest): Promise<TokenOutcome> {
  const { http, registry, challenge, credentials, signal, now } = request;
  const realm = realmOf(challenge, registry);
  const asked = now().getTime();
  const response = await http.exchange({
    registry,
    signal,
    ...(credentials?.identityToken === undefined
      ? byGet(realm, request)
      : byPost(realm, request, credentials.identityToken)),
  });
  if (response.status !== 200) return { refused: await readRefusal(response) };
  const answer = TokenText.safeParse(valueOfJson((await readLimited(response, largestAnswer)).toString('utf8')));
  const value = answer.success ? answer.data.token || answer.data.access_token : undefined;
  // The token goes into a header, so it must fit in one.
  if (!answer.success || !value || !/^[\x21-\x7e]+$/.test(value)) throw tokenUnreadable({ host: registry.host, realm });
  const lifeSeconds = Math.max(answer.data.expires_in ?? 0, shortestLifeSeconds);
  return {
    token: {
      value,
      expiresAt: asked + lifeSeconds * 1000 - marginMs,
      ...(answer.data.refresh_token === undefined ? {} : { refreshToken: answer.data.refresh_token }),
    },
  };
}

function realmOf({ parameters }: Challenge, registry: RegistryHost): URL {
  const text = parameters['realm'] ?? '';
  if (!URL.canParse(text)) throw realmRefused({ host: registry.host, realm: text, problem: 'which is not a URL' });
  const realm = new URL(text);
  const safe =
    realm.protocol === 'https:' || (realm.protocol === 'http:' && (registry.insecure || isLoopback(realm.hostname)));
  if (!safe) throw realmRefused({ host: registry.host, realm: realm.origin, problem: 'which does not use https' });
  if (realm.username !== '' || realm.password !== '') {
    throw realmRefused({ host: registry.host, realm: realm.origin, problem: 'which contains a user name' });
  }
  return realm;
}

function byGet(realm: URL, { challenge, scope, credentials }: TokenRequest) {
  const url = new URL(realm);
  const { service } = challenge.parameters;
  if (service !== undefined) url.searchParams.set('service', service);
  for (const one of scope.split(' ')) url.searchParams.append('scope', one);
  if (credentials?.identityToken !== undefined || credentials === undefined) return { method: 'GET', url } as const;
  url.searchParams.set('account', credentials.username);
  return { method: 'GET', url, headers: { authorization: basicAuthorization(credentials) } } as const;
}

function byPost(realm: URL, { challenge, scope }: TokenRequest, refreshToken: string) {
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: 'seqmirror',
    scope,
    refresh_token: refreshToken,
    ...(challenge.parameters['service'] === undefined ? {} : { service: challenge.parameters['service'] }),
  });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return { method: 'POST', url: realm, headers, body: () => form.toString() } as const;
}

export function basicAuthorization({ username, password }: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
