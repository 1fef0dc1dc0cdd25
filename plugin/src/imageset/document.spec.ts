import { isSeqmirrorError, renderExplanation } from '../system/errors';
import { codesIn, file, findingsIn, mirrorOf, withImage } from './config.fixture';
import { parseImageSet, requireImageSet } from './document';

const full = `# A comment
apiVersion: mirror.openshift.io/v2alpha1
kind: ImageSetConfiguration
archiveSize: 4
mirror:
  platform:
    graph: true
    architectures: [amd64, arm64]
    channels:
      - name: stable-4.19
        type: ocp
        minVersion: 4.19.2
        maxVersion: 4.19.9
        shortestPath: true
    kubeVirtContainer: true
  operators:
    - catalog: registry.redhat.io/redhat/redhat-operator-index:v4.19
      targetCatalog: lab/redhat
      targetTag: v4.19-lab
      packages:
        - name: web-terminal
        - name: cluster-logging
          defaultChannel: stable-6.2
          channels:
            - name: stable-6.2
              minVersion: 6.2.1
              maxVersion: 6.2.9
    - catalog: oci:///srv/catalogs/own
      full: true
      packages: [{ name: own }]
  additionalImages:
    - name: registry.redhat.io/ubi9/ubi:9.5
    - name: quay.io/lab/tool@sha256:${'ab'.repeat(32)}
      targetRepo: lab/tool
      targetTag: v1
      platforms: [{ os: linux, architecture: amd64 }]
  helm:
    repositories:
      - name: podinfo
        url: https://stefanprodan.github.io/podinfo
        charts: [{ name: podinfo, version: 5.0.0 }]
    local:
      - name: own
        path: /srv/charts/own.tgz
        imagePaths: ['{.spec.image}']
  blockedImages:
    - name: .*ubi8.*
`;

describe('parseImageSet', () => {
  it('accepts every key that oc-mirror has, and fills in no defaults', () => {
    const { document, findings } = parseImageSet(full, file);
    expect(findings).toEqual([]);
    expect(document?.config.mirror.platform?.channels?.[0]).toEqual({
      name: 'stable-4.19',
      type: 'ocp',
      minVersion: '4.19.2',
      maxVersion: '4.19.9',
      shortestPath: true,
    });
    expect(Object.keys(document?.config.mirror ?? {})).toEqual([
      'platform',
      'operators',
      'additionalImages',
      'helm',
      'blockedImages',
    ]);
  });

  it('knows the place of each value, or of its nearest parent', () => {
    const document = requireImageSet(full, file);
    expect(document.positionOf(['mirror', 'operators', 0, 'catalog'])).toEqual({ line: 17, column: 16 });
    expect(document.positionOf(['mirror', 'operators', 0, 'packages', 1, 'channels', 0, 'minVersion'])).toEqual({
      line: 26,
      column: 27,
    });
    expect(document.positionOf(['mirror', 'operators', 0, 'platforms'])).toEqual({ line: 17, column: 7 });
    expect(document.positionOf([])).toEqual({ line: 2, column: 1 });
  });

  it.each([
    { name: 'line ends of Windows', text: full.replaceAll('\n', '\r\n') },
    { name: 'a byte order mark', text: `\uFEFF${full}` },
    { name: 'document markers around it', text: `---\n${full}...\n---\n# nothing\n` },
    { name: 'keys without a value', text: full.replace('  blockedImages:', '  samples:\n  blockedImages:') },
  ])('reads the same through $name', ({ text }) => {
    const { document, findings } = parseImageSet(text, file);
    expect(findings).toEqual([]);
    expect(document?.config).toEqual(requireImageSet(full, file).config);
  });

  it('reads YAML 1.1 as oc-mirror does: yes is true, aliases and merge keys are followed', () => {
    const text = mirrorOf(`platform: { graph: yes, release: 'quay.io/r/r:1' }
operators:
- &base { catalog: 'quay.io/a/b:1', packages: &packages [{ name: p }] }
- { <<: *base, catalog: 'quay.io/a/c:1' }
- { catalog: 'quay.io/a/d:1', packages: *packages }`);
    const { document, findings } = parseImageSet(text, file);
    expect(findings.map(({ severity, code }) => `${severity} ${code}`)).toEqual(['warning SEQ0126']);
    expect(document?.config.mirror.platform?.graph).toBe(true);
    expect(document?.config.mirror.operators).toEqual([
      { catalog: 'quay.io/a/b:1', packages: [{ name: 'p' }] },
      { catalog: 'quay.io/a/c:1', packages: [{ name: 'p' }] },
      { catalog: 'quay.io/a/d:1', packages: [{ name: 'p' }] },
    ]);
    expect(document?.positionOf(['mirror', 'operators', 2, 'packages', 0, 'name'])).toEqual({ line: 6, column: 68 });
  });

  it('returns a document even if a rule is broken', () => {
    expect(parseImageSet(mirrorOf('additionalImages: [{ name: quay.io/a/b }]'), file).document).toBeDefined();
  });
});

