/** Every request that reached the lab, so that a test can say what was fetched, how often, and what never was. */
import type { IncomingMessage } from 'node:http';

export interface JournalEntry {
  readonly server: 'registry' | 'storage';
  readonly method: string;
  /** Decoded, without the query. */
  readonly path: string;
  readonly query: string;
  readonly range: string | undefined;
  /** The scheme in lower case, never the credentials. */
  readonly authorization: 'none' | 'basic' | 'bearer' | 'other';
  readonly userAgent: string | undefined;
  status: number;
  /** Bytes of the body that were handed to the connection. */
  bytesSent: number;
  /** Bytes of the body. */
  bytesReceived: number;
  /** `cut`: by a fault, or because the client left. */
  outcome: 'open' | 'complete' | 'cut';
}

export class Journal {
  readonly entries: JournalEntry[] = [];
  /** The most requests that were open at the same time since the last `clear`. */
  peak = 0;
  #open = 0;
  #whenIdle: (() => void)[] = [];

  begin(server: JournalEntry['server'], request: IncomingMessage): JournalEntry {
    const { pathname, search } = new URL(request.url ?? '/', 'http://lab');
    const entry: JournalEntry = {
      server,
      method: request.method ?? 'GET',
      path: decodeURIComponent(pathname),
      query: search,
      range: request.headers.range,
      authorization: schemeOf(request.headers.authorization),
      userAgent: request.headers['user-agent'],
      status: 0,
      bytesSent: 0,
      bytesReceived: 0,
      outcome: 'open',
    };
    this.entries.push(entry);
    this.peak = Math.max(this.peak, ++this.#open);
    return entry;
  }

  end(entry: JournalEntry, outcome: 'complete' | 'cut'): void {
    entry.outcome = outcome;
    this.#open--;
    if (this.#open === 0) for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  /** Waits until no request is open: the lab notices a client that hung up later than the client does. */
  async idle(): Promise<void> {
    if (this.#open > 0) await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }

  /** Forgets the past, e.g. between two sequences. */
  clear(): void {
    this.entries.length = 0;
    this.peak = this.#open;
  }

  matching(match: {
    method?: string;
    path?: RegExp;
    status?: number;
    server?: JournalEntry['server'];
  }): JournalEntry[] {
    return this.entries.filter(
      (entry) =>
        (match.method === undefined || entry.method === match.method) &&
        (match.path === undefined || match.path.test(entry.path)) &&
        (match.status === undefined || entry.status === match.status) &&
        (match.server === undefined || entry.server === match.server),
    );
  }

  /** Bytes of this blob (or manifest, asked for by digest) that were sent, by either server. */
  bytesSentOf(digest: string): number {
    return this.entries
      .filter(({ path }) => path.endsWith(`/${digest}`))
      .reduce((sum, { bytesSent }) => sum + bytesSent, 0);
  }

  /** Digests of blobs of which at least one byte was sent. */
  blobsSent(): Set<string> {
    const sent = this.entries.filter(({ path, bytesSent }) => bytesSent > 0 && /\/(blobs|storage)\/sha256:/.test(path));
    return new Set(sent.map(({ path }) => path.slice(path.lastIndexOf('/') + 1)));
  }

  /** Requests that brought the registry's credentials to the object storage. */
  authorizationLeaks(): JournalEntry[] {
    return this.entries.filter(({ server, authorization }) => server === 'storage' && authorization !== 'none');
  }
}

function schemeOf(header: string | undefined): JournalEntry['authorization'] {
  if (header === undefined) return 'none';
  const scheme = header.split(' ', 1)[0]?.toLowerCase();
  return scheme === 'basic' || scheme === 'bearer' ? scheme : 'other';
}
