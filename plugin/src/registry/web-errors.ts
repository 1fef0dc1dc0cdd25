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
  what: `${printable(host)} cannot be reached for ${printable(subject)}: ${words}`,
  why: 'It is asked over the network before anything is mirrored, as registries are',
  next: `Are HTTPS_PROXY and NO_PROXY right, and the authority of a proxy named by registries.hosts."${printable(host)}".caFile? ${instead}`,
  cause,
}));

export const webAnswerRefused = explain<{ host: string; subject: string; status: number; instead: string }>(
  'SEQ0529',
  ({ host, subject, status, instead }) => ({
    what: `${printable(host)} answered HTTP ${status} to the request for ${printable(subject)}`,
    why:
      status === 429
        ? 'It limits how much one address may ask'
        : status >= 500
          ? 'It, or a server that it depends on, does not work right now'
          : 'It, or a proxy before it, does not give it out',
    next: `${status === 429 || status >= 500 ? 'Run again later.' : 'Check that this is the right address.'} ${instead}`,
  }),
);
