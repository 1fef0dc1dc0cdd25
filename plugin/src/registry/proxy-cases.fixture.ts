/**
 * Which proxy requests use. `goes`: to that proxy, `direct`, or `refused`. golang.org/x/net/http/httpproxy of Go 1.26
 * gives each of these answers; proxy.judged.spec.ts checks that if Go is installed.
 */
export interface ProxyCase {
  readonly env: Readonly<Record<string, string>>;
  readonly url: string;
  readonly goes: string;
}

const proxies = { HTTP_PROXY: 'http://plain.example:3128', HTTPS_PROXY: 'http://secure.example:3129' };
const plain = 'http://plain.example:3128';
const secure = 'http://secure.example:3129';

const exempt = (noProxy: string, url: string, goes: string = 'direct'): ProxyCase => ({
  env: { ...proxies, NO_PROXY: noProxy },
  url,
  goes,
});
const set = (env: Readonly<Record<string, string>>, url: string, goes: string): ProxyCase => ({ env, url, goes });

export const proxyCases: readonly ProxyCase[] = [
  // Each scheme has its variable; no other is read.
  set(proxies, 'https://quay.io/', secure),
  set(proxies, 'http://quay.io/', plain),
  set({ HTTP_PROXY: plain }, 'https://quay.io/', 'direct'),
  set({ HTTPS_PROXY: secure }, 'http://quay.io/', 'direct'),
  set({ ALL_PROXY: plain, all_proxy: plain }, 'https://quay.io/', 'direct'),
  // Upper case first, and an empty value counts as not set.
  set({ HTTPS_PROXY: secure, https_proxy: plain }, 'https://quay.io/', secure),
  set({ HTTPS_PROXY: '', https_proxy: secure }, 'https://quay.io/', secure),
  set({ https_proxy: secure }, 'https://quay.io/', secure),
  set({ http_proxy: plain }, 'http://quay.io/', plain),
  set({ ...proxies, NO_PROXY: '', no_proxy: 'quay.io' }, 'https://quay.io/', 'direct'),
  set({ ...proxies, NO_PROXY: 'other.io', no_proxy: 'quay.io' }, 'https://quay.io/', secure),
  // Without a scheme http is meant.
  set({ HTTPS_PROXY: 'secure.example:3129' }, 'https://quay.io/', secure),
  set({ HTTPS_PROXY: '10.0.0.1:3129' }, 'https://quay.io/', 'http://10.0.0.1:3129'),
  set({ HTTPS_PROXY: '[fd00::1]:3129' }, 'https://quay.io/', 'http://[fd00::1]:3129'),
  set({ HTTPS_PROXY: 'proxy' }, 'https://quay.io/', 'http://proxy'),
  set({ HTTPS_PROXY: 'https://secure.example' }, 'https://quay.io/', 'https://secure.example'),
  set({ HTTPS_PROXY: 'HTTP://secure.example:3129' }, 'https://quay.io/', secure),
  set(
    { HTTPS_PROXY: 'http://me:pass%40word@secure.example:3129' },
    'https://quay.io/',
    `http://me:pass%40word@${secure.slice(7)}`,
  ),
  set({ HTTPS_PROXY: 'me:secret@secure.example:3129' }, 'https://quay.io/', `http://me:secret@${secure.slice(7)}`),
  // The caller of a CGI program sets its HTTP_PROXY.
  set({ ...proxies, REQUEST_METHOD: 'GET' }, 'http://quay.io/', 'refused'),
  set({ ...proxies, REQUEST_METHOD: 'GET', NO_PROXY: '*' }, 'http://quay.io/', 'refused'),
  set({ http_proxy: plain, REQUEST_METHOD: 'GET' }, 'http://quay.io/', 'refused'),
  set({ ...proxies, REQUEST_METHOD: '' }, 'http://quay.io/', plain),
  set({ ...proxies, REQUEST_METHOD: 'GET' }, 'https://quay.io/', secure),
  set({ HTTPS_PROXY: secure, REQUEST_METHOD: 'GET' }, 'http://quay.io/', 'direct'),
  // This machine.
  set(proxies, 'https://localhost:5000/', 'direct'),
  set(proxies, 'http://127.0.0.1:5000/', 'direct'),
  set(proxies, 'http://127.45.6.7/', 'direct'),
  set(proxies, 'https://[::1]:5000/', 'direct'),
  set(proxies, 'https://[::ffff:127.0.0.1]/', 'direct'),
  set(proxies, 'https://localhost.localdomain/', secure),
  set(proxies, 'https://sub.localhost/', secure),
  set(proxies, 'https://128.0.0.1/', secure),
  set(proxies, 'https://0.0.0.0/', secure),
  set(proxies, 'https://[::]/', secure),
  // Names include their subdomains; with a leading dot only these.
  exempt('*', 'https://quay.io/'),
  exempt(' * ', 'http://10.0.0.1/'),
  exempt('a.io,*,b.io', 'https://quay.io/'),
  exempt('quay.io', 'https://quay.io/'),
  exempt('quay.io', 'https://cdn.quay.io/'),
  exempt('quay.io', 'https://notquay.io/', secure),
  exempt('quay.io', 'https://quay.io.evil.example/', secure),
  exempt('.quay.io', 'https://quay.io/', secure),
  exempt('.quay.io', 'https://cdn.quay.io/'),
  exempt('*.quay.io', 'https://cdn.quay.io/'),
  exempt('*.quay.io', 'https://quay.io/', secure),
  exempt('*quay.io', 'https://cdn.quay.io/', secure),
  exempt('cdn.*.io', 'https://cdn.quay.io/', secure),
  exempt('QUAY.io', 'https://quay.IO/'),
  exempt('io', 'https://quay.io/'),
  exempt('quay.io.', 'https://quay.io/', secure),
  exempt('https://quay.io', 'https://quay.io/', secure),
  exempt('quay.io/', 'https://quay.io/', secure),
  exempt('bücher.example', 'https://xn--bcher-kva.example/'),
  exempt('.BÜCHER.example', 'https://cdn.bücher.example/'),
  exempt('xn--bcher-kva.example', 'https://bücher.example/'),
  // Only commas separate; space around an entry does not count.
  exempt(' a.io ,\tquay.io ', 'https://quay.io/'),
  exempt('a.io quay.io', 'https://quay.io/', secure),
  exempt('a.io;quay.io', 'https://quay.io/', secure),
  exempt(',,', 'https://quay.io/', secure),
  // Ports.
  exempt('quay.io:443', 'https://quay.io/'),
  exempt('quay.io:443', 'https://cdn.quay.io/'),
  exempt('quay.io:8443', 'https://quay.io:8443/'),
  exempt('quay.io:8443', 'https://quay.io/', secure),
  exempt('quay.io:80', 'http://quay.io/'),
  exempt('quay.io:', 'https://quay.io:8443/'),
  exempt('quay.io:0443', 'https://quay.io/', secure),
  exempt('.quay.io:443', 'https://cdn.quay.io/'),
  exempt(':443', 'https://quay.io/', secure),
  exempt('*:443', 'https://quay.io/', secure),
  // Addresses.
  exempt('10.2.3.4', 'https://10.2.3.4:5000/'),
  exempt('10.2.3.4:5000', 'https://10.2.3.4:5000/'),
  exempt('10.2.3.4:5001', 'https://10.2.3.4:5000/', secure),
  exempt('10.2.3.4', 'https://110.2.3.4/', secure),
  exempt('10.2.3', 'https://10.2.3.4/', secure),
  exempt('2.3.4', 'https://10.2.3.4/', secure),
  exempt('010.2.3.4', 'https://10.2.3.4/', secure),
  exempt('fd00::1', 'https://[fd00::1]/'),
  exempt('FD00:0:0::1', 'https://[fd00::1]/'),
  exempt('[fd00::1]', 'https://[fd00::1]/', secure),
  exempt('[fd00::1]:443', 'https://[fd00::1]/'),
  exempt('[fd00::1]:8443', 'https://[fd00::1]/', secure),
  exempt('fd00::1%eth0', 'https://[fd00::1]/', secure),
  exempt('10.2.3.4', 'https://[::ffff:10.2.3.4]/'),
  exempt('::ffff:10.2.3.4', 'https://10.2.3.4/'),
  // Blocks.
  exempt('10.0.0.0/8', 'https://10.2.3.4:5000/'),
  exempt('10.9.9.9/8', 'https://10.2.3.4/'),
  exempt('10.0.0.0/8', 'https://11.2.3.4/', secure),
  exempt('10.0.0.0/12', 'https://10.15.0.1/'),
  exempt('10.0.0.0/12', 'https://10.16.0.1/', secure),
  exempt('0.0.0.0/0', 'https://10.2.3.4/'),
  exempt('0.0.0.0/0', 'https://[fd00::1]/', secure),
  exempt('::/0', 'https://10.2.3.4/', secure),
  exempt('::/0', 'https://[fd00::1]/'),
  exempt('fd00::/8', 'https://[fd00::1]/'),
  exempt('fd00::/8', 'https://[fe00::1]/', secure),
  exempt('10.0.0.0/8', 'https://[::ffff:10.2.3.4]/'),
  exempt('::ffff:10.0.0.0/104', 'https://10.2.3.4/'),
  exempt('::ffff:10.0.0.0/64', 'https://10.2.3.4/', secure),
  exempt('10.0.0.0/33', 'https://10.2.3.4/', secure),
  exempt('10.0.0.0/08', 'https://10.2.3.4/'),
  exempt('10.0.0.0/8:443', 'https://10.2.3.4/', secure),
  exempt('10.0.0.0/8', 'https://ten.example/', secure),
];
