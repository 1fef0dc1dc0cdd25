/**
 * Compares our verdicts with those of a real oc-mirror (4.19, 4.20, 4.21 or main of 2026-08), which gets every
 * configuration with a destination on disk, in a place where no registry answers. A configuration that it accepts gets
 * as far as looking for images. If versions differ, `since` names the first one that does.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { describeWith, programPath } from '../../../testing/lab/requirements';
import { minorVersionOf } from '../../../testing/worlds/oc-mirror';
import { file, catalogWith, mirrorOf, withImage } from './config.fixture';
import { parseImageSet } from './document';

// Not a measurement: other suites may use the machine at the same time.
jest.setTimeout(120_000);

const ocMirror = programPath('oc-mirror');

const nowhere = 'http://127.0.0.1:1';
const images = (lines: string) => mirrorOf(`additionalImages:\n${lines}`);
const packages = (lines: string) => catalogWith(`packages:\n${lines}`);
const anImage = 'additionalImages: [{ name: "quay.io/a/b:1" }]';

// Messages of oc-mirror for a file that it refuses, in its loader, its validation, or its collectors.
const refusals = [
  'failed to unmarshal config',
  'configuration missing',
  'cannot parse "',
  'is not allowed in',
  'decode ImageSetConfiguration',
  'yaml to json',
  'invalid configuration',
  'unable to parse image correctly',
  'reference name is empty',
  'invalid targetRepo',
  'invalid platform',
  'must not be empty',
  'no images to copy',
  'mixed with versionRange',
];

/** What only versions from this one on accept, or refuse. Earlier ones do the opposite. */
const since: Readonly<Record<string, number>> = {
  'targets of an image': 22,
  'platforms of an image': 23,
  'an anchor and a merge key': 22,
  'a tag for the destination that no registry takes': 22,
  'a key twice': 21,
  'a key twice, deep': 21,
  'a package twice': 21,
  'a channel twice': 21,
  'look-ahead': 23,
  'a back reference': 23,
  'a pattern left open': 23,
};

const accepted = {
  'a tab between a key and its value': withImage('archiveSize:\t4'),
  'a tab before a comment behind a value': withImage('archiveSize: 4\t# c'),
  'tabs within brackets': mirrorOf('additionalImages: [\n\t{ name: "quay.io/a/b:1" }\n\t\n]'),
  'U+2028 behind a value': withImage('archiveSize: 4 # c\u2028'),
  'U+0085 between two lines': withImage('archiveSize: 4\u0085# c'),
  '%YAML 1.1': `%YAML 1.1\n---\n${withImage('')}`,
  'an image by tag': withImage(''),
  'an image by tag and digest': images(`- name: quay.io/a/b:1@sha256:${'ab'.repeat(32)}`),
  'an image without host': images('- name: busybox:1'),
  'docker:// before an image': images('- name: docker://quay.io/a/b:1'),
  'targets of an image': images('- { name: quay.io/a/b:1, targetRepo: x/y-z_a.b, targetTag: v1 }'),
  'platforms of an image': images('- { name: quay.io/a/b:1, platforms: [{ os: linux, architecture: amd64 }] }'),
  'v1alpha2 without keys of v1': withImage('').replace('v2alpha1', 'v1alpha2'),
  'no apiVersion': withImage('').replace(/apiVersion.*\n/, ''),
  'archiveSize 0': withImage('archiveSize: 0'),
  'archiveSize below 0': withImage('archiveSize: -1'),
  'archiveSize 4.0': withImage('archiveSize: 4.0'),
  'archiveSize 1_0': withImage('archiveSize: 1_0'),
  'archiveSize 0x10': withImage('archiveSize: 0x10'),
  'keys without a value': mirrorOf(`platform:\noperators:\nhelm:\nblockedImages:\n${anImage}`),
  'graph: yes': mirrorOf(`platform: { graph: yes, channels: [{ name: stable-4.19 }] }`),
  'an anchor and a merge key': mirrorOf(
    `additionalImages:\n- &a { name: quay.io/a/b:1 }\n- { <<: *a, targetTag: "2" }`,
  ),
  'a nothing behind the document': `${withImage('')}---\n`,
  'an unknown type of channel': mirrorOf('platform: { channels: [{ name: c, type: foo }] }'),
  'a release candidate': mirrorOf('platform: { channels: [{ name: c, minVersion: 4.20.0-rc.1, maxVersion: 4.20.0 }] }'),
  'one package': packages('- name: p'),
  'loose versions': packages('- { name: p, minVersion: v1, maxVersion: "01.2" }'),
  'a range the wrong way round': packages('- { name: p, minVersion: 2.0.0, maxVersion: 1.0.0 }'),
  samples: mirrorOf(`${anImage}\nsamples: [{ name: x }]`),
  'a pattern with named group and flags': mirrorOf(
    `${anImage}\nblockedImages: [{ name: "(?i)^(?P<a>x)[[:alpha:]]\\\\z" }]`,
  ),
  'catalogs of two hosts': mirrorOf('operators: [{ catalog: "quay.io/a/b:1" }, { catalog: "quay.example/a/b:1" }]'),
  'a version that looks like a date': packages('- name: 2024-01-01'),
  'a name that looks like base 60': packages('- name: 1:30'),
};