/** What Node makes of the bytes of a UTF-16 text when it takes them for UTF-8. */
const utf16Of = (text: string, mark: readonly number[]) =>
  Buffer.concat([Buffer.from(mark), Buffer.from(text, 'utf16le')]).toString('utf8');

describe('parseImageSet refuses', () => {
  it.each([
    { name: 'a tab on an empty line', text: withImage('archiveSize: 4\n\t'), expected: ['SEQ0103 4:1'] },
    { name: 'a tab before a comment', text: withImage('archiveSize: 4\n\t# c'), expected: ['SEQ0103 4:1'] },
    { name: 'U+2028 in a comment', text: withImage('# c\u2028d'), expected: ['SEQ0103 4:1'] },
    { name: 'U+2029 in a comment', text: withImage('# c\u2029d'), expected: ['SEQ0103 4:1'] },
    { name: 'U+0085 in a comment', text: withImage('# c\u0085d'), expected: ['SEQ0103 4:1'] },
    { name: '%YAML 1.2', text: `%YAML 1.2\n---\n${withImage('')}`, expected: ['SEQ0103 1:1'] },
    { name: 'UTF-16 with a mark', text: utf16Of(withImage(''), [0xff, 0xfe]), expected: ['SEQ0103 1:1'] },
    { name: 'UTF-16 without a mark', text: utf16Of(withImage(''), []), expected: ['SEQ0103 1:1'] },
    { name: 'an empty key', text: withImage('? \n: 4'), expected: ['SEQ0103 3:2'] },
    { name: 'an empty file', text: '', expected: ['SEQ0108 1:1'] },
    { name: 'a text', text: 'hello', expected: ['SEQ0108 1:1'] },
    { name: 'a list', text: '- a\n', expected: ['SEQ0108 1:1'] },
    { name: 'brackets left open', text: 'mirror: [\n', expected: ['SEQ0103 2:1'] },
    { name: 'a tab for indentation', text: 'mirror:\n\tplatform: {}\n', expected: ['SEQ0103 2:1'] },
    { name: 'quotes left open', text: 'kind: "x\n', expected: ['SEQ0103 2:1'] },
    { name: 'a second document', text: `${withImage('')}---\nkind: x\n`, expected: ['SEQ0103 5:1'] },
    { name: 'a key written twice', text: 'kind: a\nmirror: {}\nkind: b\n', expected: ['SEQ0109 3:1'] },
    {
      name: 'a key twice in braces',
      text: mirrorOf('platform: { graph: true, graph: false }'),
      expected: ['SEQ0109 4:28'],
    },
    { name: 'an alias without anchor', text: 'kind: *a\n', expected: ['SEQ0103 1:7'] },
    { name: 'an alias within its anchor', text: 'kind: &a [*a]\n', expected: ['SEQ0103 1:11'] },
    { name: 'a tag', text: 'kind: !!binary aGVsbG8=\n', expected: ['SEQ0103 1:16'] },
    { name: 'a list for a key', text: '? [a]\n: b\n', expected: ['SEQ0103 1:3'] },
    { name: 'another kind', text: 'kind: Pod\nmirror: {}\n', expected: ['SEQ0107 1:7'] },
    { name: 'no kind', text: 'mirror: {}\n', expected: ['SEQ0107 1:1'] },
    {
      name: 'a delete configuration',
      text: 'kind: DeleteImageSetConfiguration\ndelete: {}\n',
      expected: ['SEQ0107 1:7'],
    },
    { name: 'delete beside mirror', text: withImage('delete: {}'), expected: ['SEQ0107 3:1'] },
    { name: 'no mirror', text: 'kind: ImageSetConfiguration\n', expected: ['SEQ0108 1:1'] },
    { name: 'an empty mirror', text: mirrorOf(''), expected: ['SEQ0108 3:8'] },
    { name: 'a mirror that asks for nothing', text: mirrorOf('operators: []'), expected: ['SEQ0116 4:3'] },
    { name: 'archiveSize in quotes', text: withImage('archiveSize: "4"'), expected: ['SEQ0108 3:14'] },
    { name: 'archiveSize with a fraction', text: withImage('archiveSize: 4.5'), expected: ['SEQ0108 3:14'] },
    { name: 'archiveSize beyond counting', text: withImage('archiveSize: 9000000'), expected: ['SEQ0108 3:14'] },
    {
      name: 'archiveSize beyond safe integers',
      text: withImage('archiveSize: 9007199254740993'),
      expected: ['SEQ0108 3:14'],
    },
    { name: 'a key in other capitals', text: withImage('ArchiveSize: 4'), expected: ['SEQ0101 3:1'] },
    { name: 'storageConfig', text: withImage('storageConfig: { local: { path: x } }'), expected: ['SEQ0105 3:1'] },
    { name: 'a key called __proto__', text: withImage('__proto__: { polluted: true }'), expected: ['SEQ0101 3:1'] },
  ])('$name, and says what to do', ({ text, expected }) => {
    expect(codesIn(text, { severity: 'error' })).toEqual(expected);
    for (const finding of parseImageSet(text, file).findings)
      expect(finding).toHaveProperty('next', expect.any(String));
  });

  it('in words that say what to do', () => {
    const text = `apiVersion: mirror.openshift.io/v1alpha2
kind: ImageSetConfiguration
storageConfig:
  local: { path: ./x }
mirror:
  platform:
    chanels: []
    graph: "true"
    channels:
      - name: stable-4.19
        minVersion: 4.10
  operators:
    - catalog: quay.io/a/b:1
      targetName: x
      packages:
        - name: no
        - chanels: []
          name: web-terminal
        -
`;
    const { findings } = parseImageSet(text, file);
    expect(findings.map(renderExplanation).join('\n')).toMatchInlineSnapshot(`
      "SEQ0106 isc.yaml:1:13: \`apiVersion\` is \`mirror.openshift.io/v1alpha2\`, which is for oc-mirror v1
        Why:   oc-mirror v2 has other keys than v1, and its apiVersion is mirror.openshift.io/v2alpha1
        Next:  Write \`apiVersion: mirror.openshift.io/v2alpha1\`, and change the keys that the other errors name
      SEQ0105 isc.yaml:3:1: \`storageConfig\` is a key of oc-mirror v1, which oc-mirror v2 does not have
        Why:   oc-mirror v2 refuses the whole file because of this key. The file is for oc-mirror v1: line 1 has apiVersion \`mirror.openshift.io/v1alpha2\`
        Next:  Remove this key: oc-mirror v2 keeps its state in the working-dir, and seqmirror in the records of each sequence
      SEQ0101 isc.yaml:7:5: \`chanels\` is not a key of \`platform\`
        Why:   oc-mirror refuses the whole file because of one unknown key
        Next:  If you mean \`channels\`, write \`channels\`
      SEQ0108 isc.yaml:8:12: \`graph\` must be true or false, but is the text \`true\`
        Next:  Write true or false
      SEQ0108 isc.yaml:11:21: \`minVersion\` must be a text, but is \`4.10\`, which YAML reads as the number 4.1
        Next:  Put the value in quotes: "4.10"
      SEQ0105 isc.yaml:14:7: \`targetName\` is a key of oc-mirror v1, which oc-mirror v2 does not have
        Why:   oc-mirror v2 refuses the whole file because of this key. The file is for oc-mirror v1: line 1 has apiVersion \`mirror.openshift.io/v1alpha2\`
        Next:  Write \`targetCatalog\` with the whole repository: \`namespace/name\`
      SEQ0108 isc.yaml:16:17: \`name\` must be a text, but is \`no\`, which YAML reads as false
        Next:  Put the value in quotes: "no"
      SEQ0101 isc.yaml:17:11: \`chanels\` is not a key of a package
        Why:   oc-mirror refuses the whole file because of one unknown key
        Next:  If you mean \`channels\`, write \`channels\`
      SEQ0108 isc.yaml:19:10: A package must be a map of keys and values, but is empty
        Next:  Write a map of keys and values"
    `);
  });
});

