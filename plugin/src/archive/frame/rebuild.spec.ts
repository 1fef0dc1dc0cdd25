import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { Pax } from 'tar';
import type { Digest } from '../../oci/digest';
import { readArchiveIndex } from '../archive-index';
import type { RawEntry } from '../archive.fixture';
import { anImage, digestOf, fileOf, inTemporaryFolder, rawTar, writeArchives } from '../archive.fixture';
import { blobEntryName, tagLinkName } from '../names';
import { verifyArchives } from '../verify';
import { readFrame, rebuildArchive } from './rebuild';
import { writeFrame } from './write-frame';

async function* inPieces(content: Buffer, bytes = 7): AsyncGenerator<Buffer> {
  // Returns the same buffer again and again, as a source may do.
  const piece = Buffer.alloc(bytes);
  for (let at = 0; at < content.length; at += bytes) {
    yield piece.subarray(0, content.copy(piece, 0, at, at + bytes));
  }
}

function blobsOf(archives: readonly Buffer[], indexes: readonly Awaited<ReturnType<typeof readArchiveIndex>>[]) {
  const blobs = new Map<Digest, Buffer>();
  for (const [number, index] of indexes.entries()) {
    for (const [digest, { offset, bytes }] of index.blobs) {
      blobs.set(digest, (archives[number] as Buffer).subarray(offset, offset + bytes));
    }
  }
  return (digest: Digest) => inPieces(blobs.get(digest) ?? Buffer.alloc(0), 1000);
}

const bodies = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.integer({ min: 0, max: 2000 }).map((bytes) => 'b'.repeat(bytes)),
);
const blobs: fc.Arbitrary<RawEntry[]> = bodies.map((body) => [
  { header: { path: blobEntryName(digestOf(body)) }, body },
]);
const files: fc.Arbitrary<RawEntry[]> = fc
  .tuple(fc.nat(9), bodies)
  .map(([number, body]) => [{ header: { path: `working-dir/${number}` }, body }]);
const longNames: fc.Arbitrary<RawEntry[]> = fc.tuple(fc.nat(9), bodies).map(([number, body]) => {
  const records = new Pax({ path: `working-dir/${'é'.repeat(200)}/${number}` }).encodeBody();
  return [
    { header: { path: 'PaxHeader/x', type: 'ExtendedHeader' }, body: records },
    { header: { path: 'cut' }, body },
  ];
});
const links: fc.Arbitrary<RawEntry[]> = fc
  .nat(9)
  .map((number) => [{ header: { path: tagLinkName('lab/app', `v${number}`) }, body: digestOf(String(number)) }]);
const tars = fc
  .tuple(fc.array(fc.oneof(blobs, files, longNames, links), { maxLength: 12 }), fc.integer({ min: 2, max: 30 }))
  // Other programs pad to other sizes.
  .map(([entries, blocks]) => rawTar(entries.flat(), { end: Buffer.alloc(blocks * 512) }));

describe('an archive made again from its frame and its blobs', () => {
  it('is the same, byte for byte, whatever is in it', () =>
    inTemporaryFolder(async (folder) => {
      await fc.assert(
        fc.asyncProperty(tars, fc.boolean(), async (tar, spoil) => {
          const path = await fileOf(folder, tar, 'from.tar');
          let index = await readArchiveIndex(path);
          const [first] = index.blobs.values();
          if (spoil && first !== undefined && first.bytes % 512 !== 0) {
            // What is in the padding belongs to the frame too.
            tar[first.offset + first.bytes] = 1;
            index = await readArchiveIndex(await fileOf(folder, tar, 'from.tar'));
          }
          const [frame, to] = [join(folder, 'frame.gz'), join(folder, 'to.tar')];
          const written = await writeFrame(index, frame);
          expect(written.bytes).toBe((await readFile(frame)).length);
          const told: number[] = [];
          const made = await rebuildArchive({
            frame,
            to,
            bytes: index.bytes,
            frameSha256: spoil ? undefined : written.frameSha256,
            blob: blobsOf([tar], [index]),
            progress: (bytes) => told.push(bytes),
          });
          expect((await readFile(to)).equals(tar)).toBe(true);
          expect(told.reduce((sum, bytes) => sum + bytes, 0)).toBe(tar.length);
          expect(made).toEqual({ frameSha256: written.frameSha256, blobs: index.blobs });
          expect(await readFrame({ frame, bytes: index.bytes })).toEqual(made);
        }),
        { numRuns: 150 },
      );
    }));

  it('is the same for each of several volumes, and its frame is the one that was verified', () =>
    inTemporaryFolder(async (folder) => {
      const image = anImage({ layers: ['a', 'b'.repeat(3_000_000), 'c'.repeat(2_000_000)] });
      const { paths } = await writeArchives(folder, image, { archiveSizeBytes: 6_100_000 });
      const { archives } = await verifyArchives(paths, { hash: 'blobs' });
      expect(archives.length).toBeGreaterThan(1);
      for (const { path, index, frameSha256, bytes } of archives) {
        const before = await readFile(path);
        const frame = `${path}.frame.gz`;
        expect((await writeFrame(index, frame)).frameSha256).toBe(frameSha256);
        await rm(path);
        const blob = (digest: Digest) => inPieces(image.blobs.get(digest) as Buffer, 300_000);
        await rebuildArchive({ frame, to: path, bytes, frameSha256, blob });
        expect((await readFile(path)).equals(before)).toBe(true);
      }
    }));
});

