import type { HeldIn, Ledger, RecordedSequence } from '../mirror/sites/sites';
import { emptyLedger, headOfChain } from '../mirror/sites/sites';
import type { BlobRecord } from '../oci/blob';
import type { Digest } from '../oci/digest';
import type { MirroredImage } from '../oci/image';
import { holderOf, reliedOn, usableBlobs } from './usable';

const digest = (name: string) => `sha256:${Buffer.from(name).toString('hex').padEnd(64, '0')}` as Digest;
const layer = (name: string): BlobRecord => ({ digest: digest(name), bytes: 100 });
const manifest = (name: string, ...layers: string[]): BlobRecord => ({
  digest: digest(name),
  bytes: 10,
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  refs: layers.map(digest),
});
const image = (change: 'added' | 'removed', repository: string, root: string): MirroredImage =>
  ({
    change,
    source: `r.example/${repository}:1`,
    kind: 'additional',
    repository,
    tag: '1',
    digest: digest(root),
  }) as never;

/** seq1: base and app on one base layer; seq2: tools on it too, and app rebuilt on a layer of its own. */
const chain = [
  {
    entry: { number: 1, folder: 'seq1-a', seal: 'seal1' },
    inventory: {
      images: [image('added', 'base', 'base@1'), image('added', 'app', 'app@1')],
      blobs: [
        manifest('base@1', 'base layer'),
        manifest('app@1', 'base layer', 'app'),
        layer('base layer'),
        layer('app'),
      ],
    },
  },
  {
    entry: { number: 2, folder: 'seq2-b', seal: 'seal2' },
    inventory: {
      images: [image('removed', 'app', 'app@1'), image('added', 'app', 'app@2'), image('added', 'tools', 'tools@1')],
      blobs: [manifest('app@2', 'base layer', 'app', 'new'), manifest('tools@1', 'app'), layer('new')],
    },
  },
] as unknown as RecordedSequence[];
const head = headOfChain(chain, 2);
const layersOf = (blobs: ReadonlySet<Digest>) => ['base layer', 'app', 'new'].filter((name) => blobs.has(digest(name)));
const ledgerOf = (...places: readonly HeldIn[]): Ledger => ({
  ...emptyLedger,
  entries: places.map((held_in, index) => ({
    sequence: index + 1,
    seal: `seal${index + 1}` as never,
    confidence: 'proven',
    held_in,
    at: '2026-11-09T08:00:00Z',
  })),
});

describe('usableBlobs', () => {
  it('is an earlier sequence as a whole if it lies in the cache of oc-mirror', () => {
    expect(layersOf(usableBlobs(head, { chain, number: 1, place: 'cache' }))).toEqual(['base layer', 'app']);
  });

  it('is, for a registry, what every repository that needs it has', () => {
    // `app` has its own layer already, but `tools` is new and needs it too.
    expect(layersOf(usableBlobs(head, { chain, number: 1, place: 'registry' }))).toEqual(['base layer']);
  });

  it('is, for a registry, no part of a signature, which oc-mirror reads only from its cache', () => {
    const signed = { ...image('added', 'app', 'base@1'), attachedTo: digest('app@2') };
    const withSignature = { images: [...head.images, signed], closure: headOfChain(chain, 1).closure };
    expect(layersOf(usableBlobs(withSignature, { chain, number: 1, place: 'cache' }))).toContain('base layer');
    expect(layersOf(usableBlobs(withSignature, { chain, number: 1, place: 'registry' }))).not.toContain('base layer');
  });

  it('is everything for the head itself', () => {
    const usable = usableBlobs(head, { chain, number: 2, place: 'registry' });
    expect(usable).toEqual(new Set(head.closure.keys()));
  });
});

describe('reliedOn', () => {
  it.each([
    { name: 'the registry for a site without a cache', ledgers: [ledgerOf('registry')], place: 'registry' },
    { name: 'the cache for a site that uploads with it', ledgers: [ledgerOf('both')], place: 'cache' },
    { name: 'what is only in the cache', ledgers: [ledgerOf('cache')], place: 'cache' },
    {
      name: 'nothing from a cache that later uploads did not use',
      ledgers: [ledgerOf('cache', 'registry')],
      place: undefined,
    },
    {
      name: 'the registry if a later upload did not use the cache',
      ledgers: [ledgerOf('both', 'registry')],
      place: 'registry',
    },
    { name: 'the registry if an earlier upload did not', ledgers: [ledgerOf('registry', 'both')], place: 'registry' },
    {
      name: 'the registry, for sites of both kinds',
      ledgers: [ledgerOf('both'), ledgerOf('registry')],
      place: 'registry',
    },
    { name: 'nothing that one of them lacks', ledgers: [ledgerOf('both'), emptyLedger], place: undefined },
    { name: 'nothing without sites', ledgers: [], place: undefined },
  ] as const)('is $name', ({ ledgers, place }) => {
    const holders = ledgers.map((ledger, index) => holderOf(`site${index}`, ledger));
    expect(reliedOn(holders, 'seal1')).toBe(place);
  });
});
