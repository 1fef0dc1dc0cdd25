import fc from 'fast-check';
import { digestOf } from '../../../testing/images/small-image';
import { aChain } from '../../../testing/worlds/chain';
import { decodeInventory, encodeInventory } from './inventory';
import type { ImageRecord } from './inventory-record';
import { InventoryRecord, blobLine, imageLine } from './inventory-record';
import { readOwnLine } from './own-line';

const digest = digestOf('a');
const image: ImageRecord = {
  ...{
    record: 'image',
    change: 'added',
    kind: 'release',
    source: 'quay.io/a/b:1',
    digest,
    repository: 'a/b',
    tag: '1',
  },
};
const { inventory } = aChain().baseline('a', { adds: 6 }).build().sequences[0]!;
const lines = [
  ...inventory.images.map(imageLine),
  ...inventory.blobs.map(blobLine),
  imageLine({ ...image, change: 'removed', kind: 'operator', attachedTo: digest }),
  imageLine({ ...image, source: 'registry.example:5000/a_b/c-d@sha256:1+2' }),
  blobLine({ digest, bytes: 0 }),
  blobLine({ digest, bytes: 999_999_999_999_999, mediaType: '', refs: [] }),
  blobLine({ digest, bytes: 1, mediaType: 'application/vnd.oci.image.index.v1+json', refs: [digest, digestOf('b')] }),
];

/** What the schema reads; `undefined` where it refuses. */
function parsed(line: string): unknown {
  try {
    return InventoryRecord.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

it.each(lines)('reads %s', (line) => {
  expect(readOwnLine(line)).toBeDefined();
  // Keys in their order, and none that is undefined.
  expect(JSON.stringify(readOwnLine(line))).toBe(JSON.stringify(parsed(line)));
});

it.each([
  { name: 'a head', line: '{"record":"inventory","schema":"seqmirror/v1","images":1,"blobs":2}' },
  { name: 'an escape', line: imageLine({ ...image, source: 'a"b' }) },
  { name: 'a space', line: imageLine({ ...image, tag: 'a b' }) },
  { name: 'an empty text', line: imageLine({ ...image, tag: '' }) },
  { name: 'a text that is too long', line: imageLine({ ...image, tag: 'a'.repeat(129) }) },
  { name: 'a number that is not exact', line: `{"record":"blob","digest":"${digest}","bytes":9007199254740993}` },
  { name: 'a number that we write otherwise', line: `{"record":"blob","digest":"${digest}","bytes":1e3}` },
  { name: 'many refs', line: blobLine({ digest, bytes: 1, refs: Array.from({ length: 101 }, () => digest) }) },
  { name: 'a key twice', line: blobLine({ digest, bytes: 1 }).replace('}', ',"bytes":2}') },
  { name: 'more behind it', line: `${blobLine({ digest, bytes: 1 })}\u2028` },
])('leaves $name to the parser', ({ line }) => {
  expect(readOwnLine(line)).toBeUndefined();
});

it('takes no line that the schema refuses, and reads the others as it does, after any small change', () => {
  const change = fc.record({
    line: fc.constantFrom(...lines),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    removed: fc.nat(4),
    put: fc.constantFrom(
      '',
      '"',
      ',',
      '}',
      ']',
      ':',
      '0',
      '-',
      'f',
      'G',
      '.',
      '\\',
      ' ',
      'added',
      ',"refs":[]',
      '\n',
      '\u00e9',
    ),
  });
  fc.assert(
    fc.property(change, ({ line, at, removed, put }) => {
      const place = Math.floor(at * line.length);
      const changed = line.slice(0, place) + put + line.slice(place + removed);
      const read = readOwnLine(changed);
      if (read !== undefined) expect(JSON.stringify(read)).toBe(JSON.stringify(parsed(changed)));
    }),
    { numRuns: 5000 },
  );
});

it('is what an inventory that we wrote consists of', () => {
  const [, ...own] = encodeInventory(inventory).trimEnd().split('\n');
  expect(own.map(readOwnLine)).not.toContain(undefined);
  expect(decodeInventory(encodeInventory(inventory), 'a').blobs).toHaveLength(inventory.blobs.length);
});
