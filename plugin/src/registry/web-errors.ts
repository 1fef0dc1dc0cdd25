/** Errors of web servers that are not registries. */
import { explain } from '../system/errors';
import { printable } from '../system/printable';

export const webServerUnreachable = explain<{
  host: string;
  subject: string;
  words: string;
  instead: string;
  cause: unknown;
}>('SEQ0528', ({ host, subject, words, instead, cause }) => ({
  what: `The request to ${printable(host)} for ${printable(subject)} failed: ${words}`,
  why: 'seqmirror needs data from this server before it can mirror',
  next: `Check HTTPS_PROXY and NO_PROXY. If a proxy has its own certificate authority, set registries.hosts."${printable(host)}".caFile in seqmirror.yaml. ${instead}`,
  cause,
}));

export const webAnswerRefused = explain<{ host: string; subject: string; status: number; instead: string }>(
  'SEQ0529',
  ({ host, subject, status, instead }) => ({
    what: `${printable(host)} answered HTTP ${status} to the request for ${printable(subject)}`,
    why:
      status === 429
        ? 'The server limits how many requests one address may send'
        : status >= 500
          ? 'The server, or another server that it needs, is failing at the moment'
          : 'The server, or a proxy in front of it, does not deliver this document',
    next: `${status === 429 || status >= 500 ? 'Run again later.' : 'Check that the URL is right.'} ${instead}`,
  }),
);
