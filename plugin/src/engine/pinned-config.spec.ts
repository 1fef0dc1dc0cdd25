import type { Digest } from '../oci/digest';
import type { MirroredImage } from '../oci/image';
import { documentOf } from './oc-mirror/document.fixture';
import { pinnedConfigOf, pinsOf } from './pinned-config';

const digest = (character: string): Digest => `sha256:${character.repeat(64)}` as Digest;

const release = (version: string): MirroredImage => ({
  kind: 'release',
  source: `quay.io/openshift-release-dev/ocp-release:${version}-x86_64`,
  digest: digest('a'),
  repository: 'openshift/release-images',
  tag: `${version}-x86_64`,
});

describe('pinnedConfigOf', () => {
  it('resolves every tag and leaves comments and order alone', () => {
    const document = documentOf(`# ours
kind: ImageSetConfiguration
mirror:
  additionalImages:
    - name: registry.redhat.io/ubi9/ubi:9.5 # the base image
    - name: quay.io/a/b@${digest('e')}
  operators:
    - catalog: registry.redhat.io/redhat/redhat-operator-index:v4.19
      packages:
        - name: web-terminal
    - catalog: oci:///srv/index
      full: true
  platform:
    channels:
      - name: stable-4.19
`);
    const catalogs = (document.config.mirror.operators ?? []).map((entry) => ({
      entry,
      repository: 'redhat/redhat-operator-index',
      original: { tag: 'v4.19', digest: digest('c') },
      folder: 'operator-catalogs/redhat-operator-index/c',
    }));
    const ubi = { source: 'registry.redhat.io/ubi9/ubi:9.5', digest: digest('b'), repository: 'ubi9/ubi', tag: '9.5' };
    const images: MirroredImage[] = [release('4.19.2'), { kind: 'additional', ...ubi }];
    expect(pinnedConfigOf(document, { images, catalogs })).toMatchInlineSnapshot(`
      "# ours
      kind: ImageSetConfiguration
      mirror:
        additionalImages:
          - name: registry.redhat.io/ubi9/ubi:9.5@sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb # the base image
          - name: quay.io/a/b@sha256:eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee
        operators:
          - targetTag: v4.19
            catalog: registry.redhat.io/redhat/redhat-operator-index@sha256:cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc
            packages:
              - name: web-terminal
          - catalog: oci:///srv/index
            full: true
        platform:
          channels:
            - minVersion: 4.19.2
              maxVersion: 4.19.2
              name: stable-4.19
      "
    `);
  });
});

describe('pinsOf', () => {
  const channel = (text: string) => documentOf(`kind: ImageSetConfiguration\nmirror:\n  platform:\n    ${text}\n`);
  it.each([
    {
      name: 'the newest release if only the oldest is given',
      text: 'channels: [{ name: stable-4.19, minVersion: 4.19.2 }]',
      expected: { maxVersion: '4.19.10' },
    },
    {
      name: 'a release by its digest',
      text: 'release: quay.io/openshift-release-dev/ocp-release:4.19.2-x86_64',
      expected: { release: `quay.io/openshift-release-dev/ocp-release@${digest('a')}` },
    },
    {
      name: 'nothing for several channels',
      text: 'channels: [ { name: stable-4.18 }, { name: stable-4.19 } ]',
      expected: {},
    },
  ])('pins $name', ({ text, expected }) => {
    const images = [release('4.19.10'), release('4.19.2')];
    const pins = pinsOf(channel(text), { images, catalogs: [] });
    expect(Object.fromEntries(pins.map(({ path, value }) => [path.at(-1), value]))).toEqual(expected);
  });
});
