import { createHash, randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { parseReference } from '../oci/reference';
import { renderExplanation, isSeqmirrorError } from '../system/errors';
import {
  answering,
  bytesOf,
  createLab,
  digestOf,
  manifestText,
  manifestType,
  sendingBlob,
  sendingManifest,
} from './scripted-registry.fixture';
import { testAuthority, testServer } from './test-certificates.fixture';
import type { RetryEvent } from './transport';

const { signal } = new AbortController();
let lab: ReturnType<typeof createLab>;
beforeEach(() => {
  lab = createLab();
});
afterEach(() => lab.close());

const code = (expected: string) => expect.objectContaining({ code: expected });
const text = manifestText(['layer']);
const blob = randomBytes(300_000);
const blobPath = `/v2/app/blobs/${digestOf(blob)}`;
const asked = { digest: digestOf(blob), bytes: blob.length };
const failing =
  (status: number, headers: Record<string, string> = {}) =>
  (_: unknown, response: ServerResponse) => {
    response.writeHead(status, headers);
    response.end();
  };

describe('head', () => {
  it('resolves a tag without reading the manifest', async () => {
    const server = await lab.serve(answering({ '/v2/app/manifests/1': sendingManifest(text) }));
    const found = await lab.client([server]).head(parseReference(`${server.host}/app:1`), { signal });
    expect(found).toEqual({ digest: digestOf(text), bytes: text.length, mediaType: manifestType });
    expect(server.requests).toEqual(['HEAD /v2/app/manifests/1']);
  });

  it('uses `latest` if a reference has neither tag nor digest', async () => {
    const server = await lab.serve(answering({ '/v2/app/manifests/latest': sendingManifest(text) }));
    expect((await lab.client([server]).head(parseReference(`${server.host}/app`), { signal })).digest).toBe(
      digestOf(text),
    );
  });

  it.each([
    ['states no digest', (headers: Record<string, unknown>) => delete headers['docker-content-digest'], 200],
    ['knows no HEAD', () => true, 405],
  ])('reads the manifest of a registry that %s', async (_, change, status) => {
    const server = await lab.serve(
      answering({
        '/v2/app/manifests/1': (request, response) => {
          const headers: Record<string, string | number> = {
            'content-type': manifestType,
            'docker-content-digest': digestOf(text),
          };
          change(headers);
          response.writeHead(request.method === 'HEAD' ? status : 200, headers);
          response.end(request.method === 'HEAD' ? undefined : text);
        },
      }),
    );
    expect((await lab.client([server]).head(parseReference(`${server.host}/app:1`), { signal })).digest).toBe(
      digestOf(text),
    );
    expect(server.requests).toEqual(['HEAD /v2/app/manifests/1', 'GET /v2/app/manifests/1']);
  });

  it('distinguishes a missing tag from other failures', async () => {
    const server = await lab.serve(answering({ '/v2/broken/manifests/1': failing(400) }));
    const client = lab.client([server]);
    await expect(client.head(parseReference(`${server.host}/app:1`), { signal })).rejects.toEqual(code('SEQ0506'));
    expect(await client.tagExists(parseReference(`${server.host}/app:1`), { signal })).toBe(false);
    await expect(client.tagExists(parseReference(`${server.host}/broken:1`), { signal })).rejects.toEqual(
      code('SEQ0516'),
    );
  });
});

describe('manifest', () => {
  it('proves the content by the digest in the reference', async () => {
    const server = await lab.serve(answering({ [`/v2/app/manifests/${digestOf(text)}`]: sendingManifest(text) }));
    const reference = parseReference(`${server.host}/app@${digestOf(text)}`);
    expect((await lab.client([server]).manifest(reference, { signal })).content.toString()).toBe(text);
  });

  it.each([
    ['the reference', `@${digestOf('other')}`, {}],
    ['Docker-Content-Digest', ':1', { 'docker-content-digest': digestOf('other') }],
  ])('refuses content that does not match %s', async (_, suffix, headers) => {
    const server = await lab.serve(
      answering({
        [`/v2/app/manifests/${suffix.slice(1)}`]: sendingManifest(text, headers),
      }),
    );
    const outcome = lab.client([server]).manifest(parseReference(`${server.host}/app${suffix}`), { signal });
    await expect(outcome).rejects.toMatchObject({
      code: 'SEQ0508',
      details: [`expected ${digestOf('other')}`, `received ${digestOf(text)}`],
    });
  });

  it('reads no more than 4 MiB', async () => {
    const server = await lab.serve(
      answering({
        '/v2/app/manifests/1': (_, response) => {
          for (let i = 0; i < 80; i += 1) response.write(Buffer.alloc(64 * 1024, ' '));
          response.end();
        },
      }),
    );
    await expect(lab.client([server]).manifest(parseReference(`${server.host}/app:1`), { signal })).rejects.toEqual(
      code('SEQ0516'),
    );
  });

  it('asks again if the answer is cut off', async () => {
    let times = 0;
    const server = await lab.serve(
      answering({
        '/v2/app/manifests/1': (request, response) => {
          times += 1;
          if (times > 1) return sendingManifest(text)(request, response);
          response.writeHead(200, { 'content-length': 1000 });
          response.write('{');
          setTimeout(() => response.destroy(), 20);
        },
      }),
    );
    expect((await lab.client([server]).manifest(parseReference(`${server.host}/app:1`), { signal })).digest).toBe(
      digestOf(text),
    );
  });
});

describe('blob', () => {
  const reference = (host: string) => parseReference(`${host}/app:1`);

  it('returns the bytes', async () => {
    const server = await lab.serve(answering({ [blobPath]: sendingBlob(blob) }));
    expect(digestOf(await bytesOf(lab.client([server]).blob(reference(server.host), asked, { signal })))).toBe(
      asked.digest,
    );
  });

  it.each([
    ['by range', true],
    ['by reading again what it has, from a server that ignores ranges', false],
  ])('continues after cuts %s', async (_, ranges) => {
    const server = await lab.serve(
      answering({
        [blobPath]: (request, response) => {
          const from = ranges ? Number(/\d+/.exec(request.headers.range ?? '0')?.[0]) : 0;
          const sent = ranges ? 100_000 : 100_000 * server.requests.length;
          const headers = { 'content-length': blob.length - from };
          if (from > 0)
            response.writeHead(206, { ...headers, 'content-range': `bytes ${from}-${blob.length - 1}/${blob.length}` });
          else response.writeHead(200, headers);
          response.write(blob.subarray(from, from + sent));
          setTimeout(() => (from + sent >= blob.length ? response.end() : response.destroy()), 50);
        },
      }),
    );
    const events: RetryEvent[] = [];
    const client = lab.client([server], { retries: 1, onRetry: (event) => events.push(event) });
    expect(digestOf(await bytesOf(client.blob(reference(server.host), asked, { signal })))).toBe(asked.digest);
    expect(server.requests).toHaveLength(3);
    expect(server.received.map(({ headers }) => headers.range)).toEqual([undefined, 'bytes=100000-', 'bytes=200000-']);
    expect(events.map(({ failures }) => failures)).toEqual([1, 1]);
  });

  it('continues after a prefix that is on disk, and proves the whole', async () => {
    const server = await lab.serve(answering({ [blobPath]: sendingBlob(blob) }));
    const hash = createHash('sha256').update(blob.subarray(0, 1234));
    const rest = await bytesOf(
      lab.client([server]).blob(reference(server.host), asked, { signal, resume: { bytes: 1234, hash } }),
    );
    expect(digestOf(rest)).toBe(digestOf(blob.subarray(1234)));
    expect(server.received[0]?.headers.range).toBe('bytes=1234-');
  });

  it('requests nothing if everything is on disk, and still proves it', async () => {
    const client = lab.client([]);
    const all = { bytes: blob.length, hash: createHash('sha256').update(blob) };
    expect(await bytesOf(client.blob(reference('127.0.0.1:1'), asked, { signal, resume: all }))).toHaveLength(0);
    const damaged = { bytes: blob.length, hash: createHash('sha256').update('other') };
    await expect(bytesOf(client.blob(reference('127.0.0.1:1'), asked, { signal, resume: damaged }))).rejects.toEqual(
      code('SEQ0508'),
    );
  });

  it('names both digests of wrong content', async () => {
    const flipped = Buffer.from(blob);
    flipped[7] = (flipped[7] as number) ^ 1;
    const server = await lab.serve(answering({ [blobPath]: sendingBlob(flipped) }));
    await expect(bytesOf(lab.client([server]).blob(reference(server.host), asked, { signal }))).rejects.toMatchObject({
      code: 'SEQ0508',
      details: [`expected ${digestOf(blob)}`, `received ${digestOf(flipped)}`],
    });
  });

  it.each([
    ['announced', true],
    ['sent unannounced', false],
  ])('refuses more bytes than the manifest says, %s', async (_, announced) => {
    const server = await lab.serve(
      answering({
        [blobPath]: (_request, response) => {
          response.writeHead(200, announced ? { 'content-length': blob.length + 1 } : {});
          response.end(Buffer.concat([blob, Buffer.from('x')]));
        },
      }),
    );
    await expect(bytesOf(lab.client([server]).blob(reference(server.host), asked, { signal }))).rejects.toEqual(
      code('SEQ0508'),
    );
  });

  it('takes silence in the middle for a cut, and gives up in the end', async () => {
    const server = await lab.serve(
      answering({
        [blobPath]: (request, response) => {
          if (request.headers.range !== undefined) return;
          response.writeHead(200, { 'content-length': blob.length });
          response.write(blob.subarray(0, 1000));
        },
      }),
    );
    const client = lab.client([server], { retries: 1, timeouts: { stallMs: 300, answerMs: 300 } });
    await expect(bytesOf(client.blob(reference(server.host), asked, { signal }))).rejects.toEqual(code('SEQ0503'));
    expect(server.requests.length).toBeGreaterThan(1);
  }, 20_000);

  it('ends with the reason of the signal', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const server = await lab.serve(
      answering({
        [blobPath]: (_, response) => {
          response.writeHead(200, { 'content-length': blob.length });
          response.write(blob.subarray(0, 1000));
          setTimeout(() => stop.abort(reason), 20);
        },
      }),
    );
    await expect(bytesOf(lab.client([server]).blob(reference(server.host), asked, stop))).rejects.toBe(reason);
  });

  it('reports a missing blob', async () => {
    const server = await lab.serve(answering({}));
    await expect(bytesOf(lab.client([server]).blob(reference(server.host), asked, { signal }))).rejects.toEqual(
      code('SEQ0507'),
    );
  });
});

