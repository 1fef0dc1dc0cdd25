import type { AddressInfo, Socket } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { parseReference } from '../../plugin/src/oci/reference';
import { defaultTimeouts } from '../../plugin/src/registry/http';
import type { Script, ScriptedServer } from '../../plugin/src/registry/scripted-registry.fixture';
import {
  answering,
  bytesOf,
  createLab,
  digestOf,
  manifestText,
  manifestType,
} from '../../plugin/src/registry/scripted-registry.fixture';

const { signal } = new AbortController();
const blob = Buffer.alloc(200_000, 'layer');
const asked = { digest: digestOf(blob), bytes: blob.length };
const blobPath = `/v2/app/blobs/${asked.digest}`;
const timeouts = { connectMs: 200, answerMs: 400, stallMs: 5000, slowest: { bytes: 1000, ms: 300 } };
const code = (expected: string) => expect.objectContaining({ code: expected });

let lab: ReturnType<typeof createLab>;
beforeEach(() => {
  lab = createLab();
});
afterEach(() => lab.close());

const reference = ({ host }: { host: string }, name = 'app:1') => parseReference(`${host}/${name}`);
const clientOf = (server: ScriptedServer) => lab.client([server], { retries: 1, timeouts });

/** One byte every ten milliseconds, as long as somebody listens. */
const dripping =
  (status = 200, headers: Record<string, string> = { 'content-type': manifestType }): Script =>
  (_, response) => {
    response.writeHead(status, headers);
    const timer = setInterval(() => response.write(' '), 10);
    response.on('close', () => clearInterval(timer));
  };

describe('a registry that sends one byte after the other for ever', () => {
  it('is given up: with a manifest', async () => {
    const server = await lab.serve(answering({ '/v2/app/manifests/1': dripping() }));
    await expect(clientOf(server).manifest(reference(server), { signal })).rejects.toEqual(code('SEQ0503'));
    expect(server.requests).toHaveLength(2);
  }, 10_000);

  it('is given up: with a layer, although each time a few more bytes have come', async () => {
    const server = await lab.serve(
      answering({
        [blobPath]: (request, response) => {
          const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
          response.writeHead(from === 0 ? 200 : 206, {
            'content-range': `bytes ${from}-${blob.length - 1}/${blob.length}`,
          });
          let at = from;
          const timer = setInterval(() => response.write(blob.subarray(at, (at += 1))), 10);
          response.on('close', () => clearInterval(timer));
        },
      }),
    );
    await expect(bytesOf(clientOf(server).blob(reference(server), asked, { signal }))).rejects.toEqual(code('SEQ0503'));
    expect(server.requests.length).toBeLessThan(5);
  }, 10_000);

  it('is given up: with one byte per connection', async () => {
    const server = await lab.serve(
      answering({
        [blobPath]: (request, response) => {
          const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
          const headers = {
            'content-length': blob.length - from,
            'content-range': `bytes ${from}-${blob.length - 1}/${blob.length}`,
          };
          response.writeHead(from === 0 ? 200 : 206, headers);
          response.write(blob.subarray(from, from + 1), () => response.destroy());
        },
      }),
    );
    await expect(bytesOf(clientOf(server).blob(reference(server), asked, { signal }))).rejects.toEqual(code('SEQ0503'));
    expect(server.requests.length).toBeLessThan(5);
  }, 10_000);

  it.each([
    ['a list of tags', answering({ '/v2/app/tags/list': dripping(200, { 'content-type': 'application/json' }) })],
    ['a refusal', answering({ '/v2/app/tags/list': dripping(403) })],
    ['its greeting', dripping()],
    [
      'the token for it',
      (request, response) => {
        if (request.url?.startsWith('/token') === true) return dripping()(request, response);
        const realm = `http://${request.headers.host}/token`;
        response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}",service="s"` }).end();
      },
    ],
  ] satisfies [string, Script][])(
    'is given up: as %s',
    async (_, script) => {
      const server = await lab.serve(script);
      const tags = async () => {
        for await (const tag of clientOf(server).tags(reference(server), { signal })) void tag;
      };
      await expect(tags()).rejects.toEqual(code(expect.stringMatching(/^SEQ05\d\d$/) as unknown as string));
    },
    10_000,
  );

  it('is waited for if it is only slow', async () => {
    const text = manifestText(['layer']);
    const server = await lab.serve(
      answering({
        '/v2/app/manifests/1': (_, response) => {
          response.writeHead(200, { 'content-type': manifestType, 'content-length': text.length });
          response.write(text.slice(0, 100));
          setTimeout(() => response.end(text.slice(100)), 150);
        },
        [blobPath]: (_, response) => {
          response.writeHead(200, { 'content-length': blob.length });
          let at = 0;
          const timer = setInterval(() => {
            response.write(blob.subarray(at, (at += 20_000)));
            if (at < blob.length) return;
            clearInterval(timer);
            response.end();
          }, 80);
        },
      }),
    );
    const client = clientOf(server);
    expect((await client.manifest(reference(server), { signal })).digest).toBe(digestOf(text));
    expect(await bytesOf(client.blob(reference(server), asked, { signal }))).toHaveLength(blob.length);
    expect(server.requests).toHaveLength(2);
  });

  it('is waited for if we are slow ourselves', async () => {
    const large = Buffer.alloc(4_000_000, 'x');
    const server = await lab.serve(
      answering({ [`/v2/app/blobs/${digestOf(large)}`]: (_, response) => void response.end(large) }),
    );
    const pieces = clientOf(server).blob(
      reference(server),
      { digest: digestOf(large), bytes: large.length },
      { signal },
    );
    let bytes = 0;
    let rests = 0;
    for await (const piece of pieces) {
      bytes += piece.length;
      if (bytes > 500_000 && (rests += 1) === 1) await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    expect(bytes).toBe(large.length);
    expect(server.requests).toHaveLength(1);
  });

  it('has by default a minute for 32 KiB', () => {
    expect(defaultTimeouts.slowest).toEqual({ bytes: 32 * 1024, ms: 60_000 });
  });
});