describe('a key that is close to a known one', () => {
  const nextOf = (text: string) => parseImageSet(text, file).findings.map(({ next }) => next);

  it.each([
    { name: 'operaters under mirror', text: mirrorOf('operaters: []'), meant: 'operators' },
    { name: 'additonalImage under mirror', text: mirrorOf('additonalImage: []'), meant: 'additionalImages' },
    { name: 'aditonalImage, three slips', text: mirrorOf('aditonalImage: []'), meant: 'additionalImages' },
    { name: 'additional_images', text: mirrorOf('additional_images: []'), meant: 'additionalImages' },
    {
      name: 'minversion in a channel',
      text: mirrorOf('platform: { channels: [{ name: a, minversion: 4.1.1 }] }'),
      meant: 'minVersion',
    },
    {
      name: 'shortest-path',
      text: mirrorOf('platform: { channels: [{ name: a, shortest-path: true }] }'),
      meant: 'shortestPath',
    },
  ])('$name is corrected', ({ text, meant }) => {
    expect(nextOf(text)).toContain(`If you mean \`${meant}\`, write \`${meant}\``);
  });

  it.each([
    { name: 'operators beside mirror', text: withImage('operators: []'), place: 'mirror.operators' },
    { name: 'operaters beside mirror', text: withImage('operaters: []'), place: 'mirror.operators' },
    { name: 'channels in mirror', text: mirrorOf('channels: []'), place: 'mirror.platform.channels' },
    { name: 'packages in mirror', text: mirrorOf('packages: []'), place: 'mirror.operators[].packages' },
    { name: 'archiveSize in mirror', text: mirrorOf('archiveSize: 4'), place: 'archiveSize' },
  ])('$name is reported with the place where it belongs', ({ text, place }) => {
    expect(nextOf(text)).toContain(`Move the key to \`${place}\``);
  });

  it('gets no suggestion if nothing is close', () => {
    expect(nextOf(mirrorOf('zzzzzz: 1'))).toContainEqual(
      expect.stringMatching(/^Use one of these keys: platform, operators/),
    );
  });
});