const refused = {
  'an empty file': '',
  'a text': 'hello',
  'a list': '- a\n',
  'open brackets': 'a: [\n',
  'a tab': 'kind:\n\ta: b\n',
  'a tab on an empty line': withImage('archiveSize: 4\n\t'),
  'a tab before a comment': withImage('archiveSize: 4\n\t# c'),
  'a tab after spaces on an empty line': images('- name: quay.io/a/b:1\n \t\n- name: quay.io/a/c:1'),
  'a tab before the first key': `\t${withImage('')}`,
  'U+2028, which ends a comment': withImage('# c\u2028d'),
  'U+2029, which ends a comment': withImage('# c\u2029d'),
  'U+0085, which ends a comment': withImage('# c\u0085d'),
  'U+2028, which ends a plain text': images('- name: quay.io/a/b:1\u2028x: y'),
  '%YAML 1.2': `%YAML 1.2\n---\n${withImage('')}`,
  'a directive that nobody knows': `%FOO\n---\n${withImage('')}`,
  '%YAML without ---': `%YAML 1.1\n${withImage('')}`,
  'a byte order mark within': withImage('\ufeffarchiveSize: 4').replace('kind', 'x: y\nkind'),
  'an empty key': withImage('? \n: 4'),
  'an escape that YAML does not have': 'kind: "\\q"\n',
  'a NUL': 'kind: "a\u0000"\n',
  'a key twice': `${withImage('')}kind: ImageSetConfiguration\n`,
  'a key twice, deep': images('- { name: quay.io/a/b:1, name: quay.io/a/b:2 }'),
  'an alias without anchor': withImage('archiveSize: *a'),
  'no kind': withImage('').replace(/kind.*\n/, ''),
  'another kind': withImage('').replace('ImageSetConfiguration', 'Pod'),
  'a delete configuration': 'kind: DeleteImageSetConfiguration\ndelete: {}\n',
  'delete beside mirror': withImage('delete: {}'),
  'no mirror': 'kind: ImageSetConfiguration\n',
  'an empty mirror': mirrorOf(''),
  'nothing asked for': mirrorOf('operators: []'),
  'an unknown key': withImage('foo: 1'),
  'an unknown key, deep': packages('- name: p\n  chanels: []'),
  'an unknown key without a value': withImage('storageConfig:'),
  'a colon without a space behind it': mirrorOf(`${anImage}\nblockedImages: [{ name: a, other:x }]`),
  'an anchor with a name that is not ASCII': withImage('archiveSize: &é 4'),
  storageConfig: withImage('storageConfig: { local: { path: x } }'),
  targetName: catalogWith('targetName: x'),
  originalRef: catalogWith('originalRef: x'),
  minBundle: packages('- name: p\n  minBundle: x'),
  'archiveSize in quotes': withImage('archiveSize: "4"'),
  'archiveSize with a fraction': withImage('archiveSize: 4.5'),
  'archiveSize beyond 64 bits': withImage('archiveSize: 18446744073709551616'),
  'a version that is a number': packages('- { name: p, minVersion: 4.10 }'),
  'a name that is a truth value': packages('- name: y'),
  'graph in quotes': mirrorOf(`platform: { graph: "true" }`),
  'a map for a list': mirrorOf('additionalImages: { name: quay.io/a/b:1 }'),
  'a text for an entry': mirrorOf('additionalImages: [quay.io/a/b:1]'),
  'an entry without value': images('-'),
  'an image without tag': images('- name: quay.io/a/b'),
  'an image whose port is no tag': images('- name: localhost:5000/a'),
  'a digest cut short': images('- name: quay.io/a/b@sha256:abc'),
  'an image without name': images('- targetTag: a'),
  'a targetRepo with a tag': images('- { name: quay.io/a/b:1, targetRepo: "a:b" }'),
  'a targetRepo with capitals': images('- { name: quay.io/a/b:1, targetRepo: A }'),
  'a platform without os': images('- { name: quay.io/a/b:1, platforms: [{ architecture: amd64 }] }'),
  'a catalog without tag': mirrorOf('operators: [{ catalog: quay.io/a/b }]'),
  'a catalog without name': mirrorOf('operators: [{ full: true }]'),
  'oci: with one slash': mirrorOf('operators: [{ catalog: "oci:/a" }]'),
  'a catalog twice': mirrorOf('operators: [{ catalog: "quay.io/a/b:1" }, { catalog: "quay.io/a/b:1" }]'),
  'catalogs that become one': mirrorOf(
    'operators: [{ catalog: "quay.io/a/b:1", targetCatalog: x }, { catalog: "quay.io/c/d:2", targetCatalog: x, targetTag: "1" }]',
  ),
  'a targetCatalog with a tag': catalogWith('targetCatalog: a:b'),
  'a package twice': packages('- name: p\n- name: p'),
  'a channel twice': packages('- name: p\n  channels: [{ name: c }, { name: c }]'),
  'something that is not a version': packages('- { name: p, maxVersion: 1.x }'),
  'something that is not a version, in a channel': packages(
    '- name: p\n  channels: [{ name: c, minVersion: "1.2.3.4" }]',
  ),
  'ranges in package and channel': packages(
    '- name: p\n  minVersion: 1.0.0\n  channels: [{ name: c, maxVersion: 1.0.0 }]',
  ),
  'a release channel twice': mirrorOf('platform: { channels: [{ name: c }, { name: c }] }'),
  'platforms and architectures': mirrorOf(
    'platform: { channels: [{ name: c }], architectures: [amd64], platforms: [{ os: linux, architecture: amd64 }] }',
  ),
  'a release payload without tag': mirrorOf('platform: { release: quay.io/a/b }'),
  'look-ahead': mirrorOf(`${anImage}\nblockedImages: [{ name: "(?=a)" }]`),
  'a back reference': mirrorOf(`${anImage}\nblockedImages: [{ name: "(a)\\\\1" }]`),
  'a pattern left open': mirrorOf(`${anImage}\nblockedImages: [{ name: "a(" }]`),
};

