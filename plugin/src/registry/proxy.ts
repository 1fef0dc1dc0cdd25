import { BlockList, isIP } from 'node:net';
import { proxyUnusable } from './configuration-errors';

/**
 * The proxy for an address by HTTP_PROXY, HTTPS_PROXY and NO_PROXY (either case), with the rules of Go's
 * `net/http.ProxyFromEnvironment`, which podman and oc-mirror follow: names cover their subdomains, `.name` covers only
 * these, `name:port` and CIDR blocks work, `*` switches proxies off, and loopback never goes through one.
 *
 * @throws SEQ0518 when the variable isn't an http(s) address
 */
export function proxyFor(url: URL, env: Readonly<NodeJS.ProcessEnv>): URL | undefined {
  const variable = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const value = valueOf(env, variable);
  if (value === '' || isLoopback(url.hostname) || isExempt(url, valueOf(env, 'NO_PROXY'))) return undefined;
  const address = value.includes('://') ? value : `http://${value}`;
  if (!/^https?:/i.test(address) || !URL.canParse(address)) throw proxyUnusable({ variable });
  return new URL(address);
}

/** Whether a host name or address (IPv6 with or without brackets) is this machine itself. */
export function isLoopback(hostname: string): boolean {
  const name = withoutBrackets(hostname);
  return name === 'localhost' || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'));
}

function isExempt(url: URL, noProxy: string): boolean {
  const name = withoutBrackets(url.hostname);
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return noProxy
    .split(/[,\s]+/)
    .filter((entry) => entry !== '')
    .some((entry) => entry === '*' || covers(entry.toLowerCase(), name, port));
}

function covers(entry: string, name: string, port: string): boolean {
  const block = /^(.+)\/(\d+)$/.exec(entry);
  if (block !== null) return inBlock(block[1] as string, Number(block[2]), name);
  const withPort = isIP(entry) === 0 ? /^(.+):(\d+)$/.exec(entry) : null;
  if (withPort !== null && withPort[2] !== port) return false;
  const pattern = withoutBrackets(withPort?.[1] ?? entry).replace(/^\*\./, '.');
  if (isIP(name) !== 0) return pattern === name;
  return pattern.startsWith('.') ? name.endsWith(pattern) : name === pattern || name.endsWith(`.${pattern}`);
}

function inBlock(address: string, prefix: number, name: string): boolean {
  const family = isIP(address);
  if (family === 0 || isIP(name) !== family || prefix > (family === 4 ? 32 : 128)) return false;
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  const block = new BlockList();
  block.addSubnet(address, prefix, kind);
  return block.check(name, kind);
}

function valueOf(env: Readonly<NodeJS.ProcessEnv>, name: string): string {
  return (env[name] ?? env[name.toLowerCase()] ?? '').trim();
}

function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
}