describe('an answer that is a bomb ends in a code', () => {
  /** A server that answers `/v2/` as registries do, and everything else by hand. */
  const raw = async (answer: (socket: Socket) => void): Promise<{ host: string }> => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      let heard = '';
      socket.on('data', (piece) => {
        heard += String(piece);
        if (!heard.endsWith('\r\n\r\n')) return;
        if (heard.startsWith('GET /v2/ ')) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
        else answer(socket);
        heard = '';
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    lab.atEnd(() => void server.close());
    return { host: `127.0.0.1:${(server.address() as AddressInfo).port}` };
  };
  /** Writes as long as somebody reads. */
  const endless = (socket: Socket, head: string, piece: string): void => {
    const pour = (): void => {
      while (!socket.destroyed && socket.write(piece));
      if (!socket.destroyed) socket.once('drain', pour);
    };
    socket.write(head, pour);
  };
  const long = 'x'.repeat(60_000);

  it.each([
    ['a header without end', (socket: Socket) => endless(socket, 'HTTP/1.1 200 OK\r\nx-a: ', long)],
    ['headers without end', (socket: Socket) => endless(socket, 'HTTP/1.1 200 OK\r\n', 'x-a: b\r\n'.repeat(1000))],
    ['a name of a header without end', (socket: Socket) => endless(socket, 'HTTP/1.1 200 OK\r\n', long)],
    ['a status without end', (socket: Socket) => endless(socket, 'HTTP/1.1 200 ', long)],
    [
      'early hints without end',
      (socket: Socket) => {
        const timer = setInterval(() => socket.write('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'), 50);
        socket.on('close', () => clearInterval(timer));
      },
    ],
    [
      'a poured stream of early hints',
      (socket: Socket) => endless(socket, '', 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'.repeat(500)),
    ],
    [
      'a trailer without end',
      (socket: Socket) =>
        endless(
          socket,
          'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n',
          'x-a: b\r\n'.repeat(1000),
        ),
    ],
    [
      'an extension of a chunk without end',
      (socket: Socket) => endless(socket, 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2;', long),
    ],
    ['a body without end', (socket: Socket) => endless(socket, 'HTTP/1.1 200 OK\r\n\r\n', long)],
  ])(
    '%s',
    async (_, answer) => {
      const server = await raw(answer);
      const client = lab.client([server as ScriptedServer], { retries: 1, timeouts: { ...timeouts, stallMs: 500 } });
      const before = process.memoryUsage().rss;
      const outcome = await client.manifest(reference(server), { signal }).catch((error: unknown) => error);
      expect(outcome).toEqual(code(expect.stringMatching(/^SEQ05\d\d$/) as unknown as string));
      expect(process.memoryUsage().rss - before).toBeLessThan(150e6);
    },
    20_000,
  );

  const zeros = gzipSync(Buffer.alloc(64e6));
  it.each(['gzip', 'gzip, gzip', 'br', 'deflate'])(
    'zeros compressed as %s, wherever they are sent',
    async (encoding) => {
      const packed: Script = (request, response) => {
        if (request.url === '/v2/') return void response.end('{}');
        const status = request.url?.includes('tags') === true ? 403 : 200;
        response.writeHead(status, { 'content-encoding': encoding, 'content-type': 'application/json' });
        response.end(zeros);
      };
      const server = await lab.serve(packed);
      const client = clientOf(server);
      const before = process.memoryUsage().rss;
      const tags = async () => {
        for await (const tag of client.tags(reference(server), { signal })) void tag;
      };
      for (const work of [
        () => client.manifest(reference(server), { signal }),
        () => client.head(reference(server), { signal }),
        tags,
        () => bytesOf(client.blob(reference(server), asked, { signal })),
      ]) {
        const outcome = await work().catch((error: unknown) => error);
        expect(outcome).toEqual(code(expect.stringMatching(/^SEQ0\d\d\d$/) as unknown as string));
      }
      expect(process.memoryUsage().rss - before).toBeLessThan(150e6);
    },
  );
});