describe('a file of oc-mirror v1', () => {
  const text = `kind: ImageSetConfiguration
apiVersion: mirror.openshift.io/v1alpha2
storageConfig: { local: { path: ./x } }
mirror:
  operators: [{ catalog: 'quay.io/a/b:1', targetName: x }]
  additionalImages: [{ name: 'quay.io/a/b:1' }]
`;

  it('is reported with its apiVersion beside the keys that only v1 has', () => {
    expect(renderExplanation(refusalOf(text))).toMatchInlineSnapshot(`
      "SEQ0106 isc.yaml:2:13: \`apiVersion\` is \`mirror.openshift.io/v1alpha2\`, which is for oc-mirror v1
        Why:   oc-mirror v2 has other keys than v1, and its apiVersion is mirror.openshift.io/v2alpha1
        Next:  Write \`apiVersion: mirror.openshift.io/v2alpha1\`, and change the keys that the other errors name
        SEQ0105 isc.yaml:3:1: \`storageConfig\` is a key of oc-mirror v1, which oc-mirror v2 does not have
          Why:   oc-mirror v2 refuses the whole file because of this key. The file is for oc-mirror v1: line 2 has apiVersion \`mirror.openshift.io/v1alpha2\`
          Next:  Remove this key: oc-mirror v2 keeps its state in the working-dir, and seqmirror in the records of each sequence
        SEQ0105 isc.yaml:5:43: \`targetName\` is a key of oc-mirror v1, which oc-mirror v2 does not have
          Next:  Write \`targetCatalog\` with the whole repository: \`namespace/name\`"
    `);
  });

  it('is not reported as v1 if the file says v2', () => {
    expect(codesIn(text.replace('v1alpha2', 'v2alpha1'))).toEqual(['SEQ0105 3:1', 'SEQ0105 5:43']);
  });

  it('gets only a warning if nothing but the apiVersion is v1: oc-mirror v2 accepts it', () => {
    const v2 = withImage('').replace('v2alpha1', 'v1alpha2');
    expect(codesIn(v2, { severity: 'error' })).toEqual([]);
    expect(codesIn(v2)).toEqual(['SEQ0106 2:13']);
  });
});

