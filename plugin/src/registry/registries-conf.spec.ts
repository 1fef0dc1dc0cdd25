import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadRegistriesConf, parseRegistriesConf } from './registries-conf';
import { createLab } from './scripted-registry.fixture';

const parse = (text: string) => parseRegistriesConf(text, 'registries.conf');

describe('parseRegistriesConf', () => {
  it('reads prefixes, locations and mirrors, and fills in what is left out', () => {
    const text = `
      unqualified-search-registries = ["docker.io"]
      short-name-mode = "enforcing"
      [[registry]]
      location = "quay.io/"
      [[registry]]
      prefix = "registry.redhat.io/ubi9"
      location = "registry.redhat.io/ubi9"
      blocked = true
      mirror-by-digest-only = true
      [[registry.mirror]]
      location = "mirror.example:5000/ubi9"
      insecure = true
      [[registry]]
      prefix = "*.example.com"`;
    expect(parse(text)).toEqual([
      { prefix: 'quay.io', location: 'quay.io', insecure: false, blocked: false, mirrors: [], file: 'registries.conf' },
      {
        prefix: 'registry.redhat.io/ubi9',
        location: 'registry.redhat.io/ubi9',
        insecure: false,
        blocked: true,
        mirrors: [{ location: 'mirror.example:5000/ubi9', insecure: true, pulls: 'digest-only' }],
        file: 'registries.conf',
      },
      { prefix: '*.example.com', insecure: false, blocked: false, mirrors: [], file: 'registries.conf' },
    ]);
  });

  it.each([
    ['[registries.search]\nregistries = ["docker.io"]', /version 1/],
    ['[[registry]]\ninsecure = true', /no prefix and no location/],
    ['[[registry]]\nprefix = "quay.io"', /has no location/],
    ['[[registry]]\nprefix = "*.example.com/x"', /wildcard/],
    ['[[registry]]\nlocation = "https://quay.io"', /must not begin with http/],
    ['[[registry]]\nlocation = "user@quay.io"', /not a host/],
    ['[[registry]]\nlocation = "quay.io"\nblocked = "yes"', /registry\.0\.blocked/],
    ['[[registry]]\nlocation = "a"\n[[registry.mirror]]\ninsecure = true', /registry\.0\.mirror\.0\.location/],
    [
      '[[registry]]\nlocation = "a"\nmirror-by-digest-only = true\n[[registry.mirror]]\nlocation = "b"\npull-from-mirror = "all"',
      /only one of the two is allowed/,
    ],
    [
      '[[registry]]\nlocation = "a"\n[[registry.mirror]]\nlocation = "b"\npull-from-mirror = "some"',
      /pull-from-mirror/,
    ],
  ])('refuses %j', (text, words) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'SEQ0511', what: expect.stringMatching(words) }));
  });

  it('names the line of a file that is not TOML', () => {
    expect(() => parse('[[registry]]\nlocation = quay.io')).toThrow(
      expect.objectContaining({ at: { file: 'registries.conf', line: 2, column: expect.any(Number) } }),
    );
  });
});

describe('loadRegistriesConf', () => {
  const lab = createLab();
  afterAll(() => lab.close());
  const registry = (prefix: string, location: string) =>
    `[[registry]]\nprefix = "${prefix}"\nlocation = "${location}"\n`;

  it('reads only the file of the settings, else of CONTAINERS_REGISTRIES_CONF', async () => {
    const file = lab.file('own.conf', registry('quay.io', 'own.example'));
    const other = lab.file('other.conf', registry('quay.io', 'other.example'));
    const env = { ...lab.env, CONTAINERS_REGISTRIES_CONF: other };
    expect((await loadRegistriesConf({ file, env })).registries.map(({ location }) => location)).toEqual([
      'own.example',
    ]);
    expect((await loadRegistriesConf({ env })).registries.map(({ location }) => location)).toEqual(['other.example']);
  });

  it('lets drop-ins, in the order of their names, replace what was read before', async () => {
    mkdirSync(join(lab.folder, '.config/containers/registries.conf.d'), { recursive: true });
    lab.file('.config/containers/registries.conf', registry('a.example', '1') + registry('b.example', '1'));
    lab.file('.config/containers/registries.conf.d/10.conf', registry('b.example', '10'));
    lab.file('.config/containers/registries.conf.d/20.conf', registry('b.example', '20'));
    lab.file('.config/containers/registries.conf.d/30.conf.off', registry('b.example', '30'));
    const { registries } = await loadRegistriesConf({ env: { HOME: lab.folder } });
    const ours = registries.filter(({ prefix }) => prefix.endsWith('.example'));
    expect(ours.map(({ prefix, location }) => [prefix, location])).toEqual([
      ['a.example', '1'],
      ['b.example', '20'],
    ]);
  });

  it('refuses to continue without a file that was named', async () => {
    const file = join(lab.folder, 'absent.conf');
    await expect(loadRegistriesConf({ file, env: {} })).rejects.toMatchObject({ code: 'SEQ0511', at: { file } });
  });
});
