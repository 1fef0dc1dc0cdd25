/**
 * The Authorization header of a request, from what the registry asks for and the credentials that the person has.
 * Remembers both.
 */
import type { Credentials } from './auth-file';
import type { Challenge } from './challenge';
import type { CredentialSearch } from './credentials';
import type { Http, RegistryHost } from './http';
import type { Refusal } from './request-facts';
import type { Token } from './token';
import { basicAuthorization, requestToken } from './token';

/** What a request wants to do, and where. */
export interface AccessRequest extends RegistryHost {
  readonly repository: string;
  /** Distribution, auth/token: what a token is asked for. */
  readonly actions: 'pull' | 'pull,push' | 'pull,push,delete';
  /** Another repository that must be readable too: the one that a blob is mounted from. */
  readonly mountsFrom?: string | undefined;
}

export type Authorization =
  /** No header if the registry asks for none, or no credentials are known. */
  | { readonly header: string | undefined; readonly refused?: never }
  /** The token service refused; its answer decides how to go on. */
  | { readonly refused: Refusal; readonly header?: never };

export interface Authorizer {
  /**
   * The header for a request, according to what the registry asked for: for this repository before, else at the first
   * contact.
   */
  authorize(access: AccessRequest, challenges: readonly Challenge[]): Promise<Authorization>;
  /** The registry refused a request: learns what it asks for, and never sends that header's token again. */
  rejected(access: AccessRequest, header: string | undefined, challenges: readonly Challenge[]): void;
  /** Where the credentials came from, or where they were looked for. */
  originOf(access: AccessRequest): Promise<CredentialSearch>;
}

export function createAuthorizer({
  http,
  search,
  signal,
  now,
}: {
  http: Http;
  search: (place: { host: string; repository: string }) => Promise<CredentialSearch>;
  /** The signal of the client: a token serves more than the request that first needs it. */
  signal: AbortSignal;
  now: () => Date;
}): Authorizer {
  const searches = new Map<string, Promise<CredentialSearch>>();
  const lessons = new Map<string, readonly Challenge[]>();
  const tokens = new Map<string, Promise<Token | Refusal>>();
  const refreshTokens = new Map<string, string>();

  const originOf = (access: AccessRequest): Promise<CredentialSearch> =>
    remembered(searches, placeOf(access), () => search(access));

  const tokenFor = async (
    access: AccessRequest,
    challenge: Challenge,
    credentials: Credentials | undefined,
  ): Promise<Token | Refusal> => {
    const scope = challenge.parameters['scope'] ?? scopeOf(access);
    const { realm, service } = challenge.parameters;
    const account = [access.host, realm, service, credentials?.username, credentials && placeOf(access)].join(' ');
    const key = `${account} ${scope}`;
    const fetchToken = async (): Promise<Token | Refusal> => {
      const refreshToken = refreshTokens.get(account);
      const outcome = await requestToken({
        http,
        registry: access,
        challenge,
        scope,
        credentials: refreshToken === undefined ? credentials : { identityToken: refreshToken },
        signal,
        now,
      });
      if (outcome.refused !== undefined) {
        tokens.delete(key);
        // A refresh token from a service may expire; then the person's own credentials are tried again.
        return refreshTokens.delete(account) ? fetchToken() : outcome.refused;
      }
      if (outcome.token.refreshToken !== undefined) refreshTokens.set(account, outcome.token.refreshToken);
      return outcome.token;
    };
    const known = await remembered(tokens, key, fetchToken);
    if (!('expiresAt' in known) || known.expiresAt > now().getTime()) return known;
    tokens.delete(key);
    return remembered(tokens, key, fetchToken);
  };

  return {
    originOf,
    authorize: async (access, met) => {
      const challenges = lessons.get(lessonOf(access)) ?? met.map(withoutScope);
      const { credentials } = challenges.length === 0 ? {} : await originOf(access);
      for (const challenge of challenges) {
        if (challenge.scheme === 'bearer') {
          const outcome = await tokenFor(access, challenge, credentials);
          return 'expiresAt' in outcome ? { header: `Bearer ${outcome.value}` } : { refused: outcome };
        }
        if (challenge.scheme === 'basic' && credentials !== undefined && credentials.identityToken === undefined) {
          return { header: basicAuthorization(credentials) };
        }
      }
      return { header: undefined };
    },
    rejected: (access, header, challenges) => {
      if (challenges.length > 0) lessons.set(lessonOf(access), challenges);
      for (const [key, token] of tokens) {
        void token.then(
          (known) => 'expiresAt' in known && header === `Bearer ${known.value}` && tokens.delete(key),
          () => undefined,
        );
      }
    },
  };
}

// Some registries name a scope of their own on /v2/; here the repository's scope counts.
function withoutScope({ scheme, parameters }: Challenge): Challenge {
  return { scheme, parameters: Object.fromEntries(Object.entries(parameters).filter(([name]) => name !== 'scope')) };
}

function placeOf({ host, repository }: AccessRequest): string {
  return `${host}/${repository}`;
}

function lessonOf(access: AccessRequest): string {
  return `${placeOf(access)} ${access.actions} ${access.mountsFrom ?? ''}`;
}

/** Distribution, auth/token: several scopes are separated by spaces. */
function scopeOf({ repository, actions, mountsFrom }: AccessRequest): string {
  const own = `repository:${repository}:${actions}`;
  return mountsFrom === undefined ? own : `${own} repository:${mountsFrom}:pull`;
}

/** Starts the work once for all who ask at the same time; failures are not remembered. */
function remembered<T>(memory: Map<string, Promise<T>>, key: string, work: () => Promise<T>): Promise<T> {
  const known = memory.get(key);
  if (known !== undefined) return known;
  const started = work();
  memory.set(key, started);
  started.catch(() => {
    if (memory.get(key) === started) memory.delete(key);
  });
  return started;
}