describe('rebuildArchive', () => {
  const body = 'some content';
  const digest = digestOf(body);
  const tar = rawTar([
    { header: { path: blobEntryName(digest) }, body },
    { header: { path: 'working-dir/x' }, body: 'x' },
  ]);
  const frameText = Buffer.concat([tar.subarray(0, 512), tar.subarray(512 + body.length)]);
  const soundBlob = () => inPieces(Buffer.from(body));

  async function refusal(facts: {
    frame?: Buffer | undefined;
    bytes?: number | undefined;
    frameSha256?: string | undefined;
    blob?: (() => AsyncIterable<Buffer>) | undefined;
    signal?: AbortSignal | undefined;
  }): Promise<unknown> {
    return inTemporaryFolder(async (folder) => {
      const frame = await fileOf(folder, facts.frame ?? gzipSync(frameText), 'mirror_000001.tar.frame.gz');
      const to = join(folder, 'mirror_000001.tar');
      await writeFile(to, 'what was there');
      const { bytes = tar.length, blob = soundBlob, frameSha256, signal } = facts;
      const outcome = await rebuildArchive({ frame, to, bytes, blob, frameSha256, signal }).then(
        () => 'made',
        (error: unknown) => error,
      );
      if (outcome !== 'made') {
        expect(await readFile(to, 'utf8')).toBe('what was there');
        expect((await readdir(folder)).sort()).toEqual(['mirror_000001.tar', 'mirror_000001.tar.frame.gz']);
      }
      return outcome;
    });
  }

  it('accepts the frame that all these cases change', async () => {
    expect(await refusal({})).toBe('made');
    expect(await refusal({ frame: gzipSync(frameText, { level: 0 }) })).toBe('made');
  });

  it.each<[string, string, Buffer]>([
    ['that is cut', 'unexpected end of file', gzipSync(frameText).subarray(0, -12)],
    ['that is empty', 'not a gzip file', Buffer.alloc(0)],
    ['that is not compressed', 'not a gzip file', frameText],
    ['that ends before its archive does', 'it ends too early', gzipSync(frameText.subarray(0, -512))],
    ['that goes on behind its archive', 'it contains more', gzipSync(Buffer.concat([frameText, Buffer.alloc(1)]))],
    [
      'with a flipped bit in a header',
      'checksum',
      gzipSync(frameText.map((byte, at) => (at === 1030 ? byte ^ 1 : byte))),
    ],
    ['that is a bomb', 'bytes follow the tar end mark', gzipSync(Buffer.alloc(2 ** 26))],
  ])('refuses a frame %s', async (_, why, frame) => {
    const facts = why === 'bytes follow the tar end mark' ? { frame, bytes: 2 ** 40 } : { frame };
    expect(await refusal(facts)).toMatchObject({ code: 'SEQ0323', what: expect.stringContaining(why) });
  });

  it('unpacks no more of a frame than its archive has', async () => {
    // A header for a file of 1 GiB of zeros, in a frame for an archive that should be small.
    const bytes = 2 ** 30;
    const header = rawTar([{ header: { path: 'working-dir/x', size: bytes } }], { end: Buffer.alloc(0) });
    const frame = gzipSync(Buffer.concat([header, Buffer.alloc(2 ** 26)]));
    expect(await refusal({ frame })).toMatchObject({
      code: 'SEQ0323',
      what: expect.stringContaining('longer than the rest of the file'),
    });
  });

  it('refuses a frame that is not the one that was sealed', async () => {
    expect(await refusal({ frameSha256: 'a'.repeat(64) })).toMatchObject({
      code: 'SEQ0323',
      what: expect.stringContaining('its hash is not the one in seq-metadata.yaml'),
    });
  });

  it.each<[string, string, () => AsyncIterable<Buffer>]>([
    ['other bytes', 'the content has the digest', () => inPieces(Buffer.from('some xontent'))],
    ['fewer', 'it has only 11 of 12 bytes', () => inPieces(Buffer.from(body.slice(1)))],
    ['more', 'it has more than 12 bytes', () => inPieces(Buffer.from(`${body}!`))],
  ])('refuses a blob with %s', async (_, why, blob) => {
    expect(await refusal({ blob })).toMatchObject({ code: 'SEQ0324', what: expect.stringContaining(why) });
  });

  it('passes on the error of the source of blobs, and stops on its signal', async () => {
    const failing = async function* (): AsyncGenerator<Buffer> {
      yield Buffer.from('s');
      throw new Error('no network');
    };
    expect(await refusal({ blob: failing })).toMatchObject({ message: 'no network' });
    expect(await refusal({ signal: AbortSignal.abort(new Error('stop')) })).toMatchObject({ message: 'stop' });
  });

  it('never takes a frame with a flipped bit for the sealed one, and leaves nothing behind', async () => {
    const frame = gzipSync(frameText);
    const { createHash } = await import('node:crypto');
    const frameSha256 = createHash('sha256').update(frameText).digest('hex');
    await fc.assert(
      fc.asyncProperty(fc.nat(frame.length * 8 - 1), async (bit) => {
        const flipped = Buffer.from(frame);
        flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
        const outcome = await refusal({ frame: flipped, frameSha256 });
        // Some bits of a gzip header do not affect its content.
        if (outcome === 'made') expect(gunzipSync(flipped).equals(frameText)).toBe(true);
        else expect(outcome).toMatchObject({ code: 'SEQ0323' });
      }),
    );
  });

  it('says that a frame is missing', async () => {
    const request = { frame: '/nonexistent/frame.gz', to: '/nonexistent/a.tar', bytes: 1024, blob: soundBlob };
    await expect(readFrame(request)).rejects.toMatchObject({ code: 'SEQ0702' });
  });
});