describe('redirects', () => {
  const to = (location: string) => failing(307, { location });

  it('go to object storage without the Authorization header', async () => {
    const storage = await lab.serve(sendingBlob(blob));
    const open = answering({ [blobPath]: to(`http://${storage.host}/bucket/blob?sig=1`) });
    const registry = await lab.serve((request, response) => {
      if (request.headers.authorization !== undefined) return open(request, response);
      failing(401, { 'www-authenticate': 'Basic realm="here"' })(request, response);
    });
    const authFile = lab.file(
      'auth.json',
      JSON.stringify({ auths: { [registry.host]: { auth: Buffer.from('u:p').toString('base64') } } }),
    );
    const client = lab.client([registry], { settings: { authFile, hosts: { [registry.host]: { insecure: true } } } });
    expect(digestOf(await bytesOf(client.blob(parseReference(`${registry.host}/app:1`), asked, { signal })))).toBe(
      asked.digest,
    );
    expect(registry.received[0]?.headers.authorization).toBe(`Basic ${Buffer.from('u:p').toString('base64')}`);
    expect(storage.received[0]?.headers.authorization).toBeUndefined();
  });

  it.each([
    ['from https to http', () => 'http://127.0.0.1:9/'],
    ['to something else than http', () => 'file:///etc/passwd'],
    ['without an end', () => blobPath],
  ])('are refused %s', async (_, location) => {
    const registry = await lab.serve(answering({ [blobPath]: to(location()) }), testServer);
    const caFile = lab.file('ca.pem', testAuthority);
    const client = lab.client([], { hosts: { [registry.host]: { caFile } } });
    await expect(bytesOf(client.blob(parseReference(`${registry.host}/app:1`), asked, { signal }))).rejects.toEqual(
      code('SEQ0514'),
    );
  });
});

