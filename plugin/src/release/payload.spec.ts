import { createHash } from 'node:crypto';
import { layerOf } from '../../../testing/lab/openshift/image';
import { describeWithData, sharedFiles } from '../../../testing/shared-data';
import { digestFromHex } from '../oci/digest';
import { bootArchitecturesOf, bootImagesPath, kubeVirtImages } from './boot-images';
import { readPayload } from './payload';

const { signal } = new AbortController();
const image = 'quay.io/openshift-release-dev/ocp-release:4.19.2-x86_64';
const etcd = 'quay.io/openshift-release-dev/ocp-v4.0-art-dev@sha256:aa';
const references = 'release-manifests/image-references';
const list = (from: object = { name: etcd }) =>
  JSON.stringify({ kind: 'ImageStream', spec: { tags: [{ name: 'etcd', from }] } });

function layers(...files: Record<string, string | Buffer>[]) {
  return files.map((each) => {
    const { bytes } = layerOf(each).content;
    const digest = digestFromHex(createHash('sha256').update(bytes).digest('hex'));
    return {
      digest,
      open: async function* () {
        yield bytes;
      },
    };
  });
}

describe('readPayload', () => {
  it('finds components and version, and keeps what disk-to-mirror reads', async () => {
    const metadata = JSON.stringify({ kind: 'cincinnati-metadata-v0', version: '4.19.2', previous: ['4.19.1'] });
    const payload = await readPayload(
      layers({ 'usr/bin/oc': 'x' }, { [references]: list(), 'release-manifests/release-metadata': metadata }),
      { image, signal },
    );
    expect(payload.components).toEqual([{ name: 'etcd', from: etcd }]);
    expect(payload.version).toBe('4.19.2');
    expect([...payload.files.keys()]).toEqual([references]);
  });

  it('says which image is not a release', async () => {
    await expect(readPayload(layers({ 'etc/os-release': 'x' }), { image, signal })).rejects.toMatchObject({
      code: 'SEQ0424',
      what: `${image} has no release-manifests/image-references`,
    });
  });

  it.each([
    { name: 'a list that two programs read differently', text: '{"kind":"ImageStream","spec":{"tags":[]},"Spec":{}}' },
    { name: 'a list that is cut', text: list().slice(0, 50) },
    { name: 'another kind of list', text: '{"kind":"List"}' },
  ])('refuses $name', async ({ text }) => {
    await expect(readPayload(layers({ [references]: text }), { image, signal })).rejects.toThrow('SEQ0424');
  });

  it('says that a release has no image for virtual machines', async () => {
    const asked = { image, kubeVirt: ['x86_64'], signal } as const;
    await expect(readPayload(layers({ [references]: list() }), asked)).rejects.toMatchObject({
      what: `${image} names no KubeVirt container image for x86_64`,
      why: expect.stringContaining('The payload has no release-manifests/0000_50'),
    });
  });
});

describe('bootArchitecturesOf', () => {
  it.each([
    [{}, ['x86_64']],
    [{ architectures: ['s390x', 'amd64'] }, ['s390x', 'x86_64']],
    [{ architectures: ['arm64'] }, ['x86_64']],
    [{ architectures: ['multi'] }, ['x86_64', 's390x']],
    [{ platforms: [{ architecture: 's390x' }, { architecture: 'arm64' }] }, ['s390x']],
    [{ platforms: [{ architecture: 'arm64' }], architectures: ['s390x'] }, ['x86_64', 's390x']],
  ])('takes %j for %j', (content, expected) => {
    expect(bootArchitecturesOf(content)).toEqual(expected);
  });
});

describeWithData(['release'], 'files of real releases', ([folder = '']) => {
  const named = (part: string) => sharedFiles(folder).filter(({ name }) => name.includes(part));

  it.each(named('image-references'))('$name has components', async ({ read, name }) => {
    const { components } = await readPayload(layers({ [references]: read() }), { image, signal });
    const tags = (JSON.parse(read().toString('utf8')) as { spec?: { tags: { name: string }[] } }).spec?.tags ?? [];
    expect(components.map((component) => component.name)).toEqual(tags.map((tag) => tag.name));
    if (name.startsWith('hypershift')) expect(components.length).toBeGreaterThan(100);
  });

  it.each(named('release-metadata'))('$name has a version', async ({ read }) => {
    const both = { [references]: list(), 'release-manifests/release-metadata': read() };
    const { version } = await readPayload(layers(both), { image, signal });
    expect(version).toBe((JSON.parse(read().toString('utf8')) as { version: string }).version);
  });

  it.each(named('bootimages'))('$name names its KubeVirt images, or none', async ({ read }) => {
    const text = read().toString('utf8');
    const images = kubeVirtImages(text, ['x86_64', 's390x']);
    // Releases of 5.0 have `streams` beside it, which oc-mirror does not read.
    const stream = text.replace(/^ {2}streams: [^]*/m, '');
    const there = [...stream.matchAll(/"digest-ref": "([^"]*)"/g)].map(([, from]) => from);
    expect(images?.map(({ from }) => from)).toEqual(there);
    const asked = { image, kubeVirt: ['x86_64'], signal } as const;
    const payload = readPayload(layers({ [references]: list(), [bootImagesPath]: text }), asked);
    if (there.length === 0) await expect(payload).rejects.toThrow('SEQ0424');
    else expect((await payload).components.at(-1)).toEqual({ name: 'kube-virt-container', from: there[0] });
  });
});
