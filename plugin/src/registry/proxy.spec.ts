import { proxyFor } from './proxy';
import type { ProxyCase } from './proxy-cases.fixture';
import { proxyCases } from './proxy-cases.fixture';

const wayOf = ({ env, url }: ProxyCase): string => {
  try {
    return proxyFor(new URL(url), env)?.url.href.replace(/\/$/, '') ?? 'direct';
  } catch {
    return 'refused';
  }
};

describe('proxyFor', () => {
  it.each(proxyCases.map((each) => [JSON.stringify(each.env), each.url, each.goes, each] as const))(
    'with %s uses %s: %s',
    (_env, _url, goes, each) => {
      expect(wayOf(each)).toBe(goes);
    },
  );

  it('names the proxy by its host, and the variable as it is written', () => {
    const proxy = proxyFor(new URL('https://quay.io/'), { https_proxy: 'http://user:secret@proxy.example:3128' });
    expect(proxy).toMatchObject({ name: 'proxy.example:3128', variable: 'https_proxy' });
  });

  it.each([
    ['socks5://user:secret@x', /SOCKS proxy, but seqmirror supports only HTTP proxies/],
    ['socks5h://user:secret@x', /SOCKS/],
    ['ftp://user:secret@x', /a scheme other than http/],
    [' http://user:secret@x', /a space/],
    ['http://user:secret@x\n', /a control character/],
    ['http://user:secret@x:port', /not a host with a port/],
    ['http://', /not a host with a port/],
    ['//user:secret@x:3128', /not a host with a port/],
    ['http:user:secret@x:3128', /not a host with a port/],
    ['http://user:secret%@x:3128', /percent sign/],
    ['http://user:sec#ret@x:3128', /not a host with a port/],
  ])('says what is wrong with a value, and does not show it: %j', (value, problem) => {
    const ask = () => proxyFor(new URL('https://quay.io/'), { HTTPS_PROXY: value });
    expect(ask).toThrow(expect.objectContaining({ code: 'SEQ0518', what: expect.stringMatching(problem) }));
    expect(ask).not.toThrow(/sec/);
  });

  it('ignores a value for requests that do not use it', () => {
    const env = { HTTPS_PROXY: 'socks5://x', NO_PROXY: 'quay.io' };
    expect(proxyFor(new URL('https://quay.io/'), env)).toBeUndefined();
    expect(proxyFor(new URL('https://localhost/'), env)).toBeUndefined();
  });
});
