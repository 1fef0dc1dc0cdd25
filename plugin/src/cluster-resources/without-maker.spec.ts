import { withoutMaker } from './without-maker';

const made = `  annotations:
    createdAt: "2026-11-24T16:00:00Z"
    createdBy: oc-mirror v2
    oc-mirror_version: v0.0.0-unknown
`;

it('removes maker and date of a file, and leaves everything else', () => {
  const set = (annotations: string) => `---
apiVersion: config.openshift.io/v1
kind: ImageTagMirrorSet
metadata:
${annotations}  name: itms-generic-0
spec:
  imageTagMirrors:
  - mirrors:
    - registry.example/ubi9
    source: registry.redhat.io/ubi9
`;
  const files = new Map([['itms-oc-mirror.yaml', set(made) + set(made)]]);
  expect(withoutMaker(files).get('itms-oc-mirror.yaml')).toBe(set('') + set(''));
});

it('keeps annotations that come from a template', () => {
  const text = `kind: CatalogSource\nmetadata:\n${made}    mine: kept\n  name: cs-ours\n`;
  expect(withoutMaker(new Map([['cs-ours.yaml', text]])).get('cs-ours.yaml')).toBe(
    'kind: CatalogSource\nmetadata:\n  annotations:\n    mine: kept\n  name: cs-ours\n',
  );
});

it('removes an empty status, and leaves any other', () => {
  const text = (status: string) => `kind: CatalogSource\nmetadata:\n  name: cs-ours\nspec:\n  image: a${status}\n`;
  expect(withoutMaker(new Map([['cs.yaml', text('\nstatus: {}')]])).get('cs.yaml')).toBe(text(''));
  const real = text('\nstatus:\n  ready: true');
  expect(withoutMaker(new Map([['cs.yaml', real]])).get('cs.yaml')).toBe(real);
});

it.each([
  '{"kind":',
  '{"metadata":3}',
  '[]',
  '{"metadata":{"name":"a","Name":"b"}}',
  '{"kind":1,"kind":2,"metadata":{}}',
])('leaves %s as it is, broken or read differently by others', (text) => {
  expect(withoutMaker(new Map([['x.json', text]])).get('x.json')).toBe(text);
});

it('does the same in JSON', () => {
  const text = '{"kind":"ConfigMap","metadata":{"name":"a","annotations":{"createdBy":"oc-mirror v2"}}}';
  expect(withoutMaker(new Map([['x.json', text]])).get('x.json')).toBe('{"kind":"ConfigMap","metadata":{"name":"a"}}');
});
