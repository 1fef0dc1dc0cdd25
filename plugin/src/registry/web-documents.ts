/**
 * Documents from web servers that are not registries: update graphs, signatures. Trust, proxies, time limits and
 * waiting work as for registries. If a login is needed, the address contains user and password.
 */
import { isSeqmirrorError } from '../system/errors';
import { readLimited } from './body';
import type { RegistryConnectionOptions } from './connection';
import type { HttpResponse } from './http';
import { createHttp, defaultTimeouts, discard } from './http';
import { networkFailureOf } from './network-failure';
import { proxyRefused } from './proxy-errors';
import type { Attempt } from './repeat';
import { repeatWhileItMayPass } from './repeat';
import { isPassing, retryAfterMs } from './retry';
import { webAnswerRefused, webServerUnreachable } from './web-errors';

export interface WebRequest {
  /** What is requested, for messages: `the update graph of stable-4.19 for amd64`. */
  readonly subject: string;
  /** What to do if the server cannot be reached or refuses, for messages. */
  readonly instead: string;
  readonly accept?: string | undefined;
  /** The most bytes that the document may have. */
  readonly limit: number;
  /** Statuses that mean that there is no such document. */
  readonly absent?: readonly number[] | undefined;
}

export interface WebDocuments {
  /**
   * A whole document, in memory; `undefined` if the server has no such document.
   *
   * @throws SEQ0528 when its server cannot be reached, SEQ0529 when it answers something else
   * @throws SEQ0516 when the document is larger than the limit
   */
  read(url: URL, request: WebRequest): Promise<Buffer | undefined>;
  close(): Promise<void>;
}

/** Opens no connection before the first request; `close` drops them. */
export function createWebDocuments(options: RegistryConnectionOptions): WebDocuments {
  const { settings, env, signal, now = () => new Date() } = options;
  const http = createHttp({
    settings,
    env,
    timeouts: { ...defaultTimeouts, ...options.timeouts },
    now,
    sleep: options.sleep,
  });

  const attempt = async (
    url: URL,
    { subject, instead, accept, limit, absent = [404, 410] }: WebRequest,
  ): Promise<Attempt<Buffer | undefined>> => {
    const registry = { host: url.host, insecure: settings.hosts?.[url.host]?.insecure === true };
    let response: HttpResponse | undefined;
    try {
      response = await http.exchange({
        method: 'GET',
        url,
        headers: { accept: accept ?? '*/*', ...loginIn(url) },
        registry,
        signal,
      });
      const { status } = response;
      if (status === 200) return { result: await readLimited(response, limit) };
      discard(response);
      if (absent.includes(status)) return { result: undefined };
      const { host } = url;
      if (status === 407 && response.proxy !== undefined)
        throw proxyRefused({ proxy: response.proxy, host, subject, status, said: undefined });
      const failure = webAnswerRefused({ host, subject, status, instead });
      if (!isPassing(status)) throw failure;
      return { failure, afterMs: retryAfterMs(response.header('retry-after'), now()) ?? 0 };
    } catch (error) {
      response?.body.on('error', () => undefined).destroy();
      signal.throwIfAborted();
      const network = isSeqmirrorError(error) ? undefined : networkFailureOf(error);
      if (network === undefined) throw error;
      const failure = webServerUnreachable({ host: url.host, subject, words: network.words, instead, cause: error });
      if (['untrusted', 'no TLS', 'unknown host'].includes(network.kind)) throw failure;
      return { failure, afterMs: 0 };
    }
  };

  return {
    read: (url, request) =>
      repeatWhileItMayPass(() => attempt(url, request), { host: url.host, subject: request.subject }, options),
    close: () => http.close(),
  };
}

function loginIn({ username, password }: URL): Record<string, string> {
  if (username === '') return {};
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(login).toString('base64')}` };
}
