import { documentOf } from './document.fixture';
import { ensureKnown, tooNewFor } from './needs';

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

describe('tooNewFor', () => {
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
  ])('finds in a config what $version does not know', ({ version, what }) => {
    expect(tooNewFor(version, document).map((finding) => finding.what)).toEqual(what);
  });
});

describe('ensureKnown', () => {
  it('refuses, with the others in the details', () => {
    expect(() => ensureKnown('4.19.0', document)).toThrow(
      'SEQ0440 `platforms` needs oc-mirror 4.23 or later; this is 4.19.0',
    );
  });
});
