import { proxyFor } from './proxy';

const proxies = { HTTP_PROXY: 'http://plain.example:3128', https_proxy: 'secure.example:3129' };

describe('proxyFor', () => {
  it.each([
    ['https://quay.io/', 'http://secure.example:3129/'],
    ['http://quay.io/', 'http://plain.example:3128/'],
    ['https://127.0.0.1:5000/', undefined],
    ['http://localhost:5000/', undefined],
    ['https://[::1]:5000/', undefined],
  ])('takes the variable of the protocol, and none for this machine: %s', (url, proxy) => {
    expect(proxyFor(new URL(url), proxies)?.href).toBe(proxy);
  });

  it.each([
    ['*', 'https://quay.io/', true],
    ['quay.io', 'https://quay.io/', true],
    ['quay.io', 'https://cdn.quay.io/', true],
    ['quay.io', 'https://notquay.io/', false],
    ['.quay.io', 'https://quay.io/', false],
    ['.quay.io', 'https://cdn.quay.io/', true],
    ['*.quay.io', 'https://cdn.quay.io/', true],
    ['QUAY.io', 'https://quay.io/', true],
    ['quay.io:443', 'https://quay.io/', true],
    ['quay.io:8443', 'https://quay.io/', false],
    ['10.0.0.0/8', 'https://10.2.3.4:5000/', true],
    ['10.0.0.0/8', 'https://11.2.3.4/', false],
    ['fd00::/8', 'https://[fd00::1]/', true],
    ['10.2.3.4', 'https://10.2.3.4/', true],
    ['a, b quay.io', 'https://quay.io/', true],
  ])('NO_PROXY=%s covers %s: %s', (NO_PROXY, url, covered) => {
    expect(proxyFor(new URL(url), { ...proxies, NO_PROXY }) === undefined).toBe(covered);
  });

  it('does not show a value that is no address', () => {
    const ask = () => proxyFor(new URL('https://quay.io/'), { HTTPS_PROXY: 'socks5://user:secret@x' });
    expect(ask).toThrow(expect.objectContaining({ code: 'SEQ0518' }));
    expect(ask).not.toThrow(/secret/);
  });
});
