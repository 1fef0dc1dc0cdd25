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
  const name =
    proxy === 'unnamed' ? 'A proxy between this machine and the registry' : `The proxy ${printable(proxy.name)}`;
  const variable = proxy === 'unnamed' ? 'HTTPS_PROXY' : proxy.variable;
  const hasUser = proxy !== 'unnamed' && proxy.url.username !== '';
  return {
    what:
      status === 407
        ? `${name} ${hasUser ? 'refused the user and password' : 'requires a user and password'} (HTTP 407) for the request to ${host} for ${printable(facts.subject)}`
        : `${name} refused the request to ${host} for ${printable(facts.subject)} (HTTP ${status})`,
    why:
      status === 407
        ? `${hasUser ? `The user and password are from ${variable}` : `${variable} contains no user and password`}. The request did not reach ${host}`
        : `The proxy answered by its own rules. The request did not reach ${host}`,
    next:
      status === 407
        ? `Set ${variable} to http://user:password@host:port, with %40 for an @ in the password. If ${host} can be reached without a proxy, add ${host} to NO_PROXY`
        : `Ask the administrator of the proxy to allow ${host}. If ${host} can be reached without a proxy, add ${host} to NO_PROXY`,
    details: said === undefined ? undefined : [`the proxy says: ${said}`],
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
  what: `The request to ${printable(host)} for ${printable(subject)} failed: ${words}`,
  why: `${proxy.variable} sends the request through the proxy ${printable(proxy.name)}`,
  next: `Check ${proxy.variable}, and run \`curl -v https://${printable(host)}/v2/\`. If ${printable(host)} needs no proxy, add it to NO_PROXY`,
  cause,
}));
