import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { SyntheticLayer } from '../images/synthetic-layer';
import { smallestLayer, syntheticLayer } from '../images/synthetic-layer';

const read = async (layer: SyntheticLayer, start = 0, end = layer.bytes): Promise<Buffer> => {
  const pieces: Buffer[] = [];
  for await (const piece of layer.read(start, end)) pieces.push(piece);
  return Buffer.concat(pieces);
};
const sha256 = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

describe('syntheticLayer', () => {
  it.each([
    { name: 'the smallest', bytes: smallestLayer },
    { name: 'one stored block', bytes: 63 * 1024 + 23 },
    { name: 'one stored block and a byte', bytes: 63 * 1024 + 24 },
    { name: 'a piece of a mebibyte', bytes: 1024 ** 2 },
    { name: 'several pieces', bytes: 3_456_789 },
  ])('makes a gzip of exactly the size asked for, with the digests that it says: $name', async ({ bytes }) => {
    const layer = syntheticLayer({ seed: 's', name: 'base', bytes });
    const whole = await read(layer);
    const { digest, diffId } = await layer.digests();
    expect({ bytes: whole.length, digest: sha256(whole), diffId: sha256(gunzipSync(whole)) }).toEqual({
      bytes,
      digest,
      diffId,
    });
  });

  it('has at every offset the bytes of the whole', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: smallestLayer, max: 3_000_000 }), fc.nat(), fc.nat(), async (bytes, a, b) => {
        const layer = syntheticLayer({ seed: 's', name: 'base', bytes });
        const [start, end] = [a % (bytes + 1), b % (bytes + 1)].sort((x, y) => x - y) as [number, number];
        expect((await read(layer, start, end)).equals((await read(layer)).subarray(start, end))).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('is a tar with one file', async () => {
    const tar = gunzipSync(await read(syntheticLayer({ seed: 's', name: 'base', bytes: 200_000 })));
    const fileBytes = parseInt(tar.toString('latin1', 124, 135), 8);
    const checksum = tar
      .subarray(0, 512)
      .fill(' ', 148, 156)
      .reduce((sum, byte) => sum + byte, 0);
    expect(tar.toString('latin1', 257, 262)).toBe('ustar');
    expect(tar.length).toBe(512 + fileBytes + 1024);
    expect(checksum).toBeGreaterThan(0);
    expect(tar.subarray(512 + fileBytes).every((byte) => byte === 0)).toBe(true);
  });

  it('differs by seed, name and size, and by nothing else', async () => {
    const digestOf = async (seed: string, name: string, bytes: number): Promise<string> =>
      (await syntheticLayer({ seed, name, bytes }).digests()).digest;
    const digests = await Promise.all([
      digestOf('a', 'x', 5000),
      digestOf('b', 'x', 5000),
      digestOf('a', 'y', 5000),
      digestOf('a', 'x', 5001),
    ]);
    expect(new Set(digests).size).toBe(4);
    expect(await digestOf('a', 'x', 5000)).toBe(digests[0]);
  });

  it('refuses sizes without room for gzip and tar', () => {
    expect(() => syntheticLayer({ seed: 's', name: 'base', bytes: 2047 })).toThrow(
      '2048 to 8589934591 bytes, not 2047',
    );
  });
});