// Configurations that we refuse on purpose although oc-mirror accepts them, or refuses them only later, and why.
const stricter = {
  'a second document, which it ignores': `${withImage('')}---\nkind: x\n`,
  'a key in other capitals, which only Go takes': withImage('ArchiveSize: 4'),
  'a tag of YAML that nobody needs': withImage('archiveSize: !!int "4"'),
  'archiveSize whose bytes overflow': withImage('archiveSize: 9000000'),
  'capitals in a repository, refused when it is fetched': images('- name: quay.io/A/b:1'),
  'sha512, which archives cannot hold': images(`- name: quay.io/a/b@sha512:${'ab'.repeat(64)}`),
  'a tag for the destination that no registry takes': images('- { name: quay.io/a/b:1, targetTag: "v 1" }'),
  'a release without its third number, looked up later': mirrorOf(
    'platform: { channels: [{ name: c, minVersion: "4.19" }] }',
  ),
  'a full catalog with a range, refused when it is filtered': catalogWith(
    'full: true\npackages: [{ name: p, minVersion: 1.0.0 }]',
  ),
  credentials: mirrorOf('helm: { repositories: [{ name: a, url: "http://user:word@127.0.0.1:1/" }] }'),
};

// Accepted with a warning that names the versions, since the version on the far side is unknown.
const refusedSince21 = {
  'a merged key that the map overrides': images('- &a { name: quay.io/a/b:1 }\n- { <<: *a, name: "quay.io/a/c:1" }'),
  'a key before the merge that brings it again': images('- &a\n  name: quay.io/a/b:1\n- name: quay.io/a/c:1\n  <<: *a'),
  'two merged maps with one key': images('- &a { name: quay.io/a/b:1 }\n- <<: [*a, *a]'),
};

