/** A real HTTP server on loopback that follows a script, and a client that knows only this server. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Digest } from '../oci/digest';
import { digestFromHex } from '../oci/digest';
import type { RegistryClient, RegistryClientOptions } from './client';
import { createRegistryClient } from './client';

export interface ScriptedServer {
  /** `127.0.0.1:34567` */
  readonly host: string;
  /** `GET /v2/app/manifests/1`, in order, without the first `GET /v2/`. */
  readonly requests: string[];
  readonly received: IncomingMessage[];
}

export type Script = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** Servers, clients and folders of one spec, all removed by `close`. */
export function createLab() {
  const closers: (() => Promise<unknown> | void)[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'seqmirror-registry-'));
  writeFileSync(join(folder, 'registries.conf'), '');
  const env = { HOME: folder, XDG_RUNTIME_DIR: folder, CONTAINERS_REGISTRIES_CONF: join(folder, 'registries.conf') };

  return {
    folder,
    env,
    file: (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    },
    serve: async (script: Script, tls?: { cert: string; key: string }): Promise<ScriptedServer> => {
      const requests: string[] = [];
      const received: IncomingMessage[] = [];
      const listener: RequestListener = (request, response) => {
        const line = `${request.method} ${request.url}`;
        if (line !== 'GET /v2/') {
          requests.push(line);
          received.push(request);
        }
        void script(request, response);
      };
      const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      closers.push(() => {
        server.closeAllConnections();
        return new Promise((resolve) => server.close(resolve));
      });
      return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, requests, received };
    },
    /** A client that treats the given servers as insecure and never really waits. */
    client: (
      servers: readonly ScriptedServer[],
      options: Partial<RegistryClientOptions> & { hosts?: Record<string, object> | undefined } = {},
    ): RegistryClient => {
      const { hosts, settings, ...rest } = options;
      const insecure = Object.fromEntries(servers.map(({ host }) => [host, { insecure: true }]));
      const client = createRegistryClient({
        settings: { hosts: { ...insecure, ...hosts }, ...settings },
        env,
        signal: new AbortController().signal,
        retries: 2,
        sleep: async (_ms, signal) => signal.throwIfAborted(),
        ...rest,
      });
      closers.push(() => client.close());
      return client;
    },
    /** More to close at the end. */
    atEnd: (close: () => Promise<unknown> | void): void => void closers.push(close),
    close: async (): Promise<void> => {
      for (const close of closers.splice(0).reverse()) await close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function digestOf(content: string | Buffer): Digest {
  return digestFromHex(createHash('sha256').update(content).digest('hex'));
}

const configType = 'application/vnd.oci.image.config.v1+json';
const layerType = 'application/vnd.oci.image.layer.v1.tar+gzip';
export const manifestType = 'application/vnd.oci.image.manifest.v1+json';

/** The manifest of an image with these layers. */
export function manifestText(layers: readonly (string | Buffer)[]): string {
  const descriptor = (mediaType: string, content: string | Buffer) => ({
    mediaType,
    digest: digestOf(content),
    size: Buffer.byteLength(content),
  });
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: manifestType,
    config: descriptor(configType, '{}'),
    layers: layers.map((layer) => descriptor(layerType, layer)),
  });
}

/** Answers like a registry without accounts: `/v2/`, then the paths given, else 404. */
export function answering(paths: Readonly<Record<string, Script>>): Script {
  return (request, response) => {
    const path = request.url ?? '';
    if (path === '/v2/') return void response.end('{}');
    const script = paths[path] ?? paths[path.replace(/\?.*/, '')];
    if (script !== undefined) return script(request, response);
    response.statusCode = 404;
    response.end(JSON.stringify({ errors: [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' }] }));
  };
}

export function sendingManifest(text: string, headers: Record<string, string> = {}): Script {
  return (request, response) => {
    response.writeHead(200, {
      'content-type': manifestType,
      'content-length': Buffer.byteLength(text),
      'docker-content-digest': digestOf(text),
      ...headers,
    });
    response.end(request.method === 'HEAD' ? undefined : text);
  };
}

/** Sends the bytes of a blob, with support for ranges. */
export function sendingBlob(content: Buffer): Script {
  return (request, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const headers = { 'content-length': content.length - from };
    if (from > 0)
      response.writeHead(206, { ...headers, 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` });
    else response.writeHead(200, headers);
    response.end(content.subarray(from));
  };
}

export async function bytesOf(blob: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of blob) chunks.push(chunk);
  return Buffer.concat(chunks);
}
