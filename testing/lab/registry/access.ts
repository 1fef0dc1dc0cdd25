/**
 * Who may do what: everybody, whoever has the password, or whoever has a token for the repository, as in "Token
 * Authentication Specification" of the distribution project. The token service is the registry itself, at `/token`.
 */
import { randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import type { Exchange } from './exchange';
import { sendBody, sendError } from './exchange';

export type AccessOptions = { readonly kind: 'none' } | BasicAccess | TokenAccess;

interface Account {
  readonly user?: string;
  readonly password?: string;
}

interface BasicAccess extends Account {
  readonly kind: 'basic';
}

interface TokenAccess extends Account {
  readonly kind: 'token';
  /** How long a token serves. @default 300 */
  readonly tokenSeconds?: number;
  /** Gives tokens to pull without a password, as public registries do. */
  readonly anonymousPull?: boolean;
}

export const defaultUser = 'lab';
export const defaultPassword = 'open-sesame';

export interface Access {
  /** Whether the request may go on; if not, it was answered with 401. */
  admit(exchange: Exchange): Promise<boolean>;
  /** Answers `/token`. */
  serveToken(exchange: Exchange): Promise<void>;
  /** Invalidates every token that was given out so far, as if it had expired. */
  expireTokens(): void;
  readonly tokensGiven: number;
}

interface Token {
  readonly scopes: ReadonlySet<string>;
  readonly expiresAt: number;
}

const service = 'seqmirror-lab';
const tokenPath = '/token';

/** `origin` is only known once the server listens, hence a function. */
export function accessControl(options: AccessOptions, origin: () => string): Access {
  const tokens = new Map<string, Token>();
  let tokensGiven = 0;
  const account: Account = options.kind === 'none' ? {} : options;
  const { user = defaultUser, password = defaultPassword } = account;
  const basic = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

  const refuse = async (exchange: Exchange, challenge: string, message: string): Promise<false> => {
    await sendError(exchange, 401, { code: 'UNAUTHORIZED', message, headers: { 'www-authenticate': challenge } });
    return false;
  };
  const admitByToken = async (exchange: Exchange): Promise<boolean> => {
    const needed = scopesNeeded(exchange);
    const header = exchange.request.headers.authorization;
    const scope = [...needed].map((one) => `,scope="${one}"`).join('');
    const challenge = `Bearer realm="${origin()}${tokenPath}",service="${service}"${scope}`;
    if (!header?.startsWith('Bearer ')) return refuse(exchange, challenge, 'authentication required');
    const token = tokens.get(header.slice('Bearer '.length));
    if (!token || token.expiresAt <= Date.now())
      return refuse(exchange, `${challenge},error="invalid_token"`, 'token expired');
    if ([...needed].every((one) => actionsOf(one).every((action) => token.scopes.has(action)))) return true;
    return refuse(exchange, `${challenge},error="insufficient_scope"`, 'the token does not cover this');
  };

  return {
    get tokensGiven() {
      return tokensGiven;
    },
    expireTokens: () => tokens.clear(),
    admit: async (exchange) => {
      if (options.kind === 'none' || exchange.url.pathname === tokenPath) return true;
      if (options.kind === 'token') return admitByToken(exchange);
      if (exchange.request.headers.authorization === basic) return true;
      return refuse(exchange, `Basic realm="${service}"`, 'authentication required');
    },
    serveToken: async (exchange) => {
      if (options.kind !== 'token')
        return sendError(exchange, 404, { code: 'UNSUPPORTED', message: 'no token service here' });
      const { request, url } = exchange;
      const form = request.method === 'POST' ? new URLSearchParams(await text(request)) : url.searchParams;
      const known =
        request.headers.authorization === basic ||
        (form.get('username') === user && form.get('password') === password) ||
        form.get('refresh_token') === password;
      if (!known && (!options.anonymousPull || request.headers.authorization !== undefined)) {
        return sendError(exchange, 401, { code: 'UNAUTHORIZED', message: 'incorrect username or password' });
      }
      const asked = form
        .getAll('scope')
        .flatMap((scope) => scope.split(' '))
        .flatMap(actionsOf);
      const given = known ? asked : asked.filter((action) => action.endsWith(':pull'));
      const seconds = options.tokenSeconds ?? 300;
      const token = randomUUID();
      tokens.set(token, { scopes: new Set(given), expiresAt: Date.now() + seconds * 1000 });
      tokensGiven++;
      const issued = { expires_in: seconds, issued_at: new Date().toISOString() };
      const body = JSON.stringify({ token, access_token: token, ...issued });
      return sendBody(exchange, 200, { 'content-type': 'application/json' }, Buffer.from(body));
    },
  };
}

/** A mount needs to pull from the other repository, too. */
function scopesNeeded({ request, url }: Exchange): ReadonlySet<string> {
  const name = /^\/v2\/(.+)\/(?:manifests|blobs|tags)\//.exec(url.pathname)?.[1];
  if (name === undefined) return new Set();
  const reads = request.method === 'GET' || request.method === 'HEAD';
  const from = url.searchParams.get('from');
  // distribution's registry/handlers/app.go asks for this action alone.
  const actions =
    request.method === 'DELETE' && url.pathname.includes('/manifests/') ? 'delete' : reads ? 'pull' : 'pull,push';
  const scopes = new Set([`repository:${name}:${actions}`]);
  if (from !== null) scopes.add(`repository:${from}:pull`);
  return scopes;
}

/** `repository:a/b:pull,push` is two permissions. */
function actionsOf(scope: string): string[] {
  const cut = scope.lastIndexOf(':');
  return scope
    .slice(cut + 1)
    .split(',')
    .map((action) => `${scope.slice(0, cut)}:${action}`);
}
