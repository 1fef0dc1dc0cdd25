import { catalogWith, findingsIn, mirrorOf, withImage } from '../config.fixture';

const digest = `sha256:${'ab'.repeat(32)}`;
const images = (...names: readonly string[]) =>
  mirrorOf(['additionalImages:', ...names.map((name) => `- name: ${name}`)].join('\n'));
const packages = (lines: string) => catalogWith(`packages:\n${lines}`);

describe('rules of oc-mirror', () => {
  it.each([
    {
      name: 'a release channel twice',
      text: mirrorOf('platform:\n  channels:\n  - name: stable-4.19\n  - name: stable-4.19\n    type: okd'),
      expected: 'error SEQ0109 isc.yaml:7:13: Release channel `stable-4.19` is already in line 6',
    },
    {
      name: 'a release without its third number',
      text: mirrorOf('platform:\n  channels:\n  - name: stable-4.19\n    minVersion: "4.19"'),
      expected: 'error SEQ0110 isc.yaml:7:19: `minVersion` `4.19` is not a release',
    },
    {
      name: 'a release with a v',
      text: mirrorOf('platform:\n  channels:\n  - name: stable-4.19\n    maxVersion: v4.19.2'),
      expected: 'error SEQ0110 isc.yaml:7:19: `maxVersion` `v4.19.2` is not a release',
    },
    {
      name: 'platforms and architectures',
      text: mirrorOf(
        'platform:\n  architectures: [amd64]\n  platforms: [{ os: linux, architecture: amd64 }]\n  channels: [{ name: stable-4.19 }]',
      ),
      expected: 'error SEQ0112 isc.yaml:5:5: `platforms` and `architectures` are both set',
    },
    {
      name: 'a release payload without a tag',
      text: mirrorOf('platform: { release: quay.io/openshift-release-dev/ocp-release }'),
      expected: 'error SEQ0115 isc.yaml:4:24: `quay.io/openshift-release-dev/ocp-release` has no tag and no digest',
    },
    {
      name: 'a platform without architecture',
      text: mirrorOf('additionalImages:\n- name: quay.io/a/b:1\n  platforms: [{ os: linux }]'),
      expected: 'error SEQ0108 isc.yaml:6:17: A platform has no `architecture`',
    },
    {
      name: 'a catalog twice',
      text: mirrorOf(
        'operators:\n- catalog: quay.io/a/b:1\n  packages: [{ name: p }]\n- catalog: quay.io/a/b:1\n  packages: [{ name: q }]',
      ),
      expected: 'error SEQ0109 isc.yaml:7:14: Catalog `quay.io/a/b:1` is already in line 5',
    },
    {
      name: 'two catalogs that become one',
      text: mirrorOf(
        'operators:\n- { catalog: quay.io/a/b:1, targetCatalog: x/y, packages: [{ name: p }] }\n- { catalog: quay.io/c/d:2, targetCatalog: x/y, targetTag: "1", packages: [{ name: p }] }',
      ),
      expected: 'error SEQ0109 isc.yaml:6:16: Catalog `quay.io/x/y:1` is already in line 5',
    },
    {
      name: 'a catalog without tag',
      text: mirrorOf('operators:\n- { catalog: quay.io/a/b, packages: [{ name: p }] }'),
      expected: 'error SEQ0115 isc.yaml:5:16: `quay.io/a/b` has no tag and no digest',
    },
    {
      name: 'oci: with one slash',
      text: mirrorOf('operators:\n- { catalog: "oci:/srv/x", packages: [{ name: p }] }'),
      expected:
        'error SEQ0115 isc.yaml:5:16: `oci:/srv/x` cannot be mirrored: it names a file or a URL (oci:), not an image in a registry',
    },
    {
      name: 'a target catalog with a tag',
      text: catalogWith('targetCatalog: a/b:1\npackages: [{ name: p }]'),
      expected:
        'error SEQ0114 isc.yaml:6:20: `targetCatalog` `a/b:1` cannot be used: a repository has lower-case names with / between them, and no host, tag or digest',
    },
    {
      name: 'a package twice',
      text: packages('- name: p\n- name: q\n- name: p'),
      expected: 'error SEQ0109 isc.yaml:9:13: Package `p` is already in line 7',
    },
    {
      name: 'a channel twice',
      text: packages('- name: p\n  channels:\n  - name: c\n  - name: c'),
      expected: 'error SEQ0109 isc.yaml:10:15: Channel `c` is already in line 9',
    },
    {
      name: 'something that is not a version',
      text: packages('- name: p\n  minVersion: 1.x'),
      expected: 'error SEQ0110 isc.yaml:8:19: `minVersion` `1.x` is not a semantic version',
    },
    {
      name: 'a range in package and channel',
      text: packages('- name: p\n  minVersion: 1.0.0\n  channels:\n  - name: c\n    maxVersion: 2.0.0'),
      expected:
        'error SEQ0111 isc.yaml:10:9: Package `p` and this channel of the package both have a minVersion or maxVersion',
    },
    {
      name: 'a range in a full catalog',
      text: catalogWith('full: true\npackages:\n- name: p\n  minVersion: 1.0.0'),
      expected:
        'error SEQ0111 isc.yaml:8:7: The catalog has `full: true`, but package `p` has a minVersion or maxVersion',
    },
    {
      name: 'an image without tag',
      text: images('registry.redhat.io/ubi9/ubi'),
      expected: 'error SEQ0115 isc.yaml:5:11: `registry.redhat.io/ubi9/ubi` has no tag and no digest',
    },
    {
      name: 'a digest cut short',
      text: images('quay.io/a/b@sha256:abc'),
      expected:
        'error SEQ0115 isc.yaml:5:11: `quay.io/a/b@sha256:abc` cannot be mirrored: its digest is not sha256: and 64 lower-case hexadecimal digits',
    },
    {
      name: 'capitals in a repository',
      text: images('quay.io/A/b:1'),
      expected: 'error SEQ0115 isc.yaml:5:11: `quay.io/A/b:1` cannot be mirrored: its repository has capital letters',
    },
    {
      name: 'a target tag with a space',
      text: mirrorOf('additionalImages: [{ name: "quay.io/a/b:1", targetTag: v 1 }]'),
      expected:
        'error SEQ0114 isc.yaml:4:58: `targetTag` `v 1` cannot be used: a tag has 1 to 128 letters, digits, _ . and -, and begins with a letter, a digit or _',
    },
    {
      name: 'a pattern that Go does not have',
      text: mirrorOf('additionalImages: [{ name: "quay.io/a/b:1" }]\nblockedImages:\n- name: ^(?!ubi)'),
      expected:
        'error SEQ0113 isc.yaml:6:11: `^(?!ubi)` is not a valid Go regular expression: Go does not support this group with (?, for example look-around',
    },
    {
      name: 'charts in a registry',
      text: mirrorOf('helm: { repositories: [{ name: a, url: "oci://quay.io/charts" }] }'),
      expected: 'error SEQ0115 isc.yaml:4:42: `oci://quay.io/charts` is not the URL of a helm repository',
    },
  ])('refuse $name', ({ text, expected }) => {
    expect(findingsIn(text)).toBe(expected);
  });
});

