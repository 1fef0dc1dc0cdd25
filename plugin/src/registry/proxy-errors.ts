/** Errors of proxies between this machine and registries. Secrets in their addresses are not shown. */
import { explain } from '../system/errors';
import { printable } from '../system/printable';
import type { ProxyInUse } from './proxy';

/** A proxy answered instead of a registry. */
export const proxyRefused = explain<{
  proxy: ProxyInUse | 'unnamed';
  host: string;
  subject: string;
  status: number;
  said: string | undefined;
}>('SEQ0518', (facts) => {
  const { proxy, status, said } = facts;
  const host = printable(facts.host);
  const name = proxy === 'unnamed' ? 'A proxy in between' : `The proxy ${printable(proxy.name)}`;
  const variable = proxy === 'unnamed' ? 'HTTPS_PROXY' : proxy.variable;
  const hasUser = proxy !== 'unnamed' && proxy.url.username !== '';
  return {
    what:
      status === 407
        ? `${name} ${hasUser ? 'refused the user and password' : 'wants a user and password'} (HTTP 407) on the way to ${host} for ${printable(facts.subject)}`
        : `${name} does not let ${printable(facts.subject)} through from ${host} (HTTP ${status})`,
    why:
      status === 407
        ? `${hasUser ? `They are those of ${variable}` : `${variable} has none`}; the registry was not asked`
        : 'It answered itself, by rules of its own: the registry was not asked',
    next:
      status === 407
        ? `Put them into ${variable} (http://user:password@host:port, with %40 for an @), or ${host} into NO_PROXY if it can be reached without a proxy`
        : `Ask whoever runs it to allow ${host}, or put ${host} into NO_PROXY if it can be reached without a proxy`,
    details: said === undefined ? undefined : [`it says: ${said}`],
  };
});

/** A proxy could not be used, or could not reach the registry. It may pass. */
export const proxyUnreachable = explain<{
  proxy: ProxyInUse;
  host: string;
  subject: string;
  words: string;
  cause: unknown;
}>('SEQ0503', ({ proxy, host, subject, words, cause }) => ({
  what: `${printable(host)} cannot be reached for ${printable(subject)}: ${words}`,
  why: `${proxy.variable} leads there through ${printable(proxy.name)}`,
  next: `Is ${proxy.variable} right, and does \`curl -v https://${printable(host)}/v2/\` get through? Hosts that need no proxy belong into NO_PROXY`,
  cause,
}));
