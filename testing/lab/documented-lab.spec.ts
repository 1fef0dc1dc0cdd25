import type { DocumentedLab } from './documented-lab';
import { startDocumentedLab } from './documented-lab';

jest.setTimeout(60_000);

describe('the upstream of the documented run', () => {
  let lab: DocumentedLab;
  beforeAll(async () => {
    lab = await startDocumentedLab();
  });
  afterAll(() => lab?.stop());

  const nodes = async (): Promise<{ version: string; payload: string }[]> => {
    const graph = await fetch(`${lab.env()['UPDATE_URL_OVERRIDE']}?arch=amd64&channel=stable-4.19`);
    return ((await graph.json()) as { nodes: { version: string; payload: string }[] }).nodes;
  };

  it('has a release in its channel, with a signature, and then its update', async () => {
    const [first, ...others] = await nodes();
    expect(others).toEqual([]);
    expect(first?.version).toBe('4.19.2');
    const digest = first?.payload.split('@')[1] ?? '';
    expect(await lab.digestOf('quay.io/openshift-release-dev/ocp-release:4.19.2-x86_64')).toBe(digest);
    const signature = await fetch(`${lab.env()['OCP_SIGNATURE_URL']}${digest.replace(':', '=')}/signature-1`);
    expect((await signature.arrayBuffer()).byteLength).toBeGreaterThan(100);

    await lab.publishUpdate();
    expect((await nodes()).map(({ version }) => version)).toEqual(['4.19.2', '4.19.3']);
    const component = (version: string, name: string): Promise<string> =>
      lab.digestOf(`quay.io/openshift-release-dev/ocp-v4.0-art-dev:${version}-x86_64-${name}`);
    expect(await component('4.19.3', 'coredns')).toBe(await component('4.19.2', 'coredns'));
    expect(await component('4.19.3', 'etcd')).not.toBe(await component('4.19.2', 'etcd'));
  });

  it('has a catalog whose tag moves', async () => {
    const reference = 'registry.redhat.io/redhat/redhat-operator-index:v4.19';
    const before = await lab.digestOf(reference);
    lab.moveCatalog();
    expect(await lab.digestOf(reference)).not.toBe(before);
  });
});
