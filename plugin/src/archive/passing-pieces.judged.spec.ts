import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHttp, defaultTimeouts } from '../registry/http';
import { beginHashedText } from './hashing/hashing';
import { passingPieces } from './passing-pieces';

// A few times as many pieces as exist at once, ending in the middle of one.
const content = randomBytes(5_000_001);
const offset = 512;
let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seqmirror-pieces-'));
  path = join(folder, 'mirror_000001.tar');
  await writeFile(path, Buffer.concat([Buffer.alloc(offset, 1), content, Buffer.alloc(offset, 2)]));
});
afterEach(() => rm(folder, { recursive: true }));

const pieces = () => passingPieces({ path, name: 'mirror_000001.tar' }, { offset, bytes: content.length });
const sha256 = (text: Uint8Array) => createHash('sha256').update(text).digest('hex');

describe('passingPieces', () => {
  it('keeps a piece until the third one behind it is asked for', async () => {
    const hash = createHash('sha256');
    const kept: Buffer[] = [];
    for await (const piece of pieces()) {
      kept.push(piece);
      if (kept.length === 3) hash.update(kept.shift() as Buffer);
    }
    for (const piece of kept) hash.update(piece);
    expect(hash.digest('hex')).toBe(sha256(content));
  });

  it('has many hashed at the same time in a thread, from the memory that is passed on', async () => {
    const place = (number: number) => ({ offset: offset + number, bytes: content.length - 300_000 * number });
    const hashed = async (number: number): Promise<string> => {
      const text = beginHashedText();
      for await (const piece of passingPieces({ path, name: 'mirror_000001.tar' }, place(number), { text })) void piece;
      return text.digest();
    };
    const numbers = Array.from({ length: 8 }, (_, number) => number);
    const expected = numbers.map((number) => {
      const { offset: from, bytes } = place(number);
      return `sha256:${sha256(content.subarray(from - offset, from - offset + bytes))}`;
    });
    expect(await Promise.all(numbers.map(hashed))).toEqual(expected);
    // One that nobody reads to its end does not spoil the next.
    const text = beginHashedText();
    const dropped = passingPieces({ path, name: 'mirror_000001.tar' }, place(0), { text });
    await dropped.next();
    await dropped.return();
    expect(await hashed(3)).toBe(expected[3]);
  });

  it('says that the file became shorter, instead of the piece that is cut', async () => {
    await truncate(path, 1_000_000);
    const read = async () => {
      for await (const piece of pieces()) void piece;
    };
    await expect(read()).rejects.toMatchObject({ code: 'SEQ0304' });
  });

  it('leaves nothing open if nobody reads to the end', async () => {
    const reading = pieces();
    await reading.next();
    await expect(reading.return()).resolves.toEqual({ done: true, value: undefined });
  });

  it('arrives unchanged at a server that reads slowly', async () => {
    const arrived: Buffer[] = [];
    const server: Server = createServer((request, response) => {
      const read = (): void => {
        const piece = request.read() as Buffer | null;
        if (piece !== null) arrived.push(piece);
        if (!request.readableEnded) setTimeout(read, 1);
      };
      request.on('end', () => response.end()).once('readable', read);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const http = createHttp({ settings: {}, env: {}, timeouts: defaultTimeouts });
    try {
      const { status, body } = await http.exchange({
        method: 'PUT',
        url: new URL(`http://127.0.0.1:${port}/`),
        headers: { 'content-length': String(content.length) },
        body: pieces,
        registry: { host: `127.0.0.1:${port}`, insecure: true },
        signal: new AbortController().signal,
      });
      body.resume();
      expect([status, sha256(Buffer.concat(arrived))]).toEqual([200, sha256(content)]);
    } finally {
      await http.close();
      server.close();
    }
  });
});
