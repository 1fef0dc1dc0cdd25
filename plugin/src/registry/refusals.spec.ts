/** What registries, and proxies before them, really answer, and how it is reported. */
import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { parseReference } from '../oci/reference';
import type { SeqmirrorError } from '../system/errors';
import { createPushClient } from './push';
import type { Script } from './scripted-registry.fixture';
import { answering, createLab, digestOf } from './scripted-registry.fixture';

jest.setTimeout(60_000);

const { signal } = new AbortController();
let lab: ReturnType<typeof createLab>;
beforeEach(() => {
  lab = createLab();
});
afterEach(() => lab.close());

const refusing =
  (status: number, code: string, message: string, headers: Record<string, string> = {}): Script =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify({ errors: [{ code, message }] }));
  };

async function failureOf(work: Promise<unknown>): Promise<SeqmirrorError> {
  return work.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => error as SeqmirrorError,
  );
}

describe('a quota that is used up is reported as that, not as missing rights', () => {
  const cases: [name: string, status: number, code: string, message: string][] = [
    [
      'Harbor',
      403,
      'DENIED',
      'adding 29.0 MiB of storage resource, which when updated to current usage of 152.4 MiB will exceed the configured upper limit of 10.0 MiB.',
    ],
    ['Quay', 403, 'DENIED', 'Quota has been exceed on namespace'],
    ['IBM', 403, 'DENIED', 'You have exceeded your storage quota. Delete one or more images, or review your plan.'],
    ['DigitalOcean', 403, 'DENIED', 'registry contains 1 repositories, limit is 1'],
    ['Harbor 1.9', 400, 'DENIED', 'Quota exceeded when processing the request of adding 1.3 MiB'],
  ];
  it.each(cases)('by %s', async (_name, status, code, message) => {
    const server = await lab.serve((request, response) =>
      request.method === 'POST' ? refusing(status, code, message)(request, response) : answering({})(request, response),
    );
    const client = pushTo(server.host);
    const failure = await failureOf(client.uploadBlob('app', aBlob, { signal }));
    expect(failure).toMatchObject({
      code: 'SEQ0520',
      what: expect.stringMatching(/^The quota of project on .* is used up/),
      details: [expect.stringContaining(message.slice(0, 40))],
    });
    expect(failure.why).toContain('Permissions and credentials are right');
  });

  it('and a 403 without such words is still reported as missing rights', async () => {
    const server = await lab.serve((request, response) =>
      request.method === 'POST'
        ? refusing(403, 'DENIED', 'requested access to the resource is denied')(request, response)
        : answering({})(request, response),
    );
    await expect(pushTo(server.host).uploadBlob('app', aBlob, { signal })).rejects.toMatchObject({ code: 'SEQ0519' });
  });
});

describe('HTTP 401', () => {
  it.each([
    ['without WWW-Authenticate', {}, /has no WWW-Authenticate header. So seqmirror did not send/],
    ['that asks for Negotiate', { 'www-authenticate': 'Negotiate' }, /offers only negotiate.*seqmirror did not send/],
  ])('%s does not blame credentials that were never sent', async (_name, headers, why) => {
    const server = await lab.serve(answering({ '/v2/app/manifests/1': refusing(401, 'UNAUTHORIZED', 'no', headers) }));
    const auth = Buffer.from('me:secret').toString('base64');
    const authFile = lab.file('auth.json', JSON.stringify({ auths: { [server.host]: { auth } } }));
    const client = lab.client([server], { settings: { authFile, hosts: { [server.host]: { insecure: true } } } });
    const failure = await failureOf(client.manifest(parseReference(`${server.host}/app:1`), { signal }));
    expect(server.received.every(({ headers: sent }) => sent.authorization === undefined)).toBe(true);
    expect(failure).toMatchObject({ code: 'SEQ0501', why: expect.stringMatching(why) });
    expect(failure.what).not.toMatch(/refused the credentials/);
    expect(failure.next).not.toMatch(/podman login/);
  });
});

