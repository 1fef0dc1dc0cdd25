/**
 * HTTP as registries need it: trust and proxy by host, redirects that never carry credentials elsewhere, and time
 * limits on connecting, on the answer, and on silence or very slow progress in the middle of a body. Like Go's
 * Transport it asks for gzip and unpacks it, except with HEAD, for a range, or if the caller asks for something else.
 */
import type { Readable } from 'node:stream';
import type { SecureContext } from 'node:tls';
import type { Dispatcher } from 'undici';
import { secureContextOf, systemAuthorities, trustOfHost } from './certificates';
import { redirectRefused } from './errors';
import { gunzipped } from './gunzipped';
import type { ProxyInUse } from './proxy';
import { proxyFor } from './proxy';
import { agentThroughProxy } from './proxy-agent';
import { createRateLimits, throttledBody, throttledPieces } from './rate';
import type { RegistrySettings } from './settings';
import { sleep as sleepReally } from './sleep';
import type { SlowestRate } from './slow-answers';
import { givingUpSlowAnswers } from './slow-answers';

export interface HttpRequest {
  readonly method: Dispatcher.HttpMethod;
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Called each time that the request is sent. */
  readonly body?: (() => RequestBody) | undefined;
  /** The registry that the request is for; its trust also covers where it redirects to. */
  readonly registry: RegistryHost;
  readonly signal: AbortSignal;
}

/** An iterable is asked for its next piece when the one before has been handed to the system, if it is 64 KiB or more. */
export type RequestBody = string | Buffer | AsyncIterable<Buffer>;

export interface RegistryHost {
  readonly host: string;
  /** Plain HTTP and unverified TLS are accepted. */
  readonly insecure: boolean;
}

export interface HttpResponse {
  readonly status: number;
  header(name: string): string | undefined;
  /** Must be read to its end, destroyed, or passed to `discard`. */
  readonly body: Readable;
  /** After redirects. */
  readonly url: URL;
  /** The proxy that it came through, or that answered itself. */
  readonly proxy?: ProxyInUse | undefined;
}

/** Time limits in milliseconds. */
export interface HttpTimeouts {
  readonly connectMs: number;
  /** From the request to the headers of the answer. */
  readonly answerMs: number;
  /** Without a single byte in the middle of a body; then the body counts as cut. */
  readonly stallMs: number;
  /** A slower body counts as cut too. */
  readonly slowest: SlowestRate;
}

export const defaultTimeouts: HttpTimeouts = {
  connectMs: 30_000,
  answerMs: 60_000,
  stallMs: 60_000,
  slowest: { bytes: 32 * 1024, ms: 60_000 },
};

export interface Http {
  /** Sends a request and follows its redirects. Any status is an answer. */
  exchange(request: HttpRequest): Promise<HttpResponse>;
  /** Whether all traffic so far went over TLS with verified certificates. */
  tlsVerified(): boolean;
  close(): Promise<void>;
}

// Most of what seqmirror does asks no registry, so its start should not wait for undici.
const loadUndici = () => import('undici');

const mostRedirects = 10;
const redirects = [301, 302, 303, 307, 308];

