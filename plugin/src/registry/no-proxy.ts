/** NO_PROXY, read as Go's golang.org/x/net/http/httpproxy reads it, with its oddities: see proxy.ts. */
import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';

/** `localhost`, 127.0.0.0/8, ::1, and the former written as an IPv6 address. With or without brackets. */
export function isLoopback(hostname: string): boolean {
  const name = withoutBrackets(hostname).toLowerCase();
  const bytes = addressOf(name);
  if (bytes === undefined) return name === 'localhost';
  return isMapped(bytes) ? bytes[12] === 127 : bytes.every((byte, at) => byte === (at === 15 ? 1 : 0));
}

/** Whether an entry of NO_PROXY covers the address. */
export function isExempt(url: URL, noProxy: string): boolean {
  const name = withoutBrackets(url.hostname).toLowerCase();
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  const target: Target = { name, port, address: addressOf(name) };
  return noProxy.split(',').some((entry) => covers(trimmed(entry).toLowerCase(), target));
}

interface Target {
  readonly name: string;
  readonly port: string;
  readonly address: Uint8Array | undefined;
}

function covers(entry: string, target: Target): boolean {
  if (entry === '*') return true;
  const block = blockIn(entry);
  if (block !== undefined) return target.address !== undefined && isInBlock(target.address, block);
  const { host, port } = splitHostPort(entry) ?? { host: entry, port: '' };
  if (host === '' || (port !== '' && port !== target.port)) return false;
  const address = addressOf(host);
  if (address !== undefined) return target.address !== undefined && isSame(address, target.address);
  // Since golang.org/x/net 0.36 no name covers an address: `2.3.4` is not 10.2.3.4.
  if (target.address !== undefined) return false;
  const pattern = host.startsWith('*.') ? host.slice(1) : host;
  const domain = inAscii(pattern.startsWith('.') ? pattern.slice(1) : pattern);
  return target.name.endsWith(`.${domain}`) || (!pattern.startsWith('.') && target.name === domain);
}

// Go's strings.TrimSpace; String.trim also removes U+FEFF, and keeps U+0085.
function trimmed(text: string): string {
  const space = '[\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
  return text.replace(new RegExp(`^${space}+|${space}+$`, 'g'), '');
}

// Go's net.SplitHostPort; `undefined` for its errors, as for `fd00::1` and `[fd00::1]`.
function splitHostPort(text: string): { readonly host: string; readonly port: string } | undefined {
  const match = /^(?:\[([^\]]*)\]|([^:]*)):([^:]*)$/.exec(text);
  const [, bracketed, plain, port = ''] = match ?? [];
  const host = bracketed ?? plain;
  return host === undefined || /[[\]]/.test(`${host}${port}`) ? undefined : { host, port };
}

function inAscii(domain: string): string {
  // What IDNA refuses stays as it is, and matches nothing. domainToASCII itself would cut `a.example/8` at the slash.
  const mayBeName = /[^\0-\x7f]/.test(domain) && !/[\0-,/:-`{-\x7f]/.test(domain);
  return mayBeName ? domainToASCII(domain) || domain : domain;
}

interface Block {
  readonly network: Uint8Array;
  /** How many of the 128 bits of an address count, in the form that addressOf returns. */
  readonly bits: number;
}

// Go's net.ParseCIDR.
function blockIn(entry: string): Block | undefined {
  const [, text = '', digits = ''] = /^([^/]*)\/(\d+)$/.exec(entry) ?? [];
  const address = addressOf(text);
  const family = isIP(text);
  const bits = Number(digits) + (family === 4 ? 96 : 0);
  return address === undefined || bits > 128 ? undefined : { network: masked(address, bits), bits };
}

// Go's net.IPNet.Contains: IPv4 is only ever in a block whose masked address is IPv4 itself, and the reverse.
function isInBlock(address: Uint8Array, { network, bits }: Block): boolean {
  return isMapped(network) === isMapped(address) && isSame(masked(address, bits), network);
}

function masked(address: Uint8Array, bits: number): Uint8Array {
  return address.map((byte, at) => byte & (0xff00 >> Math.min(8, Math.max(0, bits - at * 8))));
}

/** 16 bytes; IPv4 as `::ffff:a.b.c.d`. `undefined` if it is not an address, or has a zone, as in Go. */
function addressOf(text: string): Uint8Array | undefined {
  const family = text.includes('%') ? 0 : isIP(text);
  if (family === 0) return undefined;
  if (family === 4) return Uint8Array.from([...mappedPrefix, ...text.split('.').map(Number)]);
  const [head = '', tail] = withoutBrackets(new URL(`http://[${text}]/`).hostname).split('::');
  const wordsOf = (part: string | undefined): number[] =>
    (part ?? '').split(':').flatMap((word) => (word === '' ? [] : [Number.parseInt(word, 16)]));
  const [first, last] = [wordsOf(head), wordsOf(tail)];
  const words = [...first, ...new Array<number>(8 - first.length - last.length).fill(0), ...last];
  return Uint8Array.from(words.flatMap((word) => [word >> 8, word & 0xff]));
}

const mappedPrefix = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

function isMapped(address: Uint8Array): boolean {
  return mappedPrefix.every((byte, at) => address[at] === byte);
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}