describe('lints', () => {
  it.each([
    {
      name: 'an apiVersion of v1',
      text: withImage('').replace('v2alpha1', 'v1alpha2'),
      expected: 'warning SEQ0106 isc.yaml:2:13: `apiVersion` is `mirror.openshift.io/v1alpha2`',
    },
    {
      name: 'no apiVersion',
      text: withImage('').replace(/apiVersion.*\n/, ''),
      expected: 'warning SEQ0106 isc.yaml:1:1: There is no `apiVersion`',
    },
    {
      name: 'archiveSize 0',
      text: withImage('archiveSize: 0'),
      expected: 'warning SEQ0117 isc.yaml:3:14: `archiveSize` is 0, but must be larger than 0',
    },
    {
      name: 'archiveSize below 0',
      text: withImage('archiveSize: -4'),
      expected: 'warning SEQ0117 isc.yaml:3:14: `archiveSize` is -4, but must be larger than 0',
    },
    {
      name: 'a range the wrong way round',
      text: mirrorOf('platform:\n  channels:\n  - { name: c, minVersion: 4.19.10, maxVersion: 4.19.9 }'),
      expected: 'warning SEQ0118 isc.yaml:6:30: `minVersion` `4.19.10` is higher than `maxVersion` `4.19.9`',
    },
    {
      name: 'the same of a package',
      text: packages('- { name: p, minVersion: v2, maxVersion: 1.9.9 }'),
      expected: 'warning SEQ0118 isc.yaml:7:30: `minVersion` `v2` is higher than `maxVersion` `1.9.9`',
    },
    {
      name: 'an architecture by another name',
      text: mirrorOf('platform: { architectures: [x86_64], channels: [{ name: c }] }'),
      expected: 'warning SEQ0119 isc.yaml:4:31: `x86_64` is not a known architecture',
    },
    {
      name: 'an unknown type of channel',
      text: mirrorOf('platform: { channels: [{ name: c, type: openshift }] }'),
      expected: 'warning SEQ0119 isc.yaml:4:43: `openshift` is not a known type of release channel',
    },
    {
      name: 'channels beside a release',
      text: mirrorOf('platform: { release: "quay.io/a/b:1", channels: [{ name: c }] }'),
      expected: 'warning SEQ0123 isc.yaml:4:41: `channels` has no effect if `release` is set',
    },
    {
      name: 'a whole catalog',
      text: catalogWith('full: true'),
      expected:
        'warning SEQ0120 isc.yaml:5:14: This entry selects all packages of `quay.io/lab/index:v1`, in all versions',
    },
    {
      name: 'two images with one name there',
      text: images('quay.io/a/b:1', 'registry.example:5000/a/b:1'),
      expected:
        'warning SEQ0121 isc.yaml:6:11: This image and the image in line 5 both get the name `a/b:1` in the destination',
    },
    {
      name: 'two catalogs of two registries with one name there',
      text: mirrorOf(
        'operators:\n- { catalog: quay.io/a/b:1, packages: [{ name: p }] }\n- { catalog: other.example/a/b:1, packages: [{ name: p }] }',
      ),
      expected:
        'warning SEQ0121 isc.yaml:6:16: This image and the image in line 5 both get the name `a/b:1` in the destination',
    },
    {
      name: 'a collision by targetTag',
      text: mirrorOf('additionalImages:\n- { name: quay.io/a/b:1, targetTag: "2" }\n- name: quay.io/a/b:2'),
      expected:
        'warning SEQ0121 isc.yaml:6:11: This image and the image in line 5 both get the name `a/b:2` in the destination',
    },
    {
      name: 'an image twice',
      text: images('quay.io/a/b:1', 'quay.io/a/b:1'),
      expected: 'warning SEQ0121 isc.yaml:6:11: This image is already in line 5',
    },
    {
      name: 'an image by tag and by digest',
      text: images(`quay.io/a/b@${digest}`, 'quay.io/a/b:1'),
      expected:
        'warning SEQ0122 isc.yaml:5:11: This entry selects `quay.io/a/b` by digest, and line 6 selects it by tag',
    },
    {
      name: 'samples',
      text: mirrorOf('additionalImages: [{ name: "quay.io/a/b:1" }]\nsamples: [{ name: ruby }]'),
      expected: 'warning SEQ0123 isc.yaml:5:3: `samples` has no effect',
    },
    {
      name: 'an address that index.yaml would be glued to',
      text: mirrorOf('helm: { repositories: [{ name: a, url: "https://charts.example/x" }] }'),
      expected:
        'warning SEQ0124 isc.yaml:4:42: The `url` of this helm repository does not end with a slash, and the repository has no `charts`',
    },
    {
      name: 'an image without registry',
      text: images('ubi9/ubi:9.5'),
      expected: 'warning SEQ0125 isc.yaml:5:11: `ubi9/ubi:9.5` has no registry host',
    },
  ])('warn of $name', ({ text, expected }) => {
    expect(findingsIn(text)).toBe(expected);
  });

  it.each([
    { name: 'a tag with its digest', text: images(`quay.io/a/b:1@${digest}`) },
    { name: 'one repository with two tags', text: images('quay.io/a/b:1', 'quay.io/a/b:2') },
    {
      name: 'an image under a target of its own',
      text: mirrorOf('additionalImages:\n- name: quay.io/a/b:1\n- { name: other.io/a/b:1, targetRepo: other/b }'),
    },
    {
      name: 'versions with a v, short, or with a suffix',
      text: packages('- { name: p, minVersion: v1.2, maxVersion: 1.10.0-rc.1 }'),
    },
    {
      name: 'a release candidate',
      text: mirrorOf('platform: { channels: [{ name: candidate-4.20, minVersion: 4.20.0-rc.1 }] }'),
    },
    { name: 'an image of a local registry', text: images('localhost:5000/a:1', 'docker://localhost/b:1') },
    {
      name: 'patterns of Go',
      text: mirrorOf(
        'additionalImages: [{ name: "quay.io/a/b:1" }]\nblockedImages: [{ name: "(?i)^UBI[[:digit:]]+(?P<rest>.*)$" }]',
      ),
    },
    {
      name: 'a repository without slash whose charts are listed',
      text: mirrorOf('helm: { repositories: [{ name: a, url: "https://c.example/x", charts: [{ name: p }] }] }'),
    },
    { name: 'nothing of empty texts', text: packages('- { name: p, minVersion: "", maxVersion: "" }') },
  ])('say nothing of $name', ({ text }) => {
    expect(findingsIn(text)).toBe('');
  });
});
