import { systemErrorCode } from '../system/errors';
import type { ProxyInUse } from './proxy';
import { ProxyFailure } from './proxy-agent';
import { AnswerTooSlow } from './slow-answers';

/** What prevented an answer to a request, or cut it off. */
export type NetworkFailure =
  /** The certificate is not trusted, or for another host, or expired. Waiting doesn't help. */
  | { readonly kind: 'untrusted'; readonly words: string }
  /** The server does not speak TLS. Waiting doesn't help. */
  | { readonly kind: 'no TLS'; readonly words: string }
  /** DNS answered that there is no such name. Waiting doesn't help. */
  | { readonly kind: 'unknown host'; readonly words: string; readonly name: string | undefined }
  /** No connection was made. */
  | { readonly kind: 'unreachable'; readonly words: string }
  /** The way led through a proxy and ended there: by its answer to CONNECT, or before it answered. */
  | {
      readonly kind: 'proxy';
      readonly words: string;
      readonly proxy: ProxyInUse;
      readonly status: number | undefined;
      /** Why it did not answer. */
      readonly failure: NetworkFailure | undefined;
    }
  /** There was a connection, and it broke or went silent. */
  | { readonly kind: 'cut'; readonly words: string };

const certificates: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet, by the clock of this machine',
  CERT_REVOKED: 'its certificate was revoked',
  CERT_UNTRUSTED: 'its certificate is not trusted',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate authority is not known to this machine',
  UNABLE_TO_GET_ISSUER_CERT: 'its certificate authority is not known to this machine',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate authority is not known to this machine',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate authority is not known to this machine',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host name',
};

const connections: Readonly<Record<string, string>> = {
  EAI_AGAIN: 'DNS did not answer',
  ECONNREFUSED: 'the connection was refused (ECONNREFUSED)',
  EHOSTUNREACH: 'there is no route to the host',
  ENETUNREACH: 'the network is unreachable',
  ETIMEDOUT: 'no answer arrived in time',
  UND_ERR_CONNECT_TIMEOUT: 'no answer arrived in time',
  EPROTO: 'the TLS handshake failed',
};

/** OpenSSL's words when the first bytes are plain HTTP; the code is EPROTO if Node doesn't know it. */
const noTls = /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|wrong version number|packet length too long/;

const interruptions: Readonly<Record<string, string>> = {
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed',
  UND_ERR_SOCKET: 'the connection was closed',
  UND_ERR_HEADERS_OVERFLOW: 'its answer has more than 16 KiB of headers',
  UND_ERR_HEADERS_TIMEOUT: 'no answer arrived in time',
  UND_ERR_BODY_TIMEOUT: 'no more data arrived',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the transfer ended early',
  UND_ERR_INFO: 'the connection was closed',
  Z_BUF_ERROR: 'the transfer ended early',
  Z_DATA_ERROR: 'its answer says that it is gzip, but it is not',
};

/** The kind of a network failure; `undefined` for all other errors. */
export function networkFailureOf(error: unknown): NetworkFailure | undefined {
  for (let at = error; typeof at === 'object' && at !== null; at = (at as { cause?: unknown }).cause) {
    const { code, name, message, hostname } = at as Partial<Record<'code' | 'name' | 'message' | 'hostname', unknown>>;
    if (typeof code !== 'string') continue;
    if (at instanceof AnswerTooSlow) return { kind: 'cut', words: at.message };
    if (at instanceof ProxyFailure) return proxyFailureOf(at);
    // EAI_NONAME. If no name server answers, it is EAI_AGAIN, which may pass.
    if (code === 'ENOTFOUND') {
      const words = 'DNS does not know its name';
      return { kind: 'unknown host', words, name: typeof hostname === 'string' ? hostname : undefined };
    }
    if (noTls.test(`${code} ${String(message)}`)) return { kind: 'no TLS', words: 'it answered without TLS' };
    if (code in certificates) return { kind: 'untrusted', words: certificates[code] as string };
    if (code in connections) return { kind: 'unreachable', words: connections[code] as string };
    if (code in interruptions) return { kind: 'cut', words: interruptions[code] as string };
    if (code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS'))
      return { kind: 'unreachable', words: `the TLS handshake failed (${code})` };
    if (code.startsWith('HPE_') || name === 'HTTPParserError') return { kind: 'cut', words: 'its answer was not HTTP' };
  }
  const code = systemErrorCode(error);
  return code === undefined || ['ENOSPC', 'ENOENT', 'EACCES'].includes(code)
    ? undefined
    : { kind: 'unreachable', words: `the connection failed (${code})` };
}

function proxyFailureOf({ proxy, status, cause }: ProxyFailure): NetworkFailure {
  const failure = cause === undefined ? undefined : networkFailureOf(cause);
  const why = status === undefined ? (failure?.words ?? 'its answer was not HTTP') : `it answered HTTP ${status}`;
  return {
    kind: 'proxy',
    words: `the proxy ${proxy.name} did not make the connection: ${why}`,
    proxy,
    status,
    failure,
  };
}
