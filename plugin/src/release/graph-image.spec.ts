import { gunzipSync, gzipSync } from 'node:zlib';
import { layerOf } from '../../../testing/lab/openshift/image';
import { filesInLayers } from '../archive/layer/layer';
import type { ExtendedImage, OriginalImage } from '../archive/made-image/made-image';
import { parseManifest } from '../oci/manifest';
import { graphImage } from './graph-image';

const { signal } = new AbortController();
const from = 'api.openshift.com/api/upgrades_info/graph-data';
const files = {
  'channels/stable-4.19.yaml': 'name: stable-4.19\n',
  'blocked-edges/4.1.1.yaml': 'to: 4.1.1\n',
  version: '1.2.0',
};
const dataOf = (entries: Record<string, string>) => layerOf(entries).content.bytes;
const digest = `sha256:${'b'.repeat(64)}`;

function base(architecture: string, type = 'application/vnd.oci.image.manifest.v1+json'): OriginalImage {
  const part = { mediaType: 'x', digest, size: 7 };
  const content = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: type, config: part, layers: [part] }));
  const manifest = parseManifest(content, type);
  if (manifest.kind !== 'image') throw new Error('no image');
  const config = {
    architecture,
    os: 'linux',
    config: { Cmd: ['/bin/bash'], Env: ['a=b'] },
    rootfs: { diff_ids: ['x'] },
  };
  return { manifest, config, platform: { os: 'linux', architecture } };
}

async function contentOf({ content }: ExtendedImage, of: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of content.get(of as never)?.pieces() ?? []) parts.push(part);
  return Buffer.concat(parts);
}

describe('graphImage', () => {
  it('has the data in a layer above each architecture of the base, and copies it when it is started', async () => {
    const image = await graphImage([base('amd64'), base('arm64')], { data: dataOf(files), from, signal });
    const index = JSON.parse((await contentOf(image, image.root.digest)).toString()) as {
      manifests: { platform: unknown }[];
    };
    expect(index.manifests.map(({ platform }) => platform)).toEqual([
      { os: 'linux', architecture: 'amd64' },
      { os: 'linux', architecture: 'arm64' },
    ]);
    const [amd] = image.root.children;
    const [config, original, layer] = amd?.parts ?? [];
    expect(original?.digest).toBe(digest);
    expect(JSON.parse((await contentOf(image, config?.digest ?? '')).toString())).toMatchObject({
      config: {
        Cmd: ['/bin/bash', '-c', 'exec cp -rp /var/lib/cincinnati-graph-data/* /var/lib/cincinnati/graph-data'],
        Env: ['a=b'],
      },
      rootfs: { diff_ids: ['x', expect.stringMatching(/^sha256:/)] },
    });
    const found: Record<string, string> = {};
    const packed = await contentOf(image, layer?.digest ?? '');
    const layers = [
      {
        digest: layer?.digest as never,
        open: async function* () {
          yield packed;
        },
      },
    ];
    for await (const { path, pieces } of filesInLayers(layers, { image: 'i', folder: 'var/lib', signal })) {
      const parts: Buffer[] = [];
      for await (const part of pieces()) parts.push(part);
      found[path.replace('var/lib/cincinnati-graph-data/', '')] = Buffer.concat(parts).toString();
    }
    expect(found).toEqual(files);
    expect(layer?.bytes).toBe(packed.length);
  });

  it('is the same for the same data, whatever the order and packing', async () => {
    const other = gzipSync(gunzipSync(dataOf(Object.fromEntries(Object.entries(files).reverse()))), { level: 9 });
    const [one, two] = await Promise.all(
      [dataOf(files), other].map((data) => graphImage([base('amd64')], { data, from, signal })),
    );
    expect(one?.root.digest).toBe(two?.root.digest);
  });

  it('has Docker’s format if its base has', async () => {
    const docker = base('amd64', 'application/vnd.docker.distribution.manifest.v2+json');
    const { root } = await graphImage([docker], { data: dataOf(files), from, signal });
    expect(root.mediaType).toBe('application/vnd.docker.distribution.manifest.list.v2+json');
  });

  it.each([
    { name: 'a page', data: Buffer.from('<html>'), code: 'SEQ0340' },
    { name: 'nothing', data: Buffer.alloc(0), code: 'SEQ0424' },
    { name: 'another archive', data: dataOf({ 'README.md': 'x' }), code: 'SEQ0424' },
    { name: 'names that lead out', data: dataOf({ '../../etc/passwd': 'x' }), code: 'SEQ0340' },
  ])('is not made from $name', async ({ data, code }) => {
    await expect(graphImage([base('amd64')], { data, from, signal })).rejects.toThrow(code);
  });
});
