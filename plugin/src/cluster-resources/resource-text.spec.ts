import { parseAllDocuments } from 'yaml';
import { objectsIn, resourceText } from './resource-text';

const byLibrary = (text: string): unknown[] => parseAllDocuments(text).map((each) => each.toJS() as unknown);

describe('objectsIn', () => {
  it('reads each object of a text as the library does, plain or not', () => {
    const set = {
      apiVersion: 'config.openshift.io/v1',
      kind: 'ImageTagMirrorSet',
      metadata: { name: 'itms-generic-0' },
      spec: { imageTagMirrors: [{ mirrors: ['registry.example:5000/a', '1e5'], source: 'quay.io/a' }] },
    };
    const signature = {
      kind: 'ConfigMap',
      metadata: { name: 'on', annotations: { 'argocd.argoproj.io/sync-wave': '0' } },
      binaryData: { 'sha256-ab-1': 'c2lnbmVk', text: 'two\nlines\n---\n' },
    };
    for (const objects of [[set], [signature], [set, signature, set]]) {
      const text = objects.map((object) => `---\n${resourceText(object)}`).join('');
      expect(objectsIn(text)).toEqual(objects);
      expect(objectsIn(text)).toEqual(byLibrary(text));
    }
  });

  it.each([
    ['no document', ''],
    ['documents with other marks', '--- # first\na: 1\n--- \nb: yes\n...\n---\r\nc: 0x1f\n'],
    ['a document without an end', 'kind: A\n---\nkind: B'],
    ['a list', '- a\n- b\n'],
    ['a text with three hyphens in it', 'a: |\n  ---\n  b\n---\nc: ---\n'],
  ])('reads %s as the library does', (_, text) => {
    expect(objectsIn(text)).toEqual(byLibrary(text));
  });
});
