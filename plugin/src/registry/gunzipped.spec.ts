import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { parseReference } from '../oci/reference';
import { isSeqmirrorError } from '../system/errors';
import { gunzipped } from './gunzipped';
import { createPushClient } from './push';
import type { Script } from './scripted-registry.fixture';
import { answering, bytesOf, createLab, digestOf, manifestText, manifestType } from './scripted-registry.fixture';

const { signal } = new AbortController();
const pieces = (whole: Buffer) =>
  Array.from({ length: Math.ceil(whole.length / 65_536) }, (_, index) =>
    whole.subarray(index * 65_536, (index + 1) * 65_536),
  );
const read = (body: Iterable<Buffer>) => bytesOf(gunzipped(Readable.from(body)));

describe('gzip', () => {
  it.each([
    ['one piece', [gzipSync('layer')], 'layer'],
    ['two members, one behind the other', [Buffer.concat([gzipSync('lay'), gzipSync('er')])], 'layer'],
    ['no body at all', [], ''],
  ])('with %s is unpacked', async (_, body, text) => {
    expect((await read(body)).toString()).toBe(text);
  });

  it('that is longer than its content is unpacked', async () => {
    const content = randomBytes(8e6);
    expect((await read(pieces(gzipSync(content, { level: 0 })))).equals(content)).toBe(true);
  });

  it.each([
    ['that is not gzip', [Buffer.from('layer, layer, layer')], 'Z_DATA_ERROR'],
    ['that was cut', [gzipSync('layer').subarray(0, 15)], 'Z_BUF_ERROR'],
    ['with something behind it', [gzipSync('layer'), Buffer.from('more')], 'Z_DATA_ERROR'],
    [
      'without end that holds nothing',
      endless(Buffer.concat(Array.from({ length: 1000 }, () => gzipSync('')))),
      'Z_DATA_ERROR',
    ],
  ])('%s ends in an error', async (_, body, code) => {
    await expect(read(body)).rejects.toMatchObject({ code });
  });
});

function* endless(piece: Buffer): Generator<Buffer> {
  for (;;) yield piece;
}

describe('a registry behind a server that compresses', () => {
  const blob = randomBytes(100_000);
  const asked = { digest: digestOf(blob), bytes: blob.length };
  const text = manifestText([blob]);
  let lab: ReturnType<typeof createLab>;
  beforeEach(() => {
    lab = createLab();
  });
  afterEach(() => lab.close());

  const packed =
    (content: string | Buffer, { status = 200, type = manifestType, encoding = 'gzip' } = {}): Script =>
    ({ method }, response) => {
      response.writeHead(status, { 'content-type': type, 'content-encoding': encoding });
      response.end(method === 'HEAD' ? undefined : gzipSync(content));
    };

  async function clientOf(answers: Readonly<Record<string, Script>>) {
    const server = await lab.serve(answering(answers));
    const reference = parseReference(`${server.host}/app:1`);
    return { server, reference, client: lab.client([server], { retries: 1 }) };
  }

  it.each(['gzip', 'GZip'])('has its manifests read, compressed as %s', async (encoding) => {
    const { server, reference, client } = await clientOf({
      '/v2/app/manifests/1': packed(text, { encoding }),
    });
    const { digest, bytes } = await client.manifest(reference, { signal });
    expect({ digest, bytes }).toEqual({ digest: digestOf(text), bytes: Buffer.byteLength(text) });
    expect(server.received.map(({ headers }) => headers['accept-encoding'])).toEqual(['gzip']);
  });

  it('is asked for nothing compressed if the length matters: with HEAD, and for a layer', async () => {
    const { server, reference, client } = await clientOf({
      '/v2/app/manifests/1': packed(text),
      [`/v2/app/blobs/${asked.digest}`]: (_, response) => void response.end(blob),
    });
    await client.tagExists(reference, { signal });
    await bytesOf(client.blob(reference, asked, { signal }));
    expect(server.received.map(({ headers }) => headers['accept-encoding'])).toEqual(['identity', 'identity']);
  });

  it('has its tags and its refusals read', async () => {
    const { reference, client } = await clientOf({
      '/v2/app/tags/list?n=1000': packed(JSON.stringify({ name: 'app', tags: ['1', '2'] }), {
        type: 'application/json',
      }),
      '/v2/app/manifests/1': packed(JSON.stringify({ errors: [{ code: 'DENIED', message: 'not on Sundays' }] }), {
        status: 403,
        type: 'application/json',
      }),
    });
    const tags = [];
    for await (const tag of client.tags(reference, { signal })) tags.push(tag);
    expect(tags).toEqual(['1', '2']);
    const refusal = await client.manifest(reference, { signal }).catch((error: unknown) => error);
    expect(isSeqmirrorError(refusal) ? JSON.stringify(refusal) + refusal.message : refusal).toContain('not on Sundays');
  });

  it.each([
    ['unpacked where it was packed on the way', packed(blob)],
    [
      'taken as it is if the header names only its own packing',
      (_: unknown, response: Parameters<Script>[1]) => {
        response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': blob.length });
        response.end(blob);
      },
    ],
  ] as [string, Script][])('has a layer %s', async (_, answer) => {
    const { reference, client } = await clientOf({ [`/v2/app/blobs/${asked.digest}`]: answer });
    expect((await bytesOf(client.blob(reference, asked, { signal }))).equals(blob)).toBe(true);
  });

  it.each([
    ['that is cut', gzipSync(text).subarray(0, 40), /the transfer ended early/],
    ['that is not what it is called', Buffer.from(text), /says that it is gzip, but it is not/],
  ])('leads to an error that says what is wrong with a manifest %s', async (_, sent, words) => {
    const { reference, client } = await clientOf({
      '/v2/app/manifests/1': (__, response) => {
        response.writeHead(200, { 'content-type': manifestType, 'content-encoding': 'gzip' });
        response.end(sent);
      },
    });
    await expect(client.manifest(reference, { signal })).rejects.toMatchObject({ code: 'SEQ0503' });
    const error = await client.manifest(reference, { signal }).catch((thrown: Error) => thrown);
    expect(String((error as Error).message)).toMatch(words);
  });

  it('accepts pushes as well', async () => {
    const digest = digestOf(text);
    const { server } = await clientOf({
      '/v2/app/manifests/1': (request, response) =>
        request.method === 'PUT' ? packed('', { status: 201 })(request, response) : packed(text)(request, response),
      [`/v2/app/manifests/${digest}`]: packed(text),
    });
    const client = createPushClient({
      destination: { host: server.host, namespace: '' },
      settings: { hosts: { [server.host]: { insecure: true } } },
      ...{ env: lab.env, signal, retries: 0 },
    });
    lab.atEnd(() => client.close());
    await client.putManifest('app', '1', { mediaType: manifestType, content: Buffer.from(text) }, { signal });
    expect(await client.manifestAt('app', '1', { signal })).toBe(digest);
    expect(await client.manifest('app', digest, { signal })).toMatchObject({ digest });
  });
});
