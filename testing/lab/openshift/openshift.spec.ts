import type { DebianRegistry } from '../debian-registry';
import { startDebianRegistry } from '../debian-registry';
import { describeWith } from '../requirements';
import type { OpenShiftLab } from './openshift';
import { startOpenShiftLab } from './openshift';

describeWith(['docker-registry'], 'the OpenShift upstream', () => {
  let registry: DebianRegistry;
  let lab: OpenShiftLab;

  beforeAll(async () => {
    registry = await startDebianRegistry();
    lab = await startOpenShiftLab({ registry: registry.host, layerBytes: 1024 });
  });
  afterAll(async () => {
    await lab?.close();
    await registry?.stop();
  });

  const digestOf = async (place: string): Promise<string | null> => {
    const [repository, tag] = place.split(':');
    const response = await fetch(`${registry.url}/v2/${repository}/manifests/${tag}`, {
      headers: { accept: 'application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json' },
    });
    await response.body?.cancel();
    return response.headers.get('docker-content-digest');
  };

  it('serves a release with its update graph, its signature, and the image it names', async () => {
    const release = await lab.publishRelease('4.99.0', { etcd: 1 });
    const graph = await fetch(`${lab.env['UPDATE_URL_OVERRIDE']}?arch=amd64&channel=stable-4.99`);
    expect(await graph.json()).toEqual({
      nodes: [
        {
          version: '4.99.0',
          payload: `quay.io/openshift-release-dev/ocp-release@${release.digest}`,
          metadata: {},
        },
      ],
      edges: [],
    });
    const signature = await fetch(`${lab.env['OCP_SIGNATURE_URL']}${release.digest.replace(':', '=')}/signature-1`);
    expect((await signature.arrayBuffer()).byteLength).toBeGreaterThan(100);
    expect(await digestOf('openshift-release-dev/ocp-release:4.99.0-x86_64')).toBe(release.digest);
  });

  it('moves the tag of a catalog that changes, and only then', async () => {
    const first = await lab.publishCatalog({ 'web-terminal': ['1.0.0'] });
    expect(await lab.publishCatalog({ 'web-terminal': ['1.0.0'] })).toBe(first);
    const second = await lab.publishCatalog({ 'web-terminal': ['1.0.0', '1.1.0'] });
    expect(second).not.toBe(first);
    expect(await digestOf('redhat/redhat-operator-index:v4.99')).toBe(second);
  });
});
