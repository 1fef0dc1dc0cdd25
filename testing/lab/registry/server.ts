/** An HTTP(S) server on loopback that writes the journal and applies the faults; the caller provides its answers. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { RequestListener, Server } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Exchange } from './exchange';
import { reset, sendEmpty, sendError } from './exchange';
import type { Faults } from './faults';
import type { Journal, JournalEntry } from './journal';

export interface RunningServer {
  readonly port: number;
  readonly url: string;
  stop(): Promise<void>;
}

export interface ServerOptions {
  readonly server: JournalEntry['server'];
  /** `127.0.0.1` or `localhost`: two names, so that clients see two hosts. */
  readonly hostname: string;
  readonly port?: number | undefined;
  readonly tls: boolean;
  readonly journal: Journal;
  readonly faults: Faults;
  /** Whether the request may go on; if not, it was answered. */
  readonly admit: (exchange: Exchange) => Promise<boolean>;
  readonly answer: (exchange: Exchange) => Promise<void>;
}

const certificates = join(__dirname, '../certificates');

/** Trusts the lab's TLS, valid to 2124. The authority's key was thrown away. */
export const authorityFile = join(certificates, 'authority.pem');

export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const listener: RequestListener = (request, response) => {
    const entry = options.journal.begin(options.server, request);
    const url = new URL(request.url ?? '/', 'http://lab');
    const exchange: Exchange = { request, response, entry, url };
    response.on('close', () => options.journal.end(entry, response.writableFinished ? 'complete' : 'cut'));
    request.on('error', () => response.destroy());
    handle(exchange, options).catch((error: unknown) => response.destroy(error as Error));
  };
  const server: Server = options.tls
    ? createTlsServer(
        {
          cert: readFileSync(join(certificates, 'server.pem')),
          key: readFileSync(join(certificates, 'server-key.pem')),
        },
        listener,
      )
    : createServer(listener);
  server.requestTimeout = 0;
  server.listen(options.port ?? 0, options.hostname);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${options.tls ? 'https' : 'http'}://${options.hostname}:${port}`,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function handle(exchange: Exchange, { admit, answer, faults }: ServerOptions): Promise<void> {
  if (!(await admit(exchange))) return;
  const fault = faults.actionFor(exchange.entry);
  exchange.fault = fault;
  if (fault !== undefined && 'resetAfter' in fault && fault.resetAfter === 0) return reset(exchange);
  if (fault === undefined || !('status' in fault)) return answer(exchange);
  const headers = {
    ...(fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) }),
    ...(fault.challenge === undefined ? {} : { 'www-authenticate': fault.challenge }),
  };
  if (exchange.request.method === 'HEAD') return sendEmpty(exchange, fault.status, headers);
  const code = errorCodes[fault.status] ?? 'UNKNOWN';
  await sendError(exchange, fault.status, { code, message: fault.message ?? 'a fault of the lab', headers });
}

const errorCodes: Readonly<Record<number, string>> = {
  401: 'UNAUTHORIZED',
  403: 'DENIED',
  404: 'NAME_UNKNOWN',
  429: 'TOOMANYREQUESTS',
};