describe('a registry that refuses a path for its depth', () => {
  const invalid = 'invalid repository name: at most two parts';
  const destination = 'project/team/app';

  it.each([
    ['GitLab', 400, 'NAME_INVALID', /^If .* allows only two parts, .*upload with `--maxNestedPaths=2`/],
    [
      'docker.io',
      401,
      'UNAUTHORIZED',
      /podman login.* If .* allows only two parts, .*upload with `--maxNestedPaths=2`/,
    ],
    ['older Quay', 403, 'DENIED', /If .* allows only two parts, .*upload with `--maxNestedPaths=2`/],
  ])(
    "in %s's words, HTTP %d to HEAD, is reported in those words, with what to try",
    async (_name, status, code, next) => {
      const server = await lab.serve((request, response) =>
        request.url === '/v2/'
          ? answering({})(request, response)
          : refusing(status, code, invalid, { 'www-authenticate': 'Basic' })(request, response),
      );
      const auth = Buffer.from('me:secret').toString('base64');
      const client = pushTo(server.host, {
        authFile: lab.file('auth.json', JSON.stringify({ auths: { [server.host]: { auth } } })),
      });
      const failures = [
        await failureOf(client.manifestAt('team/app', '1', { signal })),
        await failureOf(client.hasBlob('team/app', aBlob.digest, { signal })),
      ];
      for (const failure of failures) {
        expect(failure.details).toEqual([
          `${server.host} says: ${code}: ${invalid}`,
          `the repository path ${destination} has 3 parts`,
        ]);
        expect(failure.next).toMatch(next);
      }
      // With credentials, the first HEAD asks which are needed.
      expect([...new Set(server.requests)].slice(0, 2)).toEqual(
        ['HEAD', 'GET'].map((method) => `${method} /v2/${destination}/manifests/1`),
      );
    },
  );

  it('with HTTP 404 to the blob that is pushed', async () => {
    const server = await lab.serve((request, response) =>
      request.method === 'POST'
        ? refusing(404, 'NAME_UNKNOWN', invalid)(request, response)
        : answering({})(request, response),
    );
    const failure = await failureOf(pushTo(server.host).uploadBlob('team/app', aBlob, { signal }));
    expect(failure.details).toContain(`the repository path ${destination} has 3 parts`);
    expect(failure.next).toMatch(
      /^Create the project or organization project on .*\. If .* upload with `--maxNestedPaths=2`/,
    );
  });

  it('does not mention depth if the path has two parts, and asks only once if that is missing', async () => {
    const server = await lab.serve((request, response) =>
      request.url?.includes('/blobs/') === true
        ? answering({})(request, response)
        : refusing(403, 'DENIED', 'denied')(request, response),
    );
    const client = pushTo(server.host);
    expect((await failureOf(client.manifestAt('app', '1', { signal }))).next).not.toContain('axNestedPaths');
    const before = server.requests.length;
    expect(await client.hasBlob('app', aBlob.digest, { signal })).toBe(false);
    expect(server.requests.slice(before)).toEqual([`HEAD /v2/project/app/blobs/${aBlob.digest}`]);
  });

  it('a GET with another answer than the HEAD before explains nothing', async () => {
    const server = await lab.serve((request, response) => {
      if (request.url === '/v2/') return answering({})(request, response);
      response.statusCode = request.method === 'HEAD' ? 403 : 200;
      response.end(request.method === 'HEAD' ? undefined : '{}');
    });
    await expect(pushTo(server.host).manifestAt('app', '1', { signal })).rejects.toMatchObject({ code: 'SEQ0505' });
  });
});

