/**
 * Which proxy a request goes through, by the rules of Go's golang.org/x/net/http/httpproxy, which podman, skopeo and
 * oc-mirror follow:
 *
 *   HTTPS_PROXY for https, HTTP_PROXY for http, NO_PROXY; each else in lower case; empty counts as not set
 *   NO_PROXY: entries between commas: `*`, addresses, CIDR blocks, names with their subdomains, `.name` for only these,
 *   each except blocks with an optional port
 *   `localhost` and loopback addresses never go through a proxy
 *
 * One difference: a value that is not an address of a proxy is refused here. Go ignores it, or looks up a host named
 * `http`.
 */
import { proxyUnusable } from './configuration-errors';
import { isExempt, isLoopback } from './no-proxy';

export interface ProxyInUse {
  /** With a user name and password if its variable has them. */
  readonly url: URL;
  /** The name in messages: `proxy.example:3128`, without secrets. */
  readonly name: string;
  /** `https_proxy` */
  readonly variable: string;
}

/**
 * The proxy for a request, `undefined` for none.
 *
 * @throws SEQ0518 when the variable for it cannot be used, and for HTTP_PROXY in a CGI program, whose caller chooses it
 */
export function proxyFor(url: URL, env: Readonly<NodeJS.ProcessEnv>): ProxyInUse | undefined {
  const set = variableOf(env, url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY');
  if (set === undefined) return undefined;
  const { variable, value } = set;
  if (url.protocol === 'http:' && env['REQUEST_METHOD']) {
    // https://golang.org/s/cgihttpproxy: a `Proxy:` header of a request to a CGI program arrives as HTTP_PROXY.
    throw proxyUnusable({
      variable,
      problem: 'is unsafe while REQUEST_METHOD is set: in a CGI program, a client can choose this value',
    });
  }
  if (isLoopback(url.hostname) || isExempt(url, variableOf(env, 'NO_PROXY')?.value ?? '')) return undefined;
  const proxy = addressIn(value, variable);
  return { url: proxy, name: proxy.host, variable };
}

function variableOf(
  env: Readonly<NodeJS.ProcessEnv>,
  name: string,
): { readonly variable: string; readonly value: string } | undefined {
  for (const variable of [name, name.toLowerCase()]) {
    const value = env[variable];
    if (value) return { variable, value };
  }
  return undefined;
}

/** `http://[user:password@]host[:port]`, https too; without a scheme http is meant. */
function addressIn(value: string, variable: string): URL {
  const refuse = (problem: string) => proxyUnusable({ variable, problem });
  // WHATWG's URL accepts what Go refuses: spaces around, control characters, backslashes, a scheme without slashes.
  if (/[\s\\\p{Cc}]/u.test(value)) throw refuse('contains a space, a control character or a backslash');
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(value)?.[1]?.toLowerCase();
  if (scheme?.startsWith('socks') === true)
    throw refuse('names a SOCKS proxy, but seqmirror supports only HTTP proxies');
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https')
    throw refuse('begins with a scheme other than http or https');
  const address = scheme === undefined ? value : value.slice(scheme.length + '://'.length);
  const text = `${scheme ?? 'http'}://${address}`;
  if (!URL.canParse(text) || /^(?:\/|(?:https?|socks5):)/i.test(address)) throw refuse('is not a host with a port');
  const url = new URL(text);
  if (/%(?![0-9a-f]{2})/i.test(`${url.username}:${url.password}`))
    throw refuse('has a percent sign in the user or password that must be written as %25');
  return url;
}
