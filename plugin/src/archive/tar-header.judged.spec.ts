import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { decodePax } from './pax-records';
import { encodeHeader } from './tar-header';
import { decodeHeader } from './ustar-header';

const names = fc
  .array(fc.stringMatching(/^[a-zA-Z0-9_.é-]{1,90}$/), { minLength: 1, maxLength: 8 })
  .map((parts) => parts.join('/'));

describe('headers', () => {
  it('are decoded as they were encoded, for any name and size', () => {
    fc.assert(
      fc.property(names, fc.integer({ min: 0, max: 2 ** 45 }), (name, bytes) => {
        const encoded = encodeHeader({ name, bytes });
        const pax = encoded.length === 512 ? {} : decodePax(paxBody(encoded));
        expect(typeof pax).toBe('object');
        const decoded = decodeHeader(encoded.subarray(-512));
        const said = Object.fromEntries(Object.entries(pax).filter(([, value]) => value !== undefined));
        expect({ ...Object(decoded), ...said }).toMatchObject({ type: '0', bytes });
        expect((pax as { path?: string | undefined }).path ?? (decoded as { name?: string | undefined }).name).toBe(
          name,
        );
      }),
    );
  });

  it('are USTAR, without PAX, for every link of a usual repository', () => {
    const name = `docker/registry/v2/repositories/openshift/release/_manifests/revisions/sha256/${'a'.repeat(64)}/link`;
    expect(encodeHeader({ name, bytes: 71 })).toHaveLength(512);
  });

  it('carry no owner', () => {
    const header = encodeHeader({ name: 'a', bytes: 1 });
    expect(header.toString('latin1', 265, 329)).toBe('\0'.repeat(64));
  });

  it.each([
    ['a wrong checksum', (block: Buffer) => block.write('b')],
    ['a checksum with something behind it', (block: Buffer) => block.write('@', 154)],
    ['a size that is no number', (block: Buffer) => block.write('12x', 124)],
  ])('with %s are refused', (_, spoil) => {
    const block = encodeHeader({ name: 'a', bytes: 1 });
    spoil(block);
    expect(typeof decodeHeader(block)).toBe('string');
  });
});

describe('the checksum of a header', () => {
  it('is refused with a flipped bit if GNU tar refuses it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'seqmirror-header-'));
    const path = join(folder, 'a.tar');
    const differ: string[] = [];
    for (let bit = 0; bit < 64; bit += 1) {
      const block = encodeHeader({ name: 'a', bytes: 0 });
      const at = 148 + Math.floor(bit / 8);
      block[at] = (block[at] as number) ^ (1 << (bit % 8));
      writeFileSync(path, Buffer.concat([block, Buffer.alloc(1024)]));
      const isListed = spawnSync('tar', ['--list', `--file=${path}`]).status === 0;
      if (typeof decodeHeader(block) !== 'string' && !isListed) differ.push(`byte ${at}, bit ${bit % 8}`);
    }
    rmSync(folder, { recursive: true });
    expect(differ).toEqual([]);
  });
});

function paxBody(encoded: Buffer): Buffer {
  const header = decodeHeader(encoded.subarray(0, 512));
  if (typeof header === 'string') throw new Error(header);
  return encoded.subarray(512, 512 + header.bytes);
}
