import { didYouMean } from '../system/did-you-mean';
import { blockedBy } from './blocked-images';
import { destinationOfCatalog, destinationOfImage, uniqueCatalogName } from './destination';
import { readGoPattern } from './go-pattern';
import { hostsOf } from './references';
import { ImageSetConfiguration } from './schema';
import { parsePackageVersion, parseReleaseVersion } from './version';

const hex = 'ab'.repeat(32);
const configOf = (mirror: object) => ImageSetConfiguration.parse({ kind: 'ImageSetConfiguration', mirror });

describe('destinationOfImage', () => {
  it.each([
    { image: { name: 'quay.io/a/b:1' }, destination: { repository: 'a/b', tag: '1' } },
    { image: { name: 'docker://localhost:5000/a:1' }, destination: { repository: 'a', tag: '1' } },
    { image: { name: `quay.io/a/b@sha256:${hex}` }, destination: { repository: 'a/b', tag: `sha256-${hex}` } },
    { image: { name: `quay.io/a/b:1@sha256:${hex}` }, destination: { repository: 'a/b', tag: '1' } },
    {
      image: { name: 'quay.io/a/b:1', targetRepo: 'x/y', targetTag: '2' },
      destination: { repository: 'x/y', tag: '2' },
    },
    { image: { name: `quay.io/a/b@sha256:${hex}`, targetTag: '2' }, destination: { repository: 'a/b', tag: '2' } },
    { image: { name: 'quay.io/a/b:1', targetRepo: '', targetTag: '' }, destination: { repository: 'a/b', tag: '1' } },
    { image: { name: 'ubi9/ubi:9.5' }, destination: { repository: 'ubi', tag: '9.5' } },
    { image: { name: 'busybox:1' }, destination: { repository: 'busybox', tag: '1' } },
    { image: { name: 'oci:///srv/images/a' }, destination: { repository: 'srv/images/a', tag: 'latest' } },
  ])('of $image.name', ({ image, destination }) => {
    expect(destinationOfImage(image)).toEqual(destination);
  });
});

describe('a catalog', () => {
  it.each([
    { operator: { catalog: 'quay.io/a/b:1' }, repository: 'a/b', tag: '1', unique: 'quay.io/a/b:1' },
    { operator: { catalog: 'quay.io/a/b:1', targetTag: '2' }, repository: 'a/b', tag: '2', unique: 'quay.io/a/b:2' },
    {
      operator: { catalog: `quay.io/a/b@sha256:${hex}`, targetCatalog: 'x' },
      repository: 'x',
      tag: `sha256-${hex}`,
      unique: `quay.io/x@sha256:${hex}`,
    },
    { operator: { catalog: 'oci:///srv/own' }, repository: 'own', tag: 'latest', unique: '/srv/own' },
  ])(
    '$operator has its place in the destination and its name for oc-mirror',
    ({ operator, repository, tag, unique }) => {
      expect(destinationOfCatalog(operator)).toEqual({ repository, tag });
      expect(uniqueCatalogName(operator)).toBe(unique);
    },
  );
});

describe('hostsOf', () => {
  it('names each registry once, in the order of the file', () => {
    const config = configOf({
      platform: { release: 'quay.io/r/r:1', channels: [] },
      operators: [{ catalog: 'registry.redhat.io/a/b:1' }, { catalog: 'oci:///srv/own' }],
      additionalImages: [
        { name: 'quay.io/a/b:1' },
        { name: 'localhost:5000/a:1' },
        { name: 'busybox:1' },
        { name: 'not an image' },
      ],
    });
    expect(hostsOf(config)).toEqual(['quay.io', 'registry.redhat.io', 'localhost:5000', 'docker.io']);
  });
});

describe('blockedBy', () => {
  const blocked = blockedBy(
    configOf({ blockedImages: [{ name: 'ubi8' }, { name: '^quay.io/lab/' }, { name: '(?i)DEBUG$' }] }),
  );

  it.each([
    { name: 'registry.redhat.io/ubi8/ubi:8.9', is: true },
    { name: 'docker://quay.io/lab/tool:1', is: true },
    { name: 'mirror.example/quay.io/lab/tool:1', is: false },
    { name: 'quay.io/a/tool:debug', is: true },
    { name: 'quay.io/a/debug:1', is: false },
  ])('$name: $is', ({ name, is }) => {
    expect(blocked(name)).toBe(is);
  });
});

