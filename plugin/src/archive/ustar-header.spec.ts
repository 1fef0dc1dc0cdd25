import fc from 'fast-check';
import { Header } from 'tar';
import { decodeAnyHeader, encodeHeader } from './tar-header';
import { decodePlainHeader } from './ustar-header';

const names = fc
  .array(fc.stringMatching(/^[a-zA-Z0-9_.é-]{1,60}$/), { minLength: 1, maxLength: 5 })
  .map((parts) => parts.join('/'));

const headers = fc
  .record({
    path: fc.oneof(
      names,
      names.map((name) => `${name}/`),
      fc.string({ maxLength: 120 }),
    ),
    size: fc.integer({ min: 0, max: 2 ** 34 }),
    mode: fc.nat(0o7777),
    uid: fc.nat(2 ** 24),
    gid: fc.nat(2 ** 24),
    uname: fc.string({ maxLength: 32 }),
    gname: fc.string({ maxLength: 32 }),
    type: fc.constantFrom('File' as const, 'OldFile' as const, 'Directory' as const, 'Link' as const),
    mtime: fc.date({ min: new Date(0), max: new Date(2 ** 41), noInvalidDate: true }),
  })
  .map((data) => {
    const block = Buffer.alloc(512);
    new Header(data).encode(block);
    return block;
  });

// As Go writes it, and with it oc-mirror: eleven digits and a zero byte, six in the checksum.
const goHeaders = fc.tuple(names, fc.integer({ min: 0, max: 2 ** 33 - 1 })).map(([name, bytes]) => {
  const block = encodeHeader({ name, bytes: 0 }).subarray(-512);
  block.write(`${bytes.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  return withChecksum(block);
});

const changes = fc.array(
  fc.tuple(
    // The fields that are decoded, more often than the rest.
    fc.oneof(
      fc.nat(511),
      fc.integer({ min: 90, max: 160 }),
      fc.integer({ min: 257, max: 264 }),
      fc.integer({ min: 470, max: 511 }),
    ),
    fc.oneof(fc.nat(255), fc.constantFrom(0, 0x20, 0x30, 0x37, 0x2f, 0x80, 0xff)),
  ),
  { maxLength: 6 },
);

function withChecksum(block: Buffer): Buffer {
  block.write('        ', 148, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

function expectAgreement(block: Buffer): void {
  const plain = decodePlainHeader(block);
  if (plain !== undefined) expect(plain).toEqual(decodeAnyHeader(block));
}

describe('decodePlainHeader', () => {
  it('agrees with node-tar about every header that it takes, honest or not', () => {
    fc.assert(
      fc.property(fc.oneof(headers, goHeaders), changes, fc.boolean(), (block, mutations, again) => {
        expectAgreement(block);
        for (const [at, byte] of mutations) block[at] = byte;
        expectAgreement(again ? withChecksum(block) : block);
      }),
      { numRuns: 5000 },
    );
  });

  it('takes what seqmirror and oc-mirror write', () => {
    fc.assert(
      fc.property(goHeaders, fc.stringMatching(/^[a-z]{1,90}\/[a-z]{1,90}$/), (block, name) => {
        if (block.every((byte) => byte < 0x80)) expect(decodePlainHeader(block)).toBeDefined();
        expect(decodePlainHeader(encodeHeader({ name, bytes: 71 }))).toEqual({ type: '0', name, bytes: 71 });
      }),
    );
  });

  it('takes no header with a flipped bit', () => {
    const block = encodeHeader({ name: 'a/b', bytes: 12 });
    for (let bit = 0; bit < 512 * 8; bit += 1) {
      const flipped = Buffer.from(block);
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      const decoded = decodePlainHeader(flipped);
      // In the checksum's own field, behind its digits, nothing is said.
      if (decoded !== undefined) expect(decoded).toEqual(decodePlainHeader(block));
    }
  });
});