describe('a key that a map has and that << adds too', () => {
  const map = (lines: string) => mirrorOf(`additionalImages:\n- &a { name: "quay.io/a/b:1" }\n${lines}`);

  it.each([
    { name: 'behind the merge', lines: '- { <<: *a, name: "quay.io/a/c:1" }', at: '6:15', value: 'quay.io/a/c:1' },
    { name: 'before the merge', lines: '- { name: "quay.io/a/c:1", <<: *a }', at: '6:30', value: 'quay.io/a/b:1' },
  ])('$name counts as in oc-mirror 4.19 and 4.20: the later one, with a warning', ({ lines, at, value }) => {
    const { document, findings } = parseImageSet(map(lines), file);
    expect(findings.map(({ severity, code, at }) => `${severity} ${code} ${at?.line}:${at?.column}`)).toContain(
      `warning SEQ0126 ${at}`,
    );
    expect(document?.config.mirror.additionalImages?.[1]?.name).toBe(value);
  });

  it('is not reported if the map only adds to what is merged', () => {
    expect(codesIn(map('- { <<: *a, targetTag: "2" }'))).toEqual([]);
  });
});

describe('a file in UTF-16', () => {
  it('is named, with what to do', () => {
    expect(findingsIn(utf16Of(withImage(''), [0xff, 0xfe]))).toContain('This file is in UTF-16');
    const [finding] = parseImageSet(utf16Of(withImage(''), [0xff, 0xfe]), file).findings;
    expect(finding?.next).toContain('iconv -f UTF-16 -t UTF-8 isc.yaml');
  });
});

describe('what YAML makes of a value without quotes', () => {
  it.each([
    { written: '4.10', read: 'the number 4.1' },
    { written: '4', read: 'the number 4' },
    { written: '017', read: 'the number 15' },
    { written: '1_000', read: 'the number 1000' },
    { written: '1e3', read: 'the number 1000' },
    { written: 'on', read: 'true' },
    { written: 'No', read: 'false' },
    { written: 'y', read: 'true' },
  ])('$written is shown as written and as read', ({ written, read }) => {
    expect(findingsIn(mirrorOf(`additionalImages:\n- name: ${written}`))).toBe(
      `error SEQ0108 isc.yaml:5:11: \`name\` must be a text, but is \`${written}\`, which YAML reads as ${read}`,
    );
  });

  it.each(['4.10.1', '"4.10"', '!!str 4.10', '2024-01-01', '4.x', '1:30'])('%s is a text', (written) => {
    const text = mirrorOf(`operators:\n- catalog: quay.io/a/b:1\n  packages: [{ name: ${written} }]`);
    expect(codesIn(text)).toEqual([]);
  });
});