describeWith(['oc-mirror'], 'the real oc-mirror and parseImageSet', () => {
  let folder: string;
  let minor: number;
  beforeAll(async () => {
    minor = minorVersionOf(ocMirror as string);
    folder = await mkdtemp(join(tmpdir(), 'seqmirror-isc-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const refusalOf = async (text: string): Promise<string | undefined> => {
    await writeFile(join(folder, 'isc.yaml'), text);
    const options = [
      '--v2',
      '--dry-run',
      '--config=isc.yaml',
      '--cache-dir=cache',
      '--port=0',
      '--retry-times=0',
      '--image-timeout=5s',
    ];
    const { all, exitCode } = await execa(ocMirror as string, [...options, 'file://out'], {
      cwd: folder,
      all: true,
      reject: false,
      extendEnv: false,
      env: {
        HOME: folder,
        PATH: process.env['PATH'],
        HTTP_PROXY: nowhere,
        HTTPS_PROXY: nowhere,
        UPDATE_URL_OVERRIDE: nowhere,
        OCP_SIGNATURE_URL: `${nowhere}/`,
      },
    });
    expect([exitCode, all]).not.toEqual([undefined, expect.anything()]);
    return refusals.find((words) => all.includes(words)) ?? (all.includes('workflow mode') ? undefined : all);
  };
  const errorsIn = (text: string) => parseImageSet(text, file).findings.filter(({ severity }) => severity === 'error');

  const isRefused = async (text: string) => (await refusalOf(text)) !== undefined;

  it.each(Object.entries(accepted))('both accept %s', async (name, text) => {
    expect(errorsIn(text)).toEqual([]);
    expect(await isRefused(text)).toBe(minor < (since[name] ?? 0));
  });

  it.each(Object.entries(refused))('both refuse %s', async (name, text) => {
    expect(errorsIn(text)).not.toEqual([]);
    expect(await isRefused(text)).toBe(minor >= (since[name] ?? 0));
  });

  it.each(Object.entries(stricter))('only parseImageSet refuses %s', async (name, text) => {
    expect(errorsIn(text)).not.toEqual([]);
    expect(await isRefused(text)).toBe(minor < (since[name] ?? 0));
  });

  it.each(Object.entries(refusedSince21))(
    'parseImageSet warns about %s, and 4.21 and later refuse it',
    async (_, text) => {
      expect(errorsIn(text)).toEqual([]);
      expect(parseImageSet(text, file).findings.map(({ code }) => code)).toContain('SEQ0126');
      expect(await isRefused(text)).toBe(minor >= 21);
    },
  );
});
