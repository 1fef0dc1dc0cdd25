import { componentsIn } from './image-references';

const file = 'working-dir/hold-release/ocp-release/4.19.2-x86_64/release-manifests/image-references';
const etcd = 'quay.io/openshift-release-dev/ocp-v4.0-art-dev@sha256:aa';

function imageStream(tags: unknown): string {
  return JSON.stringify({ kind: 'ImageStream', apiVersion: 'image.openshift.io/v1', spec: { tags } });
}

describe('componentsIn', () => {
  it('names the components with their images, in order', () => {
    const tags = [
      {
        name: 'etcd',
        annotations: { 'io.openshift.build.source-location': '' },
        from: { kind: 'DockerImage', name: etcd },
      },
      { name: 'console', from: { kind: 'DockerImage', name: etcd } },
    ];
    expect(componentsIn(imageStream(tags), { file })).toEqual([
      { name: 'etcd', from: etcd },
      { name: 'console', from: etcd },
    ]);
  });

  it('ignores tags that name no image', () => {
    expect(componentsIn(imageStream([{ name: 'a' }, { name: 'b', from: null }]), { file })).toEqual([]);
  });

  it.each([
    { name: 'text that is not JSON', text: '{' },
    { name: 'another kind', text: JSON.stringify({ kind: 'List', spec: { tags: [] } }) },
    { name: 'a component without a name', text: imageStream([{ from: { name: etcd } }]) },
    { name: 'a name that is not text', text: imageStream([{ name: 1, from: { name: etcd } }]) },
    { name: 'a name of a megabyte', text: imageStream([{ name: 'x'.repeat(2 ** 20), from: { name: etcd } }]) },
    { name: 'more components than releases have', text: imageStream(Array(10_001).fill({ name: 'a' })) },
    { name: 'endless depth', text: '['.repeat(1_000_000) },
    { name: 'more characters than any has', text: ' '.repeat(16 * 1024 ** 2 + 1) },
  ])('refuses $name', ({ text }) => {
    expect(() => componentsIn(text, { file })).toThrow('SEQ0248');
  });
});