describe('credentials', () => {
  it.each([
    { name: 'of an image with a scheme', value: 'docker://user:hunter2@quay.io/a/b:1' },
    { name: 'of an image', value: 'user:hunter2@quay.io/a/b:1' },
    { name: 'of an address', value: 'https://user:hunter2@host.example/charts/' },
    { name: 'that are a token alone', value: 'https://hunter2@host.example/charts/' },
    { name: 'with an @ in the password', value: 'https://user:hun@hunter2@host.example/' },
  ])('$name are refused and not shown, wherever they are', ({ value }) => {
    const places = [
      mirrorOf(`additionalImages: [{ name: '${value}' }]`),
      mirrorOf(`additionalImages: ['${value}']`),
      mirrorOf(`operators: [{ catalog: '${value}' }, { catalog: '${value}', targetTag: '${value}' }]`),
      mirrorOf(`platform: { release: '${value}' }`),
      mirrorOf(`helm: { repositories: [{ name: a, url: '${value}' }] }`),
      mirrorOf(`blockedImages: [{ name: '${value}' }, { name: '${value}(' }]`),
      withImage(`apiversion: '${value}'`),
      withImage(`archiveSize: '${value}'`),
      `kind: '${value}'\n`,
      mirrorOf(`'${value}': 1`),
    ];
    for (const text of places) {
      const { findings } = parseImageSet(text, file);
      expect(findings.map(renderExplanation).join('\n')).not.toContain('hunter2');
      expect(findings.length).toBeGreaterThan(0);
    }
    expect(codesIn(places[0] as string)).toEqual(['SEQ0102 4:30']);
  });

  it('are not shown if the YAML around them is broken', () => {
    const { findings } = parseImageSet(`a: [https://user:hunter2@host\nb: "`, file);
    expect(findings.map(renderExplanation).join('\n')).not.toContain('hunter2');
  });

  it.each([
    `quay.io/a/b:1@sha256:${'ab'.repeat(32)}`,
    `docker://quay.io/a@sha256:${'ab'.repeat(32)}`,
    `quay.io/a:1@sha256:${'ab'.repeat(32)}`,
  ])('are not found in %s', (name) => {
    expect(codesIn(mirrorOf(`additionalImages: [{ name: '${name}' }]`))).toEqual([]);
  });
});

function refusalOf(text: string): Parameters<typeof renderExplanation>[0] {
  try {
    requireImageSet(text, file);
  } catch (error) {
    if (isSeqmirrorError(error)) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('requireImageSet', () => {
  it('throws the first error, with the others behind it, each with its own advice', () => {
    const text = mirrorOf('additionalImages:\n- name: quay.io/a/b\n- name: quay.io/A/c:1\n- name: busybox:1');
    let thrown: unknown;
    try {
      requireImageSet(text, file);
    } catch (error) {
      thrown = error;
    }
    expect(renderExplanation(thrown as Parameters<typeof renderExplanation>[0])).toMatchInlineSnapshot(`
      "SEQ0115 isc.yaml:5:11: \`quay.io/a/b\` has no tag and no digest
        Why:   oc-mirror 4.22 and later fail because of this. Earlier versions skip the image without a message
        Next:  Add a tag, or better a digest
        SEQ0115 isc.yaml:6:11: \`quay.io/A/c:1\` cannot be mirrored: its repository has capital letters
          Next:  Write the image as registry.example/team/app:1.0, or with @sha256:… in place of the tag"
    `);
  });

  it('ignores warnings', () => {
    expect(
      requireImageSet(mirrorOf('additionalImages:\n- name: busybox:1'), file).config.mirror.additionalImages,
    ).toHaveLength(1);
  });
});