export function createHttp({
  settings,
  env,
  timeouts,
  now = () => new Date(),
  sleep = sleepReally,
}: {
  settings: RegistrySettings;
  env: Readonly<NodeJS.ProcessEnv>;
  timeouts: HttpTimeouts;
  now?: (() => Date) | undefined;
  sleep?: ((ms: number, signal: AbortSignal) => Promise<void>) | undefined;
}): Http {
  const rates = createRateLimits(settings, { now, sleep });
  const agents = new Map<string, Promise<Dispatcher>>();
  let verified = true;
  let system: Promise<string[]> | undefined;
  let commonContext: SecureContext | undefined;

  const contextFor = async (hosts: readonly string[], { verifies }: { verifies: boolean }): Promise<SecureContext> => {
    const trusts = await Promise.all(
      hosts.map((host) => trustOfHost(host, { caFile: settings.hosts?.[host]?.caFile, env })),
    );
    // Parsing hundreds of certificates takes longer than asking a registry whether it has an image.
    if (!verifies) return secureContextOf([], trusts);
    const authorities = await (system ??= systemAuthorities(env));
    const special = trusts.some((trust) => trust.authorities.length > 0 || trust.client !== undefined);
    return special ? secureContextOf(authorities, trusts) : (commonContext ??= secureContextOf(authorities, []));
  };
  const makeAgent = async (url: URL, registry: RegistryHost, proxy: ProxyInUse | undefined): Promise<Dispatcher> => {
    const undici = await loadUndici();
    const timeout = timeouts.connectMs;
    const isPlain = url.protocol === 'http:';
    if (proxy === undefined && isPlain) return new undici.Agent({ connect: { timeout } });
    const verifies = !registry.insecure || proxy !== undefined;
    const secureContext = await contextFor([registry.host, url.host], { verifies });
    const tls = { secureContext, rejectUnauthorized: !registry.insecure, timeout };
    if (proxy === undefined) return new undici.Agent({ connect: tls });
    return agentThroughProxy({
      undici,
      proxy,
      requestTls: isPlain ? undefined : tls,
      proxyTls: { secureContext, timeout },
      answerMs: timeouts.answerMs,
    });
  };
  const agentFor = (url: URL, registry: RegistryHost, proxy: ProxyInUse | undefined): Promise<Dispatcher> => {
    const key = [registry.host, registry.insecure, url.origin, proxy?.url.href].join(' ');
    const agent =
      agents.get(key) ??
      makeAgent(url, registry, proxy).then((made) => made.compose(givingUpSlowAnswers(timeouts.slowest)));
    agents.set(key, agent);
    return agent;
  };
  const send = async ({ method, url, headers, body, registry, signal }: HttpRequest): Promise<HttpResponse> => {
    if (url.protocol !== 'https:' || registry.insecure) verified = false;
    const { request } = await loadUndici();
    const proxy = proxyFor(url, env);
    // What a registry redirects to counts as its own: it comes over the same line.
    const rate = rates.of(registry.host);
    let content = body?.();
    if (rate !== undefined && content !== undefined) {
      if (typeof content === 'string' || Buffer.isBuffer(content)) await rate.take(content.length, signal);
      else content = throttledPieces(content, rate, signal);
    }
    const takesGzip =
      method !== 'HEAD' && headers?.['range'] === undefined && headers?.['accept-encoding'] === undefined;
    const answer = await request(url, {
      dispatcher: await agentFor(url, registry, proxy),
      method,
      headers: { 'user-agent': 'seqmirror', 'accept-encoding': takesGzip ? 'gzip' : 'identity', ...headers },
      // undici takes any async iterable, but its types only know streams.
      body: (content ?? null) as Readable | null,
      // A signal of its own for each request: Node warns of a leak if many listen to one.
      signal: AbortSignal.any([signal]),
      // By default undici closes the connection after each HEAD, in case a body follows that must not: half of the
      // requests of an upload would need a connection, and a handshake, of their own. What follows all the same is no
      // answer, and ends the connection then.
      reset: false,
      headersTimeout: timeouts.answerMs,
      bodyTimeout: timeouts.stallMs,
    });
    const header = (name: string): string | undefined => {
      const value = answer.headers[name.toLowerCase()];
      return Array.isArray(value) ? value.join(', ') : value;
    };
    const arriving = rate === undefined ? answer.body : throttledBody(answer.body, rate, signal);
    const response = { status: answer.statusCode, header, body: arriving, url, proxy };
    return takesGzip && isGzip(response) ? unpacked(response) : response;
  };

  return {
    exchange: async (first) => {
      let current = first;
      for (let hops = 0; ; hops += 1) {
        const response = await send(current);
        const location = response.header('location');
        const safe = current.method === 'GET' || current.method === 'HEAD';
        if (!safe || !redirects.includes(response.status) || location === undefined) return response;
        discard(response);
        if (hops === mostRedirects)
          throw redirectRefused({ from: first.url, problem: `it redirected more than ${mostRedirects} times` });
        current = { ...current, ...redirected(current, location) };
      }
    },
    tlsVerified: () => verified,
    close: async () => {
      const made = await Promise.allSettled(agents.values());
      agents.clear();
      await Promise.all(made.map((agent) => (agent.status === 'fulfilled' ? agent.value.destroy() : undefined)));
    },
  };
}

export function isGzip({ header }: Pick<HttpResponse, 'header'>): boolean {
  return header('content-encoding')?.toLowerCase() === 'gzip';
}

/** As Go's Transport returns it: unpacked, without the headers that describe the compressed body. */
function unpacked(response: HttpResponse): HttpResponse {
  const packing = ['content-encoding', 'content-length'];
  return {
    ...response,
    header: (name) => (packing.includes(name.toLowerCase()) ? undefined : response.header(name)),
    body: gunzipped(response.body),
  };
}

/** Ends a response whose body nobody reads. Its connection is dropped if much is still to come. */
export function discard({ body }: HttpResponse): void {
  body.on('error', () => undefined);
  let bytes = 0;
  body.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > 64 * 1024) body.destroy();
  });
}

// Object storage refuses two authorizations at once, and only the registry may see the one meant for it.
function redirected(from: HttpRequest, location: string): Pick<HttpRequest, 'url' | 'headers'> {
  if (!URL.canParse(location, from.url.href))
    throw redirectRefused({ from: from.url, problem: 'the target of the redirect is not a URL' });
  const url = new URL(location, from.url);
  if (url.protocol !== 'https:' && (url.protocol !== 'http:' || from.url.protocol === 'https:')) {
    throw redirectRefused({ from: from.url, problem: `it leads from ${from.url.protocol} to ${url.protocol}` });
  }
  const headers = { ...from.headers };
  if (url.origin !== from.url.origin) delete headers['authorization'];
  return { url, headers };
}
