import * as fc from 'fast-check';
import type { Bundle } from './bundles';
import { bundlesIn } from './bundles';
import { catalogLimits } from './fbc/fbc';

const file = 'working-dir/catalog.json';

async function read(text: string | Uint8Array, { pieceBytes = 7, limits = catalogLimits } = {}): Promise<Bundle[]> {
  const bytes = Buffer.from(text);
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) pieces.push(bytes.subarray(at, at + pieceBytes));
  const bundles: Bundle[] = [];
  for await (const bundle of bundlesIn(pieces, { file, limits })) bundles.push(bundle);
  return bundles;
}

const bundle = {
  schema: 'olm.bundle',
  package: 'cluster-logging',
  name: 'cluster-logging.v6.2.1',
  image: 'registry.redhat.io/openshift-logging/bundle@sha256:aa',
  relatedImages: [{ name: 'operator', image: 'registry.redhat.io/openshift-logging/operator@sha256:bb' }],
};

describe('bundlesIn', () => {
  it('finds the bundles among documents of other schemas, without a comma or a line end between them', async () => {
    const documents = [{ schema: 'olm.package', name: 'cluster-logging' }, bundle, { schema: 'olm.channel' }];
    const { package: packageName, name, image, relatedImages } = bundle;
    const expected = { package: packageName, name, image, relatedImages };
    expect(await read(documents.map((document) => JSON.stringify(document)).join(''))).toEqual([expected]);
    expect(await read(documents.map((document) => JSON.stringify(document, null, 4)).join('\n\n'))).toEqual([expected]);
  });

  it('ignores related images without an image', async () => {
    const relatedImages = [{ name: 'a', image: '' }, { name: 'b' }, { image: 'quay.io/a/b@sha256:cc' }];
    const [found] = await read(JSON.stringify({ ...bundle, relatedImages }));
    expect(found?.relatedImages).toEqual([{ name: '', image: 'quay.io/a/b@sha256:cc' }]);
  });

  it('finds those whose keys are in other capitals, as oc-mirror does', async () => {
    const text = JSON.stringify(bundle)
      .replace('"schema"', '"SCHEMA"')
      .replace('"relatedImages":[{"name"', '"RelatedImages":[{"NAME"');
    const { package: packageName, name, image, relatedImages } = bundle;
    expect(await read(text)).toEqual([{ package: packageName, name, image, relatedImages }]);
  });

  it('takes the last value of a key, as oc-mirror does', async () => {
    const text = JSON.stringify(bundle)
      .replace('{', '{"image":"quay.io/planted@sha256:00","schema":"x",')
      .replace('[{', '[{"image":"x",');
    expect(await read(text)).toEqual([
      expect.objectContaining({ image: bundle.image, relatedImages: bundle.relatedImages }),
    ]);
  });

  it('refuses a key in two spellings, which oc-mirror does not read either', async () => {
    const text = JSON.stringify(bundle).replace('{', '{"Image":"quay.io/planted@sha256:00",');
    await expect(read(text)).rejects.toMatchObject({
      code: 'SEQ0247',
      why: expect.stringContaining('twice, in different capitals'),
    });
  });

  it('takes an empty text for an empty catalog', async () => {
    expect(await read(' \r\n\t')).toEqual([]);
  });

  it('reads the same however the text is cut into pieces, whatever its strings hold', async () => {
    const bundles = fc.array(
      fc.record({
        package: fc.string({ unit: 'grapheme', maxLength: 20 }),
        name: fc.constantFrom('}{', '"', '\\', '\\"{', 'ü{', 'plain'),
        image: fc.string({ unit: 'binary', maxLength: 20 }),
        relatedImages: fc.array(fc.record({ name: fc.string(), image: fc.string({ minLength: 1, maxLength: 9 }) })),
      }),
    );
    await fc.assert(
      fc.asyncProperty(bundles, fc.integer({ min: 1, max: 200 }), async (expected, pieceBytes) => {
        const text = expected.map((some) => JSON.stringify({ schema: 'olm.bundle', ...some })).join('');
        expect(await read(text, { pieceBytes })).toEqual(expected);
      }),
    );
  });

  it.each([
    { name: 'a list of documents', text: `[${JSON.stringify(bundle)}]`, why: 'text that is not a JSON document' },
    { name: 'YAML', text: 'schema: olm.bundle\n', why: 'text that is not a JSON document' },
    {
      name: 'a text that ends early',
      text: JSON.stringify(bundle).slice(0, -1),
      why: 'ends in the middle of a JSON document',
    },
    { name: 'brackets of two kinds that close each other', text: '{"a":[}]', why: 'not JSON' },
    { name: 'text that is not UTF-8', text: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), why: 'not JSON' },
    {
      name: 'a bundle without an image',
      text: '{"schema":"olm.bundle","package":"a","name":"b"}',
      why: 'has no package, name or image',
    },
    { name: 'endless depth', text: '{"a":'.repeat(100_000), why: 'levels of nesting' },
    { name: 'endless arrays', text: `{"a":${'['.repeat(100_000)}`, why: 'levels of nesting' },
  ])('refuses $name', async ({ text, why }) => {
    await expect(read(text, { pieceBytes: 4096 })).rejects.toMatchObject({
      code: 'SEQ0247',
      why: expect.stringContaining(why),
    });
  });

  it.each([1, 10, 1000])('holds no more of a document than its limit, in pieces of %i', async (pieceBytes) => {
    const limits = { ...catalogLimits, documentBytes: 100 };
    await expect(read(`{"a":"${'x'.repeat(200)}"}`, { pieceBytes, limits })).rejects.toThrow('SEQ0247');
    await expect(read(`{"a":"${'x'.repeat(50)}"}`.repeat(9), { pieceBytes, limits })).resolves.toEqual([]);
  });

  it('reads no more of a catalog than its limit', async () => {
    const limits = { ...catalogLimits, bytes: 100 };
    await expect(read('{}'.repeat(60), { limits })).rejects.toMatchObject({
      why: expect.stringContaining('100 bytes'),
    });
  });

  it('neither hangs nor throws any other error for random bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        await read(bytes).catch((error) => expect(error).toMatchObject({ code: 'SEQ0247' }));
      }),
    );
  });
});
