import fc from 'fast-check';
import { Header } from 'tar';
import { encodeHeader } from './tar-header';
import { decodeHeader } from './ustar-header';

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

// As Go writes it, and so oc-mirror: eleven digits and a zero byte, six in the checksum.
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
  const decoded = decodeHeader(block);
  if (typeof decoded === 'string' || decoded.type !== '0' || decoded.nameTrouble !== undefined) return;
  // node-tar takes "name/" for a folder without bytes; such a name is refused where entries are read.
  if (decoded.name === undefined || decoded.name.endsWith('/')) return;
  const { cksumValid, path, size } = new Header(block);
  expect({ cksumValid, name: path, bytes: size }).toEqual({
    cksumValid: true,
    name: decoded.name,
    bytes: decoded.bytes,
  });
}

describe('decodeHeader', () => {
  it('agrees with node-tar about every header that it accepts, honest or not', () => {
    fc.assert(
      fc.property(fc.oneof(headers, goHeaders), changes, fc.boolean(), (block, mutations, again) => {
        expectAgreement(block);
        for (const [at, byte] of mutations) block[at] = byte;
        expectAgreement(again ? withChecksum(block) : block);
      }),
      { numRuns: 5000 },
    );
  });

  it('accepts what seqmirror and oc-mirror write', () => {
    fc.assert(
      fc.property(goHeaders, fc.stringMatching(/^[a-z]{1,90}\/[a-z]{1,90}$/), (block, name) => {
        expect(decodeHeader(block)).toBeInstanceOf(Object);
        expect(decodeHeader(encodeHeader({ name, bytes: 71 }))).toMatchObject({ type: '0', name, bytes: 71 });
      }),
    );
  });

  it('accepts no header with a flipped bit', () => {
    const block = encodeHeader({ name: 'a/b', bytes: 12 });
    for (let bit = 0; bit < 512 * 8; bit += 1) {
      const flipped = Buffer.from(block);
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      const decoded = decodeHeader(flipped);
      // Bytes behind the digits in the checksum's own field mean nothing.
      if (typeof decoded !== 'string') expect(decoded).toEqual(decodeHeader(block));
    }
  });

  const withOctal = (text: string, offset: number) => (block: Buffer) => block.write(text, offset, 'latin1');
  it.each<[string, (block: Buffer) => unknown]>([
    ['the magic of V7, which has no prefix', (block) => block.fill(0, 257, 265)],
    ['the version of another USTAR', withOctal('01', 263)],
    ['times of star behind the end of the prefix', (block) => block.write('00000000000 00000000000 ', 476)],
    ['the mark of star behind the prefix', withOctal('tar\0', 508)],
    ['a prefix beside the magic of GNU', (block) => block.write('ustar  \0', 257) + block.write('up', 345)],
    ['a size in base 256 that eight digits hold', (block) => block.fill(0, 124, 136).set([0x80], 124)],
    ['a negative size in base 256', (block) => block.fill(0xff, 124, 136)],
    ['a size with blanks before it', withOctal('         14\0', 124)],
    ['a size without an end', withOctal('000000000014', 124)],
    ['a size with digits behind its end', withOctal('00000014\x00007', 124)],
    ['an empty size', (block) => block.fill(0, 124, 136)],
    ['a mode that says it is a folder, which Go believes', withOctal('0040755\0', 100)],
    ['a mode that is no number', withOctal('rw-r--r-', 100)],
    ['an owner that is no number', withOctal('root\0\0\0\0', 108)],
    ['a time that is no number', withOctal('today', 136)],
    ['a device that is no number', withOctal('sda', 329)],
    ['the name of a link', withOctal('../x', 157)],
  ])('refuses a regular file with %s', (_, spoil) => {
    const block = encodeHeader({ name: 'a/b', bytes: 12 });
    spoil(block);
    expect(typeof decodeHeader(withChecksum(block))).toBe('string');
  });

  it('refuses a checksum of signed bytes, which some programs accept', () => {
    const block = Buffer.from(encodeHeader({ name: 'a/b', bytes: 12 }));
    block.write('é', 0);
    block.write('        ', 148, 'latin1');
    const sum = block.reduce((total, byte) => total + (byte > 127 ? byte - 256 : byte), 0);
    block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    expect(decodeHeader(block)).toMatch(/checksum/);
    expect(decodeHeader(withChecksum(block))).toMatchObject({ name: expect.stringContaining('é') });
  });
});
