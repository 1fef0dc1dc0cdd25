/** Signed requests to one bucket, repeated while a failure may pass. Trust, proxies and time limits are the registries'. */
import { AwsV4Signer } from 'aws4fetch';
import { readLimited } from '../registry/body';
import type { RegistryConnectionOptions } from '../registry/connection';
import type { HttpResponse, RequestBody } from '../registry/http';
import { createHttp, defaultTimeouts, discard } from '../registry/http';
import { networkFailureOf } from '../registry/network-failure';
import { proxyRefused } from '../registry/proxy-errors';
import { repeatWhileItMayPass } from '../registry/repeat';
import { isPassing, retryAfterMs } from '../registry/retry';
import { isSeqmirrorError } from '../system/errors';
import type { StorageAddress } from './address';
import { textIn } from './answers';
import type { StorageCredentials } from './credentials';
import { storageProfile } from './credentials';
import { storageRefused, storageUnreachable, storageWithoutRegion, storageWithoutTls } from './errors';
import type { StorageSettings } from './settings';

export interface StorageOptions extends RegistryConnectionOptions {
  readonly address: StorageAddress;
  readonly storage: StorageSettings;
}

export interface StorageRequest<T> {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** The whole key of an object; without it, the request is for the bucket. */
  readonly key?: string | undefined;
  readonly query?: Readonly<Record<string, string>> | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Called each time that the request is sent. */
  readonly body?: { readonly bytes: number; readonly open: () => RequestBody } | undefined;
  readonly accepts: readonly number[];
  /** Makes the result. A network failure in here is tried again. */
  readonly read: (response: HttpResponse) => Promise<T> | T;
}

export interface StorageRequests {
  send<T>(request: StorageRequest<T>): Promise<T>;
  close(): Promise<void>;
}

// Answers in XML list at most 1000 entries.
const longestAnswer = 2 * 1024 ** 2;

/** @throws SEQ0532 without credentials, SEQ0533 if it is not known where the bucket is */
export async function openStorageRequests(options: StorageOptions): Promise<StorageRequests> {
  const { address, settings, env, signal, now = () => new Date() } = options;
  const { bucket } = address;
  const profile = await storageProfile(env, address.text);
  const { endpoint, region } = locationOf(options, profile.region);
  const registry = { host: endpoint.host, insecure: settings.hosts?.[endpoint.host]?.insecure === true };
  if (endpoint.protocol !== 'https:' && !registry.insecure) throw storageWithoutTls({ bucket, host: endpoint.host });
  const http = createHttp({
    settings,
    env,
    timeouts: { ...defaultTimeouts, ...options.timeouts },
    now,
    sleep: options.sleep,
  });
  const { host } = endpoint;

  const exchange = async (request: StorageRequest<unknown>): Promise<HttpResponse> => {
    const { method, key = '', query = {}, headers = {}, body } = request;
    const url = new URL(`/${bucket}${key === '' ? '' : `/${key}`}`, endpoint);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return http.exchange({
      method,
      url,
      headers: {
        ...(await signedHeaders({ method, url, headers, region, credentials: profile.credentials, now: now() })),
        ...(method === 'GET' || method === 'HEAD' ? {} : { 'content-length': String(body?.bytes ?? 0) }),
        'accept-encoding': 'identity',
      },
      body: body?.open,
      registry,
      signal,
    });
  };

  return {
    send: (request) => {
      const subject = `s3://${bucket}${request.key === undefined ? '' : `/${request.key}`}`;
      const attempt = async () => {
        let response: HttpResponse | undefined;
        try {
          response = await exchange(request);
          const { status } = response;
          if (request.accepts.includes(status)) return { result: await request.read(response) };
          if (status === 407 && response.proxy !== undefined)
            throw proxyRefused({ proxy: response.proxy, host, subject, status, said: undefined });
          const region = response.header('x-amz-bucket-region');
          const failure = storageRefused({ host, subject, status, region, ...(await wordsOf(response)) });
          if (!isPassing(status)) throw failure;
          return { failure, afterMs: retryAfterMs(response.header('retry-after'), now()) ?? 0 };
        } catch (error) {
          response?.body.on('error', () => undefined).destroy();
          signal.throwIfAborted();
          const network = isSeqmirrorError(error) ? undefined : networkFailureOf(error);
          if (network === undefined) throw error;
          const failure = storageUnreachable({ host, subject, words: network.words, cause: error });
          if (['untrusted', 'no TLS', 'unknown host'].includes(network.kind)) throw failure;
          return { failure, afterMs: 0 };
        }
      };
      return repeatWhileItMayPass(attempt, { host, subject }, options);
    },
    close: () => http.close(),
  };
}

/** The text of an answer in XML. */
export async function textOf(response: HttpResponse): Promise<string> {
  return (await readLimited(response, longestAnswer)).toString('utf8');
}

function locationOf(
  { address, storage, env }: StorageOptions,
  known: string | undefined,
): { readonly endpoint: URL; readonly region: string } {
  const settings = storage.buckets?.[address.bucket];
  const url = settings?.endpoint ?? (env['AWS_ENDPOINT_URL_S3'] || env['AWS_ENDPOINT_URL'] || undefined);
  const region = settings?.region ?? known;
  if (url !== undefined && URL.canParse(url)) return { endpoint: new URL(url), region: region ?? 'us-east-1' };
  if (region === undefined || !/^[a-z0-9-]{1,40}$/.test(region)) throw storageWithoutRegion(address);
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return { endpoint: new URL(`https://s3.${region}.${domain}`), region };
}

async function signedHeaders({
  credentials,
  region,
  now,
  ...request
}: {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly region: string;
  readonly credentials: StorageCredentials;
  readonly now: Date;
}): Promise<Record<string, string>> {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const signer = new AwsV4Signer({
    method: request.method,
    url: request.url.href,
    headers: { ...request.headers },
    ...{ accessKeyId, secretAccessKey, region, service: 's3' },
    ...(sessionToken === undefined ? {} : { sessionToken }),
    datetime: now.toISOString().replace(/[:-]|\.\d{3}/g, ''),
  });
  return Object.fromEntries((await signer.sign()).headers);
}

/** The code and the message of an answer that refuses. If reading fails, only its words are missing. */
async function wordsOf(response: HttpResponse): Promise<{ code: string | undefined; said: string | undefined }> {
  try {
    const text = (await readLimited(response, 64 * 1024)).toString('utf8');
    return { code: textIn(text, 'Code'), said: textIn(text, 'Message') };
  } catch {
    discard(response);
    return { code: undefined, said: undefined };
  }
}
