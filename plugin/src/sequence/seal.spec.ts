import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { parse } from 'yaml';
import { digestOf } from '../../../testing/images/small-image';
import { aChain } from '../../../testing/worlds/chain';
import type { Json } from '../system/canonical-json';
import { canonicalJson } from '../system/canonical-json';
import type { Inventory } from './inventory';
import { decodeInventory, encodeInventory } from './inventory';
import { parseSequenceMetadata, renderSequenceMetadata } from './metadata';
import type { SealedContent } from './seal';
import { Seal, sealOf, shortSeal } from './seal';

type Config = { readonly mirror: { readonly additionalImages: readonly Json[] } };

const contentOf = (seed: number): Omit<SealedContent, 'config'> & { config: Config } => {
  const { sequences } = aChain({ seed }).baseline('ubi9').differential('logging', { adds: 2, updates: 1 }).build();
  const { files, inventory, metadata } = sequences[1]!;
  return {
    number: 2,
    previous: sequences[0]!.seal,
    config: parse(files['imageset-config.yaml']!) as Config,
    pinned: parse(files['imageset-config.pinned.yaml']!) as Json,
    ...inventory,
    provenance: metadata.provenance,
  };
};
const content = contentOf(1);
const provenance = content.provenance as { readonly [key: string]: Json };
const seal = sealOf(content);

describe('sealOf', () => {
  it('computes the seals of earlier releases', () => {
    const digest = digestOf('a');
    const image = {
      record: 'image',
      kind: 'additional',
      source: 'quay.io/a/b:1',
      digest,
      repository: 'a/b',
      tag: '1',
    } as const;
    expect(
      sealOf({
        number: 1,
        previous: null,
        config: { kind: 'ImageSetConfiguration', mirror: { additionalImages: [{ name: 'quay.io/a/b:1' }] } },
        pinned: {},
        images: [{ ...image, change: 'added' }],
        blobs: [{ digest, bytes: 1, mediaType: 'm', refs: [] }],
        provenance: { tls_verified: true },
      }),
    ).toMatchInlineSnapshot(`"sha256:478cd8e42d0d038058d26b65bfcc79ce24b724abc37d76e05ba220e0a3353567"`);
  });

  it('computes what other programs can compute too', () => {
    const hash = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;
    const linesOf = (inventory: Inventory, record: string) =>
      encodeInventory(inventory)
        .split('\n')
        .filter((line) => line.startsWith(`{"record":"${record}"`))
        .map((line) => `${line}\n`)
        .join('');
    const { number, previous, config, pinned } = content;
    const images = hash(linesOf(content, 'image'));
    const blobs = hash(linesOf(content, 'blob'));
    expect(hash(canonicalJson({ number, previous, config, pinned, images, blobs, provenance }))).toBe(seal);
  });

  it('computes the same seal from the files of the folder and the seal before', () => {
    const { sequences } = aChain()
      .baseline('ubi9')
      .differential('logging')
      .differential('tempo', { base: 'seq1' })
      .build();
    for (const { number, files, seal: recorded } of sequences) {
      const { provenance } = parseSequenceMetadata(files['seq-metadata.yaml']!, 'seq-metadata.yaml');
      const previous = sequences[number - 2]?.seal ?? null;
      const config = parse(files['imageset-config.yaml']!) as Json;
      const pinned = parse(files['imageset-config.pinned.yaml']!) as Json;
      const inventory = decodeInventory(files['seq-inventory.jsonl']!, 'seq-inventory.jsonl');
      expect(sealOf({ number, previous, config, pinned, ...inventory, provenance })).toBe(recorded);
    }
  });

  it('ignores order, quoting, comments and line ends', () => {
    fc.assert(
      fc.property(fc.integer(), fc.infiniteStream(fc.nat()), (seed, order) => {
        const original = contentOf(seed);
        const shuffled = <T>(items: readonly T[]) =>
          items
            .map((item) => [order.next().value ?? 0, item] as const)
            .sort(([a], [b]) => a - b)
            .map(([, item]) => item);
        const config = JSON.stringify(original.config).replaceAll(',', ',\r\n # why\r\n');
        const inventory = decodeInventory(encodeInventory(original).replaceAll('\n', '\r\n'), 'i');
        const text = renderSequenceMetadata(
          aChain({ seed }).baseline('ubi9').differential('logging', { adds: 2, updates: 1 }).build().sequences[1]!
            .metadata,
        );
        const changed = {
          ...original,
          config: parse(config),
          images: shuffled(inventory.images),
          blobs: shuffled(inventory.blobs),
          provenance: Object.fromEntries(Object.entries(parseSequenceMetadata(text, 'm').provenance).reverse()),
        };
        expect(sealOf(changed)).toBe(sealOf(original));
      }),
      { numRuns: 10 },
    );
  });

  const other = digestOf('other');
  const change = <T extends object>(items: readonly T[], at: number, changes: Partial<T>) =>
    items.map((item, index) => (index === at % items.length ? { ...item, ...changes } : item));
  it.each<{ name: string; changed: Partial<SealedContent> }>([
    { name: 'the number', changed: { number: 3 } },
    { name: 'the seal before', changed: { previous: Seal.parse(other) } },
    { name: 'no seal before', changed: { previous: null } },
    { name: 'the config', changed: { config: { ...content.config, kind: 'Other' } } },
    {
      name: 'the order within the configuration',
      changed: {
        config: { mirror: { additionalImages: [...content.config.mirror.additionalImages].reverse() } },
      },
    },
    { name: 'what was pinned', changed: { pinned: {} } },
    { name: 'the provenance', changed: { provenance: { ...provenance, tls_verified: false } } },
    { name: 'an image that is left out', changed: { images: content.images.slice(1) } },
    { name: "an image's digest", changed: { images: change(content.images, 0, { digest: other }) } },
    { name: "an image's tag", changed: { images: change(content.images, 0, { tag: 'other' }) } },
    {
      name: 'an image that was removed becoming added',
      changed: { images: change(content.images, 0, { change: 'added' }) },
    },
    { name: 'a blob that is left out', changed: { blobs: content.blobs.slice(1) } },
    { name: "a blob's bytes", changed: { blobs: change(content.blobs, 3, { bytes: 1 }) } },
    { name: "a manifest's refs", changed: { blobs: change(content.blobs, 0, { refs: [other] }) } },
    { name: 'another blob', changed: { blobs: [...content.blobs, { digest: other, bytes: 1 }] } },
  ])('changes with $name', ({ changed }) => {
    expect(sealOf({ ...content, ...changed })).not.toBe(seal);
  });

  it('changes with every blob and image', () => {
    fc.assert(
      fc.property(fc.nat(), fc.boolean(), (at, ofBlob) => {
        const changed = ofBlob
          ? { blobs: change(content.blobs, at, { digest: other }) }
          : { images: change(content.images, at, { source: 'other' }) };
        return sealOf({ ...content, ...changed }) !== seal;
      }),
    );
  });
});

describe('shortSeal', () => {
  it('has twelve digits', () => {
    expect(shortSeal(seal)).toMatch(/^sha256:[0-9a-f]{12}$/);
  });
});