describe('a proxy is reported as a proxy', () => {
  const squid = '<!DOCTYPE html><html><body>ERR_ACCESS_DENIED</body></html>';
  const hosts = { 'registry.test': { insecure: true } };
  const page =
    (status: number): RequestListener =>
    (_, response) => {
      response.writeHead(status, { 'content-type': 'text/html', 'x-squid-error': 'ERR_ACCESS_DENIED 0' });
      response.end(squid);
    };
  const head = async (
    proxy: string,
    { insecure = false } = {},
  ): Promise<{ failure: SeqmirrorError; waits: number }> => {
    let waits = 0;
    const client = lab.client([], {
      settings: insecure ? { hosts } : {},
      env: { ...lab.env, HTTP_PROXY: proxy, HTTPS_PROXY: proxy },
      retries: 3,
      sleep: async () => void (waits += 1),
      timeouts: { connectMs: 2000, answerMs: 500 },
    });
    return { failure: await failureOf(client.head(parseReference('registry.test/app:1'), { signal })), waits };
  };

  it.each([
    [407, 'SEQ0518', /^The proxy 127.0.0.1:\d+ refused the user and password \(HTTP 407\)/, 0],
    [403, 'SEQ0518', /^The proxy 127.0.0.1:\d+ refused the request to registry.test for .* \(HTTP 403\)/, 0],
    [405, 'SEQ0518', /^The proxy .* \(HTTP 405\)/, 0],
    [502, 'SEQ0503', /^The request to registry.test .* failed: the proxy 127.0.0.1:\d+ did not make .* HTTP 502/, 3],
  ])('that answers CONNECT with HTTP %d', async (status, code, what, waits) => {
    const proxy = await aProxy({ connect: (socket) => void socket.end(`HTTP/1.1 ${status} No\r\n\r\n`) });
    const outcome = await head(`http://me:secret@${proxy}`);
    expect(outcome).toMatchObject({ failure: { code, what: expect.stringMatching(what) }, waits });
    expect(JSON.stringify(outcome.failure)).not.toContain('secret');
  });

  it.each([
    [407, /^The proxy 127.0.0.1:\d+ requires a user and password \(HTTP 407\)/],
    [403, /^The proxy 127.0.0.1:\d+ refused the request to registry.test for .* \(HTTP 403\)/],
  ])('that answers HTTP %d to plain HTTP, if the registry may be asked over that', async (status, what) => {
    const proxy = await aProxy({
      request: page(status),
      connect: (socket) => void socket.end('HTTP/1.1 403 No\r\n\r\n'),
    });
    const { failure, waits } = await head(`http://${proxy}`, { insecure: true });
    expect(failure).toMatchObject({ code: 'SEQ0518', what: expect.stringMatching(what) });
    expect(waits).toBe(0);
  });

  it.each<[string, (socket: Socket) => void, RegExp]>([
    ['hangs up', (socket) => void socket.destroy(), /the proxy .* the connection was/],
    [
      'sends what is no HTTP',
      (socket) => void socket.end('hello\r\n\r\n'),
      /the proxy .* did not make the connection: its answer was not HTTP/,
    ],
    ['never answers', () => undefined, /the proxy .*/],
    [
      'lets through and hangs up',
      (socket) => void socket.end('HTTP/1.1 200 OK\r\n\r\n'),
      /The request to registry.test .* failed/,
    ],
    ['speaks no TLS inside', (socket) => void socket.write('HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 403 No\r\n\r\n'), /./],
  ])('that %s, without a crash', async (_name, connect, what) => {
    const { failure } = await head(`http://${await aProxy({ connect })}`);
    expect(failure).toMatchObject({ code: 'SEQ0503', what: expect.stringMatching(what) });
  });

  it.each([
    ['http://127.0.0.1:1', /the proxy 127.0.0.1:1 did not make .* the connection was refused/, 3],
    ['http://proxy.invalid:3128', /the proxy proxy.invalid:3128 did not make .* DNS does not know its name/, 0],
  ])('that is missing: %s', async (proxy, what, waits) => {
    for (const insecure of [false, true])
      expect(await head(proxy, { insecure })).toMatchObject({
        failure: { code: 'SEQ0503', what: expect.stringMatching(what) },
        waits,
      });
  });

  it('whose name nobody gave, recognised by its headers', async () => {
    const server = await lab.serve(page(403));
    const client = lab.client([server]);
    await expect(client.manifest(parseReference(`${server.host}/app:1`), { signal })).rejects.toMatchObject({
      code: 'SEQ0518',
      what: expect.stringMatching(/^A proxy between this machine and the registry refused/),
    });
  });

  async function aProxy(does: { request?: RequestListener; connect: (socket: Socket) => void }): Promise<string> {
    const sockets = new Set<Socket>();
    const server = createServer(does.request ?? page(403));
    server.on('connection', (socket) => sockets.add(socket));
    server.on('connect', (_request, socket: Socket) => {
      socket.on('error', () => undefined);
      does.connect(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    lab.atEnd(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
});

const content = Buffer.from('content');
const aBlob = {
  digest: digestOf(content),
  bytes: content.length,
  async *open() {
    yield content;
  },
};

function pushTo(host: string, settings: { authFile?: string } = {}) {
  const client = createPushClient({
    destination: { host, namespace: 'project' },
    settings: { ...settings, hosts: { [host]: { insecure: true } } },
    env: lab.env,
    signal,
    retries: 1,
    sleep: async () => undefined,
  });
  lab.atEnd(() => client.close());
  return client;
}
