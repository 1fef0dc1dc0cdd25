import { parseReference } from '../oci/reference';
import { pullSourcesOf } from './pull-sources';
import { parseRegistriesConf } from './registries-conf';

const conf = {
  registries: parseRegistriesConf(
    `
    [[registry]]
    location = "quay.io"
    [[registry.mirror]]
    location = "any.example"
    [[registry.mirror]]
    location = "digests.example/quay"
    insecure = true
    pull-from-mirror = "digest-only"
    [[registry.mirror]]
    location = "tags.example"
    pull-from-mirror = "tag-only"
    [[registry]]
    prefix = "quay.io/org"
    location = "org.example/deep"
    [[registry]]
    prefix = "bad.example"
    location = "bad.example"
    blocked = true
    [[registry]]
    prefix = "*.wild.example"
    location = "wild-mirror.example"
    [[registry]]
    prefix = "*.kept.example"
    insecure = true`,
    'registries.conf',
  ),
};
const digest = `sha256:${'0'.repeat(64)}`;
const places = (text: string): string[] =>
  pullSourcesOf(parseReference(text), conf).map(
    ({ host, repository, insecure }) => `${host}/${repository}${insecure ? ' insecure' : ''}`,
  );

describe('pullSourcesOf', () => {
  it.each([
    ['other.example/a/b:1', ['other.example/a/b']],
    ['quay.io/a/b:1', ['any.example/a/b', 'tags.example/a/b', 'quay.io/a/b']],
    [`quay.io/a/b@${digest}`, ['any.example/a/b', 'digests.example/quay/a/b insecure', 'quay.io/a/b']],
    ['quay.io/org/app:1', ['org.example/deep/app']],
    [
      'quay.io/organisation/app:1',
      ['any.example/organisation/app', 'tags.example/organisation/app', 'quay.io/organisation/app'],
    ],
    ['cdn.wild.example/a:1', ['wild-mirror.example/a']],
    ['a.b.wild.example/a:1', ['wild-mirror.example/a']],
    ['wild.example/a:1', ['wild.example/a']],
    ['elsewhere.example/x/cdn.wild.example/a:1', ['elsewhere.example/x/cdn.wild.example/a']],
    ['x.kept.example/a:1', ['x.kept.example/a insecure']],
  ])('%s comes from %j', (text, expected) => {
    expect(places(text)).toEqual(expected);
  });

  it('names what was replaced by what', () => {
    const [source] = pullSourcesOf(parseReference('quay.io/org/app:1'), conf);
    expect(source?.substitution).toBe('quay.io/org -> org.example/deep');
  });

  it('refuses a registry that is blocked', () => {
    expect(() => places('bad.example/a:1')).toThrow(expect.objectContaining({ code: 'SEQ0515' }));
  });
});
