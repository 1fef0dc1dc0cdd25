import fc from 'fast-check';
import { digestOf, manifestText, manifestType } from '../registry/scripted-registry.fixture';
import { manifestByteLimit, parseManifest, refsOf } from './manifest';

const layer = (extra: object = {}) => ({
  mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
  digest: digestOf('layer'),
  size: 5,
  ...extra,
});
const config = { mediaType: 'application/vnd.oci.image.config.v1+json', digest: digestOf('{}'), size: 2 };
const indexType = 'application/vnd.oci.image.index.v1+json';
const image = (extra: object = {}) => ({
  schemaVersion: 2,
  mediaType: manifestType,
  config,
  layers: [layer()],
  ...extra,
});
const index = (extra: object = {}) => ({
  schemaVersion: 2,
  mediaType: indexType,
  manifests: [{ ...layer(), mediaType: manifestType }],
  ...extra,
});
const read = (document: unknown, mediaType?: string) => parseManifest(Buffer.from(JSON.stringify(document)), mediaType);

describe('parseManifest', () => {
  it('keeps the bytes and their digest', () => {
    const text = manifestText(['a', 'b']);
    const manifest = parseManifest(Buffer.from(text), undefined);
    expect(manifest).toMatchObject({
      kind: 'image',
      digest: digestOf(text),
      bytes: text.length,
      mediaType: manifestType,
    });
    expect(refsOf(manifest)).toEqual([digestOf('{}'), digestOf('a'), digestOf('b')]);
  });

  it.each([
    ['an OCI image', image(), undefined, 'image'],
    ['an OCI image without a media type, by the registry’s', image({ mediaType: undefined }), manifestType, 'image'],
    ['an OCI image without any media type, by its shape', image({ mediaType: undefined }), 'text/plain', 'image'],
    [
      'a Docker image',
      image({ mediaType: 'application/vnd.docker.distribution.manifest.v2+json' }),
      undefined,
      'image',
    ],
    ['an index', index(), undefined, 'index'],
    [
      'a Docker list',
      index({ mediaType: 'application/vnd.docker.distribution.manifest.list.v2+json' }),
      undefined,
      'index',
    ],
    ['an index without children', index({ manifests: null }), undefined, 'index'],
    ['what it states over what the registry says', index(), manifestType, 'index'],
    ['an artifact with a subject', image({ artifactType: 'a/b', subject: layer() }), undefined, 'image'],
  ])('reads %s', (_, document, mediaType, kind) => {
    expect(read(document, mediaType).kind).toBe(kind);
  });

  it('reads the platforms of children', () => {
    const child = {
      ...layer(),
      mediaType: manifestType,
      platform: { os: 'linux', architecture: 'arm', variant: 'v7', 'os.version': '1' },
    };
    const manifest = read(index({ manifests: [child] }));
    expect(manifest.kind === 'index' && manifest.manifests[0]?.platform).toEqual({
      os: 'linux',
      architecture: 'arm',
      variant: 'v7',
    });
  });

  it.each([
    ['urls', { urls: ['https://elsewhere.example/layer'] }],
    ['a foreign media type', { mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip' }],
    ['a non-distributable one', { mediaType: 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip' }],
  ])('marks layers that registries need not have: %s', (_, extra) => {
    const manifest = read(image({ layers: [layer(extra), layer()] }));
    expect(manifest.kind === 'image' && manifest.layers.map(({ foreign }) => foreign)).toEqual([true, undefined]);
  });

  it.each([
    ['schema 1, by name', { schemaVersion: 1, fsLayers: [] }, /Docker schema 1/],
    ['what is both image and index', image({ manifests: [] }), /an image manifest has no "manifests"/],
    ['an index with layers', index({ layers: [] }), /an index has no "layers"/],
    [
      'another media type',
      { schemaVersion: 2, mediaType: 'a/b' },
      /a\/b, which is not the type of an image or an index/,
    ],
    [
      'another digest algorithm',
      image({ config: { ...config, digest: `sha512:${'0'.repeat(128)}` } }),
      /config\.digest/,
    ],
    ['a negative size', image({ layers: [layer({ size: -1 })] }), /layers\.0\.size/],
    ['a size beyond exact numbers', image({ layers: [layer({ size: 2 ** 60 })] }), /layers\.0\.size/],
    ['an array', [], /not a JSON object/],
    ['nothing at all', {}, /not given/],
  ])('refuses %s', (_, document, words) => {
    expect(() => read(document)).toThrow(
      expect.objectContaining({ code: 'SEQ0510', what: expect.stringMatching(words) }),
    );
  });

  // Go's encoding/json, and so oc-mirror and every registry, takes the last of keys that differ only in case.
  it.each([
    ['Layers beside layers', `{"schemaVersion":2,"config":${JSON.stringify(config)},"layers":[],"Layers":[]}`],
    ['a digest twice', JSON.stringify(image()).replace('"digest"', `"digest":"${digestOf('other')}","digest"`)],
    ['Digest beside digest', JSON.stringify(image()).replace('"digest"', `"Digest":"${digestOf('other')}","digest"`)],
    ['a size with an exponent', JSON.stringify(image()).replace('"size":2', '"size":2e0')],
    [
      'more than 64 levels',
      JSON.stringify(image({ x: '' })).replace('"x":""', `"x":${'['.repeat(99)}${']'.repeat(99)}`),
    ],
  ])('refuses %s, which programs read differently', (_, text) => {
    expect(() => parseManifest(Buffer.from(text), undefined)).toThrow(expect.objectContaining({ code: 'SEQ0510' }));
  });

  it('accepts keys that differ only in case, as Go does, and says which', () => {
    const text = JSON.stringify(image()).replace('"layers"', '"Layers"').replace('"digest"', '"DIGEST"');
    const manifest = parseManifest(Buffer.from(text), undefined);
    expect(manifest).toMatchObject({ kind: 'image', oddKeys: ['DIGEST', 'Layers'] });
    expect(refsOf(manifest)).toEqual([digestOf('{}'), digestOf('layer')]);
    expect(read(image())).not.toHaveProperty('oddKeys');
  });

  it.each<[string, unknown, 'image' | 'index']>([
    ['an empty platform', index({ manifests: [{ ...layer(), mediaType: manifestType, platform: {} }] }), 'index'],
    [
      'a platform without os',
      index({ manifests: [{ ...layer(), mediaType: manifestType, platform: { architecture: 'arm64' } }] }),
      'index',
    ],
    [
      'null for all that may be absent of a descriptor',
      image({ layers: [layer({ urls: null, platform: null, annotations: null, artifactType: null })] }),
      'image',
    ],
    ['null in annotations', image({ layers: [layer({ annotations: { a: null } })] }), 'image'],
    [
      'null for all that may be absent of an image',
      image({ artifactType: null, subject: null, manifests: null }),
      'image',
    ],
    ['null for all that may be absent of an index', index({ artifactType: null, layers: null, config: null }), 'index'],
    ['null for the media type', image({ mediaType: null }), 'image'],
  ])('accepts %s, as Go does', (_, document, kind) => {
    expect(read(document).kind).toBe(kind);
  });

  it('refuses more than 4 MiB, and text that is not UTF-8', () => {
    expect(() => parseManifest(Buffer.alloc(manifestByteLimit + 1), undefined)).toThrow(/4194304/);
    expect(() => parseManifest(Buffer.from([0x7b, 0xff, 0x7d]), undefined)).toThrow(/UTF-8/);
  });

  it('never fails with an error of another kind', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(manifestType, indexType, undefined), (text, mediaType) => {
        try {
          parseManifest(Buffer.from(text), mediaType);
        } catch (error) {
          expect(error).toMatchObject({ code: 'SEQ0510' });
        }
      }),
    );
  });
});