// As Go 1.26 does. It takes 300 groups within each other, which once were refused here.
describe('readGoPattern', () => {
  it.each([
    { pattern: 'a.c', yes: ['xabcx'], no: ['a\nc'] },
    { pattern: '^a|b$', yes: ['ax', 'xb'], no: ['xa', 'bx'] },
    { pattern: '[[:alpha:]-]+:\\d{2,}$', yes: ['a-b:12'], no: ['a:1', '1:12'] },
    { pattern: '[]a]', yes: [']', 'a'], no: ['b'] },
    { pattern: '[^[:^digit:]]', yes: ['1'], no: ['a'] },
    { pattern: '(?i)ubi[a-c](?-i)X', yes: ['UBIBX'], no: ['UBIBx'] },
    { pattern: '(?P<n>a)(?<m>b)', yes: ['ab'], no: ['a'] },
    { pattern: '\\Qa.b\\E+', yes: ['a.bb'], no: ['axb', 'a.'] },
    { pattern: '\\Aa\\z', yes: ['a'], no: ['a\n', 'ba'] },
    { pattern: '(?m)^b$', yes: ['a\nb'], no: ['a b'] },
    { pattern: '(?s)a.b', yes: ['a\nb'], no: ['ab'] },
    { pattern: 'a{,2}', yes: ['a{,2}'], no: ['aa'] },
    { pattern: '\\x41\\x{42}\\103\\.', yes: ['ABC.'], no: ['ABCd'] },
    { pattern: '\\p{Greek}\\pN', yes: ['Ω7'], no: ['a7'] },
    { pattern: '[\\d.-]', yes: ['-', '.', '5'], no: ['a'] },
    { pattern: `${'('.repeat(300)}a${')'.repeat(300)}`, yes: ['a'], no: ['b'] },
    { pattern: `${'(a*)*'.repeat(200)}b`, yes: ['ab'], no: ['a'.repeat(5000)] },
  ])('$pattern', ({ pattern, yes, no }) => {
    const { matches } = readGoPattern(pattern);
    expect([yes.map((text) => matches?.(text)), no.map((text) => matches?.(text))]).toEqual([
      yes.map(() => true),
      no.map(() => false),
    ]);
  });

  it.each(
    [
      ['(?=a)', '(?!a)', '(?<=a)', '(?<!a)', '(a)\\1', '(?>a)', '(?#a)', '\\Z', '\\8', '\\y', '\\C', '[\\b]'],
      ['a**', 'a+*', 'a{2}{3}', '*', '(*)', '|+', 'a{1001}', 'a{3,2}', '(a{100}){100}'],
      [
        '(',
        'a)',
        '(?:',
        '[',
        '[a',
        '[z-a]',
        '[[:foo:]]',
        '\\',
        '\\p{Foo}',
        '\\x{110000}',
        '\\x4',
        '(?i',
        `${'('.repeat(1300)}${')'.repeat(1300)}`,
      ],
    ].flat(),
  )('refuses %s', (pattern) => {
    expect(readGoPattern(pattern).problem).toEqual(expect.any(String));
  });
});

describe('versions', () => {
  it.each(['1', 'v1', '1.2', '1.2.3', 'v1.2.3-rc.1+build.5', '01.2.3', '4.19.0-202507292137'])(
    'of packages: %s',
    (text) => {
      expect(parsePackageVersion(text)).toBeDefined();
    },
  );
  it.each([
    '',
    'x',
    '1.',
    '1.x',
    '1.2.3.4',
    ' 1',
    '1 ',
    '=1',
    '^1.2',
    '1.2.3-',
    '1.2.3-01',
    '1.2.3+',
    'V1',
    '1'.repeat(300),
  ])('not of packages: %s', (text) => {
    expect(parsePackageVersion(text)).toBeUndefined();
  });
  it.each(['4.19.2', '4.20.0-rc.1', '4.20.0-0.okd-scos-2025'])('of releases: %s', (text) => {
    expect(parseReleaseVersion(text)).toBeDefined();
  });
  it.each(['4.19', 'v4.19.2', '4.19.02', '4.19.2 ', '=4.19.2', '4.19.x'])('not of releases: %s', (text) => {
    expect(parseReleaseVersion(text)).toBeUndefined();
  });
});

describe('didYouMean', () => {
  const keys = ['name', 'channels', 'minVersion', 'maxVersion'];
  it.each([
    { word: 'chanels', meant: 'channels' },
    { word: 'channel', meant: 'channels' },
    { word: 'minversion', meant: 'minVersion' },
    { word: 'MaxVersoin', meant: 'maxVersion' },
    { word: 'nmae', meant: 'name' },
    { word: 'packages', meant: undefined },
    { word: 'x', meant: undefined },
    { word: 'c'.repeat(100_000), meant: undefined },
  ])('$word', ({ word, meant }) => {
    expect(didYouMean(word, keys)).toBe(meant);
  });
});
