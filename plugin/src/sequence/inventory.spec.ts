import fc from 'fast-check';
import { bytesFrom, digestOf } from '../../../testing/images/small-image';
import { aChain } from '../../../testing/worlds/chain';
import { isSeqmirrorError, renderExplanation } from '../system/errors';
import type { Inventory } from './inventory';
import { decodeInventory, encodeInventory } from './inventory';

const file = 'content/seq2-add-logging/seq-inventory.jsonl';
const inventoryOf = (seed: number) =>
  aChain({ seed }).baseline('ubi9').differential('logging', { adds: 2, updates: 1 }).build().sequences[1]!.inventory;
const sample = encodeInventory(inventoryOf(1));
const sorted = ({ images, blobs }: Inventory) => ({
  images: new Set(images),
  blobs: new Set(blobs),
});

function said(text: string): string {
  try {
    decodeInventory(text, file);
    return 'nothing';
  } catch (error) {
    return isSeqmirrorError(error) ? renderExplanation(error) : String(error);
  }
}

describe('encodeInventory', () => {
  it('writes a head, then sorted lines of one shape', () => {
    const digest = digestOf('a');
    const text = encodeInventory({
      images: [
        {
          record: 'image',
          change: 'added',
          kind: 'additional',
          source: 'quay.io/b:1',
          digest,
          repository: 'b',
          tag: '1',
        },
        {
          tag: '1',
          record: 'image',
          change: 'added',
          kind: 'additional',
          source: 'quay.io/a:1',
          digest,
          repository: 'a',
        },
      ],
      blobs: [
        { refs: [digest], mediaType: 'x', bytes: 1, digest: digestOf('c') },
        { bytes: 2, digest },
      ],
    });
    expect(text).toMatchInlineSnapshot(`
      "{"record":"inventory","schema":"seqmirror/v1","images":2,"blobs":2}
      {"record":"image","change":"added","kind":"additional","source":"quay.io/a:1","digest":"sha256:ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb","repository":"a","tag":"1"}
      {"record":"image","change":"added","kind":"additional","source":"quay.io/b:1","digest":"sha256:ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb","repository":"b","tag":"1"}
      {"record":"blob","digest":"sha256:2e7d2c03a9507ae265ecf5b5356885a53393a2029d241394997265a1a25aefc6","bytes":1,"mediaType":"x","refs":["sha256:ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"]}
      {"record":"blob","digest":"sha256:ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb","bytes":2}
      "
    `);
  });

  it('writes what decodeInventory reads back', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const inventory = inventoryOf(seed);
        expect(sorted(decodeInventory(encodeInventory(inventory), file))).toEqual(sorted(inventory));
      }),
      { numRuns: 20 },
    );
  });

  it('does not depend on the order of records', () => {
    const { images, blobs } = inventoryOf(1);
    expect(encodeInventory({ images: [...images].reverse(), blobs: [...blobs].reverse() })).toBe(sample);
  });
});

describe('decodeInventory', () => {
  it('reads Windows line ends, and a file without a last line end', () => {
    expect(decodeInventory(sample.replaceAll('\n', '\r\n'), file)).toEqual(decodeInventory(sample, file));
    expect(decodeInventory(sample.trimEnd(), file)).toEqual(decodeInventory(sample, file));
  });

  it('does not accept a file that was cut anywhere', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: sample.length - 2 }), (length) => {
        expect(said(sample.slice(0, length))).toMatch(/^SEQ0211 /);
      }),
    );
  });

  const [head, image, ...rest] = sample.trimEnd().split('\n') as [string, string, ...string[]];
  it.each([
    { name: 'an empty file', lines: [''], code: 'SEQ0211' },
    { name: 'a line that appears twice', lines: [head, image, image, ...rest.slice(1)], code: 'SEQ0211' },
    {
      name: 'a blob that appears twice with different facts',
      lines: [head, image, ...rest, rest.at(-1)!.replace(/"bytes":\d+/, '"bytes":1')],
      code: 'SEQ0211',
    },
    { name: 'no head', lines: [image, ...rest], code: 'SEQ0211' },
    { name: 'two heads', lines: [head, head, image, ...rest], code: 'SEQ0211' },
    { name: 'an empty line', lines: [head, '', image, ...rest], code: 'SEQ0211' },
    { name: 'an unknown key', lines: [head, image.replace('{', '{"new":1,'), ...rest], code: 'SEQ0211' },
    { name: 'an unknown record', lines: [head, '{"record":"other"}', image, ...rest], code: 'SEQ0211' },
    {
      name: 'something that is not a digest',
      lines: [head, image.replace(/"sha256:\w+"/, '"sha256:12"'), ...rest],
      code: 'SEQ0211',
    },
    {
      name: 'a line that is too long',
      lines: [head, `"${bytesFrom('x', 2 * 1024 ** 2).toString('hex')}"`],
      code: 'SEQ0211',
    },
    { name: 'a newer format', lines: [head.replace('/v1', '/v2'), '{"record":"new"}'], code: 'SEQ0210' },
    {
      name: 'a merge conflict',
      lines: [head, '<<<<<<< HEAD', image, '=======', '>>>>>>> b', ...rest],
      code: 'SEQ0212',
    },
  ])('refuses $name', ({ lines, code }) => {
    expect(said(lines.join('\n'))).toMatch(new RegExp(`^${code} `));
  });

  it('says what is wrong and where', () => {
    expect(
      said([head, image.replace('"additional"', '"extra"').replace(/"tag":"[^"]*"/, '"tag":7'), ...rest].join('\n')),
    ).toMatchInlineSnapshot(`
      "SEQ0211 content/seq2-add-logging/seq-inventory.jsonl:2: \`kind\` must be one of release, operator, additional, helm, but is "extra"
        \`tag\` must be text, but is 7
        Why:   The file was edited or damaged after seqmirror wrote it
        Next:  Run \`git restore content/seq2-add-logging/seq-inventory.jsonl\`, or copy the file from another clone. seqmirror never writes a file like this"
    `);
    expect(said([head, image].join('\n'))).toMatchInlineSnapshot(`
      "SEQ0211 content/seq2-add-logging/seq-inventory.jsonl:1: the head counts 7 images and 23 blobs; the file has 1 image and 0 blobs
        Why:   The file was edited or damaged after seqmirror wrote it
        Next:  Run \`git restore content/seq2-add-logging/seq-inventory.jsonl\`, or copy the file from another clone. seqmirror never writes a file like this"
    `);
  });
});
