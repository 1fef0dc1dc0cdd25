import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect, createServer as createTcpServer } from 'node:net';
import { parseReference } from '../oci/reference';
import type { ScriptedServer } from './scripted-registry.fixture';
import { answering, createLab, digestOf, manifestText, sendingManifest } from './scripted-registry.fixture';
import { testServer } from './test-certificates.fixture';

const { signal } = new AbortController();
const text = manifestText(['layer']);
const served = answering({ '/v2/app/manifests/1': sendingManifest(text) });
let lab: ReturnType<typeof createLab>;
beforeEach(() => {
  lab = createLab();
});
afterEach(() => lab.close());

/** A proxy that leads every name to one server, and records how it was asked. */
async function aProxyTo(target: ScriptedServer, { tunnels }: { tunnels: boolean }) {
  const asked: string[] = [];
  const [hostname, port] = target.host.split(':') as [string, string];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers['proxy-authorization'] ?? ''}`.trim());
    const { pathname } = new URL(request.url ?? '');
    request.pipe(
      httpRequest({ hostname, port, path: pathname, method: request.method, headers: request.headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      }),
    );
  });
  server.on('connect', (request, socket) => {
    asked.push(`CONNECT ${request.url}`);
    if (!tunnels) return void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    const onward = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    socket.on('error', () => onward.destroy());
    onward.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { address, asked, close };
}

describe('proxies', () => {
  const hosts = { 'registry.test': { insecure: true } };

  it('tunnel TLS', async () => {
    const proxy = await aProxyTo(await lab.serve(served, testServer), { tunnels: true });
    const env = { ...lab.env, HTTPS_PROXY: `http://${proxy.address}` };
    const client = lab.client([], { settings: { hosts }, env });
    expect((await client.head(parseReference('registry.test/app:1'), { signal })).digest).toBe(digestOf(text));
    expect(new Set(proxy.asked)).toEqual(new Set(['CONNECT registry.test:443']));
    await client.close();
    proxy.close();
  });

  it("get absolute addresses for plain HTTP, with the credentials in the proxy's address", async () => {
    const proxy = await aProxyTo(await lab.serve(served), { tunnels: false });
    const env = { ...lab.env, HTTP_PROXY: `http://me:secret@${proxy.address}`, HTTPS_PROXY: `http://${proxy.address}` };
    const client = lab.client([], { settings: { hosts }, env });
    expect((await client.head(parseReference('registry.test/app:1'), { signal })).digest).toBe(digestOf(text));
    const basic = `Basic ${Buffer.from('me:secret').toString('base64')}`;
    expect(proxy.asked).toEqual([
      'CONNECT registry.test:443',
      `GET http://registry.test/v2/ ${basic}`,
      `HEAD http://registry.test/v2/app/manifests/1 ${basic}`,
    ]);
    await client.close();
    proxy.close();
  });

  it('are not used for this machine', async () => {
    const server = await lab.serve(served);
    const client = lab.client([server], {
      env: { ...lab.env, HTTP_PROXY: 'http://127.0.0.1:1', HTTPS_PROXY: 'http://127.0.0.1:1' },
    });
    expect((await client.head(parseReference(`${server.host}/app:1`), { signal })).digest).toBe(digestOf(text));
  });
});

describe('HEAD', () => {
  const head = `HTTP/1.1 200 OK\r\nContent-Type: x/y\r\nContent-Length: 9\r\nDocker-Content-Digest: ${digestOf(text)}\r\n\r\n`;

  /** Answers requests on each connection by itself, in order; what it sends behind a HEAD is up to the spec. */
  async function aServer(behindHead: string) {
    let connections = 0;
    const server = createTcpServer((socket) => {
      connections += 1;
      socket.on('error', () => socket.destroy());
      socket.on('data', (data) => {
        if (data.toString().startsWith('HEAD')) socket.write(head + behindHead);
        else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    lab.atEnd(() => void server.close());
    const { port } = server.address() as AddressInfo;
    return { host: `127.0.0.1:${port}`, connections: () => connections };
  }

  it('keeps its connection for what is asked next', async () => {
    const server = await aServer('');
    const client = lab.client([{ ...server, requests: [], received: [] }]);
    const ask = () => client.head(parseReference(`${server.host}/app:1`), { signal });
    await ask();
    const first = server.connections();
    for (let time = 0; time < 5; time += 1) await ask();
    expect(server.connections()).toBe(first);
  });

  it('takes no body that follows it for the answer to what is asked next', async () => {
    const other = `sha256:${'0'.repeat(64)}`;
    const server = await aServer(head.replace(digestOf(text), other));
    const client = lab.client([{ ...server, requests: [], received: [] }]);
    for (let time = 0; time < 5; time += 1) {
      const { digest } = await client.head(parseReference(`${server.host}/app:1`), { signal });
      expect(digest).toBe(digestOf(text));
    }
  });
});

describe('certificates', () => {
  it.each([
    ['absent', undefined, /cannot be read \(ENOENT\)/],
    ['not PEM', 'DER', /no certificate in PEM form/],
  ])('that are named and %s stop the run', async (_, content, words) => {
    const caFile = content === undefined ? `${lab.folder}/absent.pem` : lab.file('ca.pem', content);
    const server = await lab.serve(served, testServer);
    const client = lab.client([], { hosts: { [server.host]: { caFile } } });
    await expect(client.head(parseReference(`${server.host}/app:1`), { signal })).rejects.toMatchObject({
      code: 'SEQ0517',
      what: expect.stringMatching(words),
    });
    expect(server.requests).toHaveLength(0);
  });
});
