/** What goes into the Authorization header: found by what a registry asks for and what the person has, and remembered. */
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
  readonly actions: 'pull' | 'pull,push';
  /** Another repository that has to be readable for it: the one that a blob is mounted from. */
  readonly mountsFrom?: string | undefined;
}

export type Authorization =
  /** No header where nothing is asked for, or nothing is known. */
  | { readonly header: string | undefined; readonly refused?: never }
  /** The token service refused; what it answered decides how to go on. */
  | { readonly refused: Refusal; readonly header?: never };

export interface Authorizer {
  /** The header for a request, by what the registry asked for: on this repository before, else when first met. */
  authorize(access: AccessRequest, challenges: readonly Challenge[]): Promise<Authorization>;
  /** The registry refused a request: learns what it asks for, and never sends that header's token again. */
  rejected(access: AccessRequest, header: string | undefined, challenges: readonly Challenge[]): void;
  /** Where the credentials came from, or was looked for them. */
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
        // A refresh token that a service gave out may expire; the person's own credentials are tried again then.
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

// What a registry asks for on /v2/ names some scope of its own at times; here it is the repository's that counts.
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

/** Starts the work once for all who ask at the same time; a failure isn't remembered. */
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
