import { resourceChanges } from './resource-changes';

const object = (kind: string, name: string, more = '') =>
  `apiVersion: v1\nkind: ${kind}\nmetadata:\n  name: ${name}\n  namespace: openshift-marketplace\n${more}`;
const idms = (mirror: string) => `kind: ImageDigestMirrorSet\nmetadata:\n  name: ${mirror}\n`;

describe('resourceChanges', () => {
  it('compares object by object, in the order in which they are applied', () => {
    const before = new Map([
      ['cs-old.yaml', object('CatalogSource', 'cs-old')],
      ['cs-index.yaml', object('CatalogSource', 'cs-index', 'spec: { image: a }\n')],
      ['idms-oc-mirror.yaml', `${idms('one')}---\n${idms('two')}`],
      ['signature-configmap.json', '{}'],
    ]);
    const now = new Map([
      ['cs-index.yaml', object('CatalogSource', 'cs-index', 'spec: { image: b }\n')],
      ['idms-oc-mirror.yaml', `---\n${idms('two')}---\n${idms('three')}`],
      ['signature-configmap.json', '{"data":1}'],
    ]);
    expect(resourceChanges(now, before).map(({ change, kind, name }) => `${change} ${kind} ${name}`)).toEqual([
      'same ImageDigestMirrorSet two',
      'new ImageDigestMirrorSet three',
      'changed CatalogSource cs-index',
      'gone ImageDigestMirrorSet one',
      'gone CatalogSource cs-old',
    ]);
    expect(resourceChanges(now, before).at(-1)).toMatchObject({
      file: 'cs-old.yaml',
      namespace: 'openshift-marketplace',
    });
  });
});