describe('retries', () => {
  it.each([408, 429, 500, 502, 503, 504])('wait after HTTP %d and continue', async (status) => {
    const server = await lab.serve(
      answering({
        '/v2/app/manifests/1': (request, response) =>
          server.requests.length < 3 ? failing(status)(request, response) : sendingManifest(text)(request, response),
      }),
    );
    expect((await lab.client([server]).head(parseReference(`${server.host}/app:1`), { signal })).digest).toBe(
      digestOf(text),
    );
  });

  it('wait as long as Retry-After says', async () => {
    const server = await lab.serve(
      answering({
        '/v2/app/manifests/1': (request, response) =>
          server.requests.length < 2
            ? failing(429, { 'retry-after': '17' })(request, response)
            : sendingManifest(text)(request, response),
      }),
    );
    const waited: number[] = [];
    const client = lab.client([server], { sleep: async (ms) => void waited.push(ms) });
    await client.head(parseReference(`${server.host}/app:1`), { signal });
    expect(waited).toEqual([17_000]);
  });

  it('end after a number of attempts', async () => {
    const server = await lab.serve(answering({ '/v2/app/manifests/1': failing(429) }));
    await expect(lab.client([server]).head(parseReference(`${server.host}/app:1`), { signal })).rejects.toEqual(
      code('SEQ0509'),
    );
    expect(server.requests).toHaveLength(3);
  });

  it('are not made if waiting does not help', async () => {
    const server = await lab.serve(answering({}));
    await expect(lab.client([server]).head(parseReference(`${server.host}/app:1`), { signal })).rejects.toEqual(
      code('SEQ0506'),
    );
    expect(server.requests).toHaveLength(1);
  });

  it('are not made for a name that DNS does not know', async () => {
    const waits: number[] = [];
    const client = lab.client([], { retries: 5, sleep: async (ms) => void waits.push(ms) });
    await expect(client.head(parseReference('registry.invalid/app:1'), { signal })).rejects.toMatchObject({
      code: 'SEQ0503',
      what: 'The request to registry.invalid for registry.invalid/app:1 failed: DNS does not know the name registry.invalid',
      why: expect.stringContaining('did not try again'),
      next: expect.stringContaining('getent hosts registry.invalid'),
    });
    expect(waits).toEqual([]);
  });

  it('report a host that stays unreachable', async () => {
    const client = lab.client([], { retries: 1 });
    await expect(client.head(parseReference('127.0.0.1:1/app:1'), { signal })).rejects.toMatchObject({
      code: 'SEQ0503',
      what: 'The request to 127.0.0.1:1 for 127.0.0.1:1/app:1 failed: the connection was refused (ECONNREFUSED)',
    });
  });
});

