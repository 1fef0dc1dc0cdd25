/**
 * Connections through a proxy: tunnels (CONNECT) for TLS, absolute addresses for plain HTTP. Failures of the proxy are
 * told apart from the registry's.
 */
import type { Dispatcher, Pool, ProxyAgent, buildConnector } from 'undici';
import type { ProxyInUse } from './proxy';

/** A proxy could not be used. A class of our own, so that it is never taken for a failure of the registry. */
export class ProxyFailure extends Error {
  readonly code = 'SEQMIRROR_PROXY';
  readonly proxy: ProxyInUse;
  /** Its answer to CONNECT; `undefined` if it gave none, see the cause. */
  readonly status: number | undefined;

  constructor(proxy: ProxyInUse, { status, cause }: { status?: number | undefined; cause?: unknown }) {
    super(`the proxy ${proxy.name} failed`, { cause });
    this.proxy = proxy;
    this.status = status;
  }
}

interface ProxyAgentOptions {
  readonly undici: {
    readonly Pool: typeof Pool;
    readonly ProxyAgent: typeof ProxyAgent;
    readonly buildConnector: typeof buildConnector;
  };
  readonly proxy: ProxyInUse;
  /** TLS with the host behind the proxy; `undefined`: plain HTTP. */
  readonly requestTls: buildConnector.BuildOptions | undefined;
  /** How to connect to the proxy itself, over TLS if its address says so. */
  readonly proxyTls: buildConnector.BuildOptions;
  /** From CONNECT to its answer. */
  readonly answerMs: number;
}

export function agentThroughProxy(options: ProxyAgentOptions): Dispatcher {
  return options.requestTls === undefined ? forwarding(options) : tunnelling(options);
}

function tunnelling({ undici, proxy, requestTls, proxyTls, answerMs }: ProxyAgentOptions): Dispatcher {
  const token = authorizationOf(proxy.url);
  return new undici.ProxyAgent({
    uri: proxy.url.origin,
    ...(token === undefined ? {} : { token }),
    ...(requestTls === undefined ? {} : { requestTls }),
    proxyTls,
    clientFactory: (origin, given) => {
      const pool = new undici.Pool(origin, { ...given, headersTimeout: answerMs });
      const connect = pool.connect.bind(pool) as (params: Dispatcher.ConnectOptions) => Promise<Dispatcher.ConnectData>;
      const asked = async (params: Dispatcher.ConnectOptions): Promise<Dispatcher.ConnectData> => {
        const answer = await connect(params).catch((cause: unknown) => {
          throw new ProxyFailure(proxy, { cause });
        });
        if (answer.statusCode === 200) return answer;
        answer.socket.on('error', () => undefined).destroy();
        throw new ProxyFailure(proxy, { status: answer.statusCode });
      };
      return Object.assign(pool, { connect: asked });
    },
  });
}

/** Proxies often allow CONNECT only for port 443, so plain HTTP uses absolute addresses. */
function forwarding({ undici, proxy, proxyTls }: ProxyAgentOptions): Dispatcher {
  const token = authorizationOf(proxy.url);
  const base = undici.buildConnector(proxyTls);
  const connect: buildConnector.connector = (options, callback) =>
    base(options, (...[error, socket]) =>
      error === null ? callback(null, socket) : callback(new ProxyFailure(proxy, { cause: error }), null),
    );
  return new undici.Pool(proxy.url.origin, { connect }).compose((dispatch) => (options, handler) => {
    const target = new URL(String(options.origin));
    const headers = {
      ...(options.headers as Record<string, string> | undefined),
      host: target.host,
      ...(token === undefined ? {} : { 'proxy-authorization': token }),
    };
    return dispatch(
      { ...options, origin: proxy.url.origin, path: `${target.origin}${options.path}`, headers },
      handler,
    );
  });
}

/** As in Go's net/http: the user alone is enough, and both are decoded. */
function authorizationOf({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  const account = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(account).toString('base64')}`;
}
