import { documentOf } from './document.fixture';
import { ensureKnown, refusedBy } from './needs';

const document = documentOf(`kind: ImageSetConfiguration
mirror:
  operators:
    - catalog: registry.example/index:1
      targetTag: v1
      platforms: [{ os: linux, architecture: amd64 }]
  additionalImages:
    - name: registry.example/a:1
      targetRepo: b/c
`);

describe('refusedBy', () => {
  it.each([
    {
      version: '4.19.0',
      what: [
        '`platforms` needs oc-mirror 4.23 or later',
        '`targetRepo` of an additional image needs oc-mirror 4.22 or later',
      ],
    },
    { version: '4.22.1', what: ['`platforms` needs oc-mirror 4.23 or later'] },
    { version: '5.1.0', what: [] },
    { version: '0.0.0-unknown', what: [] },
  ])('finds in a configuration what $version does not know', ({ version, what }) => {
    expect(refusedBy(version, document).map((finding) => finding.what)).toEqual(what);
  });
});

const merging = documentOf(`kind: ImageSetConfiguration
mirror:
  additionalImages:
    - &a { name: registry.example/a:1 }
    - { <<: *a, name: registry.example/b:1 }
`);

describe('a key that << adds a second time', () => {
  it.each([
    { version: '4.19.0', codes: [] },
    { version: '4.20.3', codes: [] },
    { version: '4.21.0', codes: ['SEQ0126'] },
    { version: '0.0.0-unknown', codes: ['SEQ0126'] },
  ])('is refused before a run if oc-mirror is $version: $codes', ({ version, codes }) => {
    expect(refusedBy(version, merging).map(({ code, severity }) => (severity === 'error' ? code : severity))).toEqual(
      codes,
    );
    if (codes.length > 0) expect(() => ensureKnown(version, merging)).toThrow('SEQ0126 The key `name`');
    else expect(() => ensureKnown(version, merging)).not.toThrow();
  });
});

describe('ensureKnown', () => {
  it('refuses, with the others in the details', () => {
    expect(() => ensureKnown('4.19.0', document)).toThrow(
      'SEQ0440 `platforms` needs oc-mirror 4.23 or later; version 4.19.0 is installed',
    );
  });
});