describe('limits', () => {
  it('allow only as many requests at once as the host may have', async () => {
    let now = 0;
    let most = 0;
    const server = await lab.serve(
      answering({
        [blobPath]: (request, response) => {
          most = Math.max(most, ++now);
          setTimeout(() => {
            now -= 1;
            sendingBlob(blob)(request, response);
          }, 20);
        },
      }),
    );
    const client = lab.client([], { hosts: { [server.host]: { insecure: true, parallel: 3 } } });
    await Promise.all(
      Array.from({ length: 12 }, () => bytesOf(client.blob(parseReference(`${server.host}/app:1`), asked, { signal }))),
    );
    expect(most).toBe(3);
  });

  it('give a place back after every kind of answer', async () => {
    const server = await lab.serve(
      answering({ '/v2/app/manifests/1': sendingManifest(text), '/v2/app/manifests/busy': failing(503) }),
    );
    const client = lab.client([], { hosts: { [server.host]: { insecure: true, parallel: 1 } } });
    const outcomes = await Promise.allSettled(
      ['1', 'absent', 'busy', '1', 'absent'].flatMap((tag) => {
        const reference = parseReference(`${server.host}/app:${tag}`);
        return [client.head(reference, { signal }), client.manifest(reference, { signal })];
      }),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
  });

  it('give a place back when a reader stops in the middle', async () => {
    const server = await lab.serve(answering({ [blobPath]: sendingBlob(blob) }));
    const client = lab.client([], { hosts: { [server.host]: { insecure: true, parallel: 1 } } });
    const reference = parseReference(`${server.host}/app:1`);
    for await (const chunk of client.blob(reference, asked, { signal })) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    expect(digestOf(await bytesOf(client.blob(reference, asked, { signal })))).toBe(asked.digest);
  });
});

describe('TLS', () => {
  const served = answering({ '/v2/app/manifests/1': sendingManifest(text) });

  it('is trusted by caFile, and said to be verified', async () => {
    const server = await lab.serve(served, testServer);
    const client = lab.client([], { hosts: { [server.host]: { caFile: lab.file('ca.pem', testAuthority) } } });
    await client.head(parseReference(`${server.host}/app:1`), { signal });
    expect(client.tlsVerified()).toBe(true);
  });

  it('with an unknown authority is an error at once, which says what to do', async () => {
    const server = await lab.serve(served, testServer);
    const failure: unknown = await lab
      .client([])
      .head(parseReference(`${server.host}/app:1`), { signal })
      .catch((error: unknown) => error);
    if (!isSeqmirrorError(failure)) throw failure;
    expect(renderExplanation(failure).replaceAll(server.host, 'HOST')).toMatchInlineSnapshot(`
      "SEQ0504 seqmirror does not trust HOST: its certificate authority is not known to this machine
        Why:   seqmirror did not send the request for HOST/app:1
        Next:  Set registries.hosts."HOST".caFile in seqmirror.yaml to the file of its certificate authority, or copy that file to /etc/containers/certs.d/HOST/ca.crt"
    `);
    expect(server.requests).toHaveLength(0);
  });

  it('is unverified, and plain HTTP is used, only if the host is marked insecure', async () => {
    const secure = await lab.serve(served, testServer);
    const plain = await lab.serve(served);
    const client = lab.client([secure, plain]);
    await client.head(parseReference(`${secure.host}/app:1`), { signal });
    await client.head(parseReference(`${plain.host}/app:1`), { signal });
    expect(client.tlsVerified()).toBe(false);
    await expect(
      lab.client([], { retries: 0 }).head(parseReference(`${plain.host}/app:1`), { signal }),
    ).rejects.toMatchObject({
      code: 'SEQ0503',
      next: expect.stringContaining('insecure'),
    });
  });
});

describe('mirrors of registries.conf', () => {
  const conf = (...mirrors: string[]): string =>
    [
      '[[registry]]',
      'prefix = "registry.redhat.io"',
      'location = "127.0.0.1:1"',
      ...mirrors.flatMap((location) => ['[[registry.mirror]]', `location = "${location}"`, 'insecure = true']),
    ].join('\n');

  it('are tried in order, and named as substitutions', async () => {
    const empty = await lab.serve(answering({}));
    const full = await lab.serve(answering({ '/v2/copy/ubi9/ubi/manifests/9': sendingManifest(text) }));
    const registriesConf = lab.file('mirrors.conf', conf(empty.host, `${full.host}/copy`));
    const client = lab.client([], { settings: { registriesConf } });
    expect((await client.head(parseReference('registry.redhat.io/ubi9/ubi:9'), { signal })).digest).toBe(
      digestOf(text),
    );
    expect(empty.requests).toEqual(['HEAD /v2/ubi9/ubi/manifests/9']);
    expect(client.substitutions()).toEqual(
      [
        `registry.redhat.io -> 127.0.0.1:1`,
        `registry.redhat.io -> ${empty.host}`,
        `registry.redhat.io -> ${full.host}/copy`,
      ].sort(),
    );
  });

  const unknownHost = 'registry.invalid';
  const confOf = (location: string, mirror: string): string => conf(mirror).replace('127.0.0.1:1"', `${location}"`);

  it.each([
    { name: 'unknown to DNS', location: unknownHost, mostWaits: 0, words: 'DNS does not know the name' },
    { name: 'unreachable', location: '127.0.0.1:1', mostWaits: 1, words: 'the connection was refused' },
  ])(
    'that do not have a mistyped tag are reported before a registry that is $name, and at once',
    async ({ location, mostWaits, words }) => {
      const empty = await lab.serve(answering({}));
      const registriesConf = lab.file('mirrors.conf', confOf(location, empty.host));
      const waits: number[] = [];
      const client = lab.client([], {
        settings: { registriesConf },
        retries: 5,
        sleep: async (ms) => void waits.push(ms),
      });
      await expect(client.manifest(parseReference('registry.redhat.io/ubi9/ubi:9'), { signal })).rejects.toMatchObject({
        code: 'SEQ0506',
        what: `registry.redhat.io/ubi9/ubi:9 does not exist on ${empty.host} (HTTP 404)`,
        details: expect.arrayContaining([
          expect.stringMatching(new RegExp(`itself also failed: The request to ${location} .*${words}`)),
        ]),
      });
      expect(waits.length).toBeLessThanOrEqual(mostWaits);
    },
  );

  it('that lack a blob give an unreachable registry all its rounds, since it may have the blob', async () => {
    const empty = await lab.serve(answering({}));
    const registriesConf = lab.file('mirrors.conf', conf(empty.host));
    const waits: number[] = [];
    const client = lab.client([], {
      settings: { registriesConf },
      retries: 3,
      sleep: async (ms) => void waits.push(ms),
    });
    const bytes = bytesOf(client.blob(parseReference('registry.redhat.io/app:1'), asked, { signal }));
    await expect(bytes).rejects.toMatchObject({
      code: 'SEQ0503',
      details: [expect.stringContaining('does not exist on')],
    });
    expect(waits).toHaveLength(3);
  });

  it.each([401, 403, 404])(
    'are reported after the registry itself if that answers: HTTP %d before 403 of a mirror',
    async (status) => {
      const mirror = await lab.serve(answering({ '/v2/ubi9/ubi/manifests/9': failing(403) }));
      const registry = await lab.serve(answering({ '/v2/ubi9/ubi/manifests/9': failing(status) }));
      const registriesConf = lab.file('mirrors.conf', confOf(registry.host, mirror.host));
      const waits: number[] = [];
      const client = lab.client([registry], { settings: { registriesConf }, sleep: async (ms) => void waits.push(ms) });
      await expect(client.head(parseReference('registry.redhat.io/ubi9/ubi:9'), { signal })).rejects.toMatchObject({
        what: expect.stringContaining(registry.host),
        details: [expect.stringMatching(`^a mirror in registries.conf also failed: ${mirror.host} does not let`)],
      });
      expect(waits).toEqual([]);
    },
  );

  it('are enough to know that a tag does not exist if the registry behind them is unreachable', async () => {
    const empty = await lab.serve(answering({}));
    const registriesConf = lab.file('mirrors.conf', conf(empty.host));
    const client = lab.client([], { settings: { registriesConf }, retries: 5 });
    expect(await client.tagExists(parseReference('registry.redhat.io/ubi9/ubi:sha256-0.sig'), { signal })).toBe(false);
    expect(empty.requests).toHaveLength(1);
  });

  it('are asked last for a while after they were unreachable', async () => {
    const full = await lab.serve(answering({ '/v2/ubi9/ubi/manifests/9': sendingManifest(text) }));
    const registriesConf = lab.file('mirrors.conf', conf('127.0.0.1:2', full.host));
    const client = lab.client([], { settings: { registriesConf } });
    for (let i = 0; i < 3; i += 1) await client.head(parseReference('registry.redhat.io/ubi9/ubi:9'), { signal });
    expect(full.requests).toHaveLength(3);
  });
});

describe('tags', () => {
  it('are listed page by page, whatever host the Link names', async () => {
    const server = await lab.serve(
      answering({
        '/v2/app/tags/list': (request, response) => {
          const last = new URL(request.url ?? '', 'http://x').searchParams.get('last');
          if (last === null)
            response.setHeader('link', '<http://elsewhere.example/v2/app/tags/list?last=b&n=2>; rel="next"');
          response.end(JSON.stringify({ name: 'app', tags: last === null ? ['a', 'b'] : ['c'] }));
        },
      }),
    );
    const tags: string[] = [];
    for await (const tag of lab.client([server]).tags(parseReference(`${server.host}/app`), { signal })) tags.push(tag);
    expect(tags).toEqual(['a', 'b', 'c']);
  });

  it('are refused if they never end', async () => {
    const server = await lab.serve(
      answering({
        '/v2/app/tags/list': (_, response) => {
          response.setHeader('link', '</v2/app/tags/list?last=a>; rel="next"');
          response.end('{"tags":["a"]}');
        },
      }),
    );
    const list = async () => {
      const seen = new Set<string>();
      for await (const tag of lab.client([server]).tags(parseReference(`${server.host}/app`), { signal }))
        seen.add(tag);
    };
    await expect(list()).rejects.toEqual(code('SEQ0516'));
  });
});

describe('a client that is stopped', () => {
  it("ends what is waiting with the signal's reason", async () => {
    const stop = new AbortController();
    const reason = new Error('Ctrl-C');
    const server = await lab.serve((_, response) => void setTimeout(() => response.end(), 10_000).unref());
    const head = lab.client([server], { signal: stop.signal }).head(parseReference(`${server.host}/app:1`), { signal });
    setTimeout(() => stop.abort(reason), 30);
    await expect(head).rejects.toBe(reason);
  });
});
