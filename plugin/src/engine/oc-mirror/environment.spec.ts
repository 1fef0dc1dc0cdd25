import { ocMirrorEnvironment } from './environment';

describe('ocMirrorEnvironment', () => {
  it('removes every REGISTRY_ variable and binds the cache registry to loopback', () => {
    const env = { HOME: '/home/a', REGISTRY_AUTH_FILE: '/x', REGISTRY_STORAGE: 'y', REGISTRY_HTTP_ADDR: ':1' };
    expect(ocMirrorEnvironment(env, { port: 40123 })).toEqual({
      HOME: '/home/a',
      REGISTRY_HTTP_ADDR: '127.0.0.1:40123',
    });
  });

  it('removes variables that would choose another cache or other versions', () => {
    expect(ocMirrorEnvironment({ OC_MIRROR_CACHE: '/x', VERSION_FILTER: '4.*', HOME: '/h' }, {})).toEqual({
      HOME: '/h',
    });
  });

  it.each([
    { name: 'adds loopback', env: { HTTPS_PROXY: 'http://proxy:3128' }, expected: 'localhost,127.0.0.1' },
    {
      name: 'keeps exceptions that are there already',
      env: { https_proxy: 'http://proxy:3128', no_proxy: '.corp,localhost' },
      expected: '.corp,localhost,127.0.0.1',
    },
  ])('$name to the exceptions of a proxy', ({ env, expected }) => {
    const result = ocMirrorEnvironment(env, {});
    expect([result['NO_PROXY'], result['no_proxy']]).toEqual([expected, expected]);
  });

  it('leaves the exceptions alone without a proxy', () => {
    expect(ocMirrorEnvironment({ NO_PROXY: '.corp' }, {})).toEqual({ NO_PROXY: '.corp' });
  });

  it('sets registries.conf and the temporary folder when given', () => {
    expect(
      ocMirrorEnvironment({ TMPDIR: '/tmp' }, { registriesConf: '/etc/r.conf', temporaryFolder: '/data/tmp' }),
    ).toEqual({
      CONTAINERS_REGISTRIES_CONF: '/etc/r.conf',
      TMPDIR: '/data/tmp',
    });
  });

  it('asks for the graph image in the cache without changing an update service that was chosen', () => {
    const chosen = { UPDATE_URL_OVERRIDE: 'https://updates.example/graph' };
    expect(ocMirrorEnvironment(chosen, { reuseGraphImage: true })).toEqual(chosen);
    expect(ocMirrorEnvironment({}, { reuseGraphImage: true })).toEqual({
      UPDATE_URL_OVERRIDE: 'https://api.openshift.com/api/upgrades_info/v1/graph',
    });
  });
});
