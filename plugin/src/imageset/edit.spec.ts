import { file, mirrorOf } from './config.fixture';
import { requireImageSet } from './document';
import { copyOfText, pinDocument } from './edit';

const digest = `sha256:${'ab'.repeat(32)}`;

describe('pinDocument', () => {
  it('replaces only those texts, and keeps comments, quotes, order and spaces', () => {
    const text = `# What we mirror
kind:   ImageSetConfiguration
apiVersion: mirror.openshift.io/v2alpha1
mirror:
  additionalImages: # images
    - name: quay.io/a/b:1 # the first
      targetTag: 'x'
    - {name: "quay.io/a/c:1",   targetRepo: d}
    - name: &tool quay.io/a/e:1
    - name: *tool
    - name: >-
        quay.io/a/f:1
    # the last
  operators:
    - packages: [{name: p}]
      catalog: 'quay.io/a/index:v1'
`;
    const name = (index: number) => ['mirror', 'additionalImages', index, 'name'];
    const pinned = pinDocument(requireImageSet(text, file), [
      { path: name(0), value: `quay.io/a/b:1@${digest}` },
      { path: name(1), value: `quay.io/a/c:1@${digest}` },
      { path: name(2), value: `quay.io/a/e:1@${digest}` },
      { path: name(3), value: `quay.io/a/e:1@${digest}` },
      { path: name(4), value: `quay.io/a/f:1@${digest}` },
      { path: ['mirror', 'operators', 0, 'catalog'], value: `quay.io/a/index@${digest}` },
      { path: ['mirror', 'operators', 0, 'targetTag'], value: 'v1' },
    ]);
    expect(pinned.replaceAll(digest, 'DIGEST')).toMatchInlineSnapshot(`
      "# What we mirror
      kind:   ImageSetConfiguration
      apiVersion: mirror.openshift.io/v2alpha1
      mirror:
        additionalImages: # images
          - name: quay.io/a/b:1@DIGEST # the first
            targetTag: 'x'
          - {name: "quay.io/a/c:1@DIGEST",   targetRepo: d}
          - name: &tool quay.io/a/e:1@DIGEST
          - name: quay.io/a/e:1@DIGEST
          - name: quay.io/a/f:1@DIGEST
          # the last
        operators:
          - targetTag: v1
            packages: [{name: p}]
            catalog: 'quay.io/a/index@DIGEST'
      "
    `);
    expect(requireImageSet(pinned, file).config.mirror.operators).toEqual([
      { catalog: `quay.io/a/index@${digest}`, targetTag: 'v1', packages: [{ name: 'p' }] },
    ]);
  });

  it('adds several keys to one map, in braces too', () => {
    const document = requireImageSet(mirrorOf('additionalImages: [{ name: "quay.io/a/b:1" }]'), file);
    const path = ['mirror', 'additionalImages', 0];
    const pinned = pinDocument(document, [
      { path: [...path, 'targetRepo'], value: 'x' },
      { path: [...path, 'targetTag'], value: 'y' },
    ]);
    expect(requireImageSet(pinned, file).config.mirror.additionalImages).toEqual([
      { name: 'quay.io/a/b:1', targetRepo: 'x', targetTag: 'y' },
    ]);
  });

  it('leaves a text without pins as it is, except for its line ends', () => {
    const text = mirrorOf('additionalImages: [{ name: "quay.io/a/b:1" }]');
    expect(pinDocument(requireImageSet(`\uFEFF${text.replaceAll('\n', '\r\n')}`, file), [])).toBe(text);
  });
});

describe('what is added to a list', () => {
  const head = 'kind: ImageSetConfiguration\napiVersion: mirror.openshift.io/v2alpha1\nmirror:\n  operators:\n';
  const path = ['mirror', 'operators', 0, 'packages'];
  const items = [
    { name: 'lib', channels: [{ name: 'stable', minVersion: '1.10', maxVersion: '1.10' }] },
    { name: 'b' },
  ];
  const added = (lines: string): string => pinDocument(requireImageSet(head + lines, file), [], [{ path, items }]);
  const lib = '{ name: lib, channels: [{ name: stable, minVersion: "1.10", maxVersion: "1.10" }] }';

  it('comes behind the last item, in the style of the list', () => {
    expect(
      added('    - packages:\n        - name: a # first\n        # none yet\n      catalog: r.example/i:1\n'),
    ).toBe(
      `${head}    - packages:\n        - name: a # first\n        - ${lib}\n        - { name: b }\n        # none yet\n      catalog: r.example/i:1\n`,
    );
    expect(added('    - packages: [{name: a}]\n      catalog: r.example/i:1')).toBe(
      `${head}    - packages: [{name: a}, ${lib}, { name: b }]\n      catalog: r.example/i:1`,
    );
    expect(
      added('    - catalog: r.example/i:1\n      packages:\n      - name: a\n        channels:\n        - name: x'),
    ).toBe(
      `${head}    - catalog: r.example/i:1\n      packages:\n      - name: a\n        channels:\n        - name: x\n      - ${lib}\n      - { name: b }`,
    );
  });

  it.each([
    [
      'an anchored list',
      '    - catalog: r.example/i:1\n      packages: &p\n        - name: a\n    - { catalog: r.example/j:1, packages: *p }\n',
    ],
    [
      'an alias',
      '    - catalog: r.example/i:1\n      packages: &p\n        - name: a\n    - { catalog: r.example/j:1, packages: *p }\n',
    ],
  ])('goes into one list alone where %s is shared', (which, lines) => {
    const index = which === 'an alias' ? 1 : 0;
    const text = pinDocument(
      requireImageSet(head + lines, file),
      [],
      [{ path: ['mirror', 'operators', index, 'packages'], items }],
    );
    const { operators = [] } = requireImageSet(text, file).config.mirror;
    expect(operators.map(({ packages = [] }) => packages.length)).toEqual(index === 0 ? [3, 1] : [1, 3]);
  });
});

describe('copyOfText', () => {
  it.each([
    { name: 'leaves a plain text alone', text: '# a\nb: 1\n', copy: '# a\nb: 1\n' },
    { name: 'normalises line ends', text: 'a: 1\r\nb: 2\r\n', copy: 'a: 1\nb: 2\n' },
    { name: 'ends the last line, and drops a byte order mark', text: '\uFEFFa: 1', copy: 'a: 1\n' },
  ])('$name', ({ text, copy }) => {
    expect(copyOfText(text)).toBe(copy);
  });
});
