import type { IncomingMessage } from 'node:http';
import type { Digest } from '../oci/digest';
import type { PushClient } from './push';
import { createPushClient } from './push';
import type { PushedBlob } from './push-source';
import { createLab, digestOf } from './scripted-registry.fixture';

/** What a registry makes of content under a digest that is not its own. */
type Manner =
  | 'refuses'
  | 'refuses in other words'
  | 'believes'
  | 'believes, and deletes nothing'
  | 'believes what is large'
  | 'names what it got'
  | 'proves at another server'
  | 'takes only chunks';

const lab = createLab();
afterAll(() => lab.close());

const signal = new AbortController().signal;
const large = Buffer.alloc(2_000_000, 'content');
const damaged = Buffer.from(large);
damaged[1_234_567] = 0;

async function registryThat(manner: Manner) {
  const stored = new Map<string, Buffer>();
  let uploads = 0;
  const other = await lab.serve((request, response) => {
    void bodyOf(request).then(() => response.writeHead(201).end());
  });
  const server = await lab.serve(async (request, response) => {
    const url = new URL(request.url ?? '', 'http://registry');
    const named = url.searchParams.get('digest') ?? '';
    const digest = url.pathname.replace(/.*\/blobs\//, '');
    switch (request.method) {
      case 'POST': {
        uploads += 1;
        const away = manner === 'proves at another server' && uploads !== 2 ? `http://${other.host}` : '';
        return void response.writeHead(202, { location: `${away}/v2/app/blobs/uploads/${uploads}` }).end();
      }
      case 'HEAD':
        return void response.writeHead(stored.has(digest) ? 200 : 404).end();
      case 'DELETE':
        if (manner === 'believes, and deletes nothing') return void response.writeHead(405).end();
        return void response.writeHead(stored.delete(digest) ? 202 : 404).end();
      case 'PATCH':
        await bodyOf(request);
        return void response.writeHead(202, { location: url.pathname, range: `0-${large.length - 1}` }).end();
      case 'PUT': {
        const content = await bodyOf(request);
        const actual = digestOf(content);
        if (manner === 'takes only chunks' && content.length > 1000) return void response.writeHead(413).end();
        const believes =
          manner.startsWith('believes') && (manner !== 'believes what is large' || content.length > 1000);
        if (actual === named || believes || (manner === 'names what it got' && content.length > 1000)) {
          stored.set(named, content);
          const stated = manner === 'names what it got' ? { 'docker-content-digest': actual } : {};
          return void response.writeHead(201, stated).end();
        }
        if (manner === 'takes only chunks' && content.length === 0) return void response.writeHead(201).end();
        const code = manner === 'refuses in other words' ? 'BLOB_UPLOAD_INVALID' : 'DIGEST_INVALID';
        return void response.writeHead(400).end(JSON.stringify({ errors: [{ code, message: 'no' }] }));
      }
      default:
        return void response.writeHead(request.url === '/v2/' ? 200 : 404).end();
    }
  });
  const client = createPushClient({
    destination: { host: server.host, namespace: '' },
    settings: { hosts: { [server.host]: { insecure: true } } },
    env: lab.env,
    signal,
    retries: 1,
    sleep: async () => undefined,
  });
  lab.atEnd(() => client.close());
  return { client, stored, requests: server.requests };
}

/** What came of a body that may break off. */
async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  try {
    for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
  } catch {
    pieces.push(Buffer.from('broken off'));
  }
  return Buffer.concat(pieces);
}

function blobOf(content: Buffer, digest: Digest = digestOf(content)): PushedBlob & { readonly opened: string[] } {
  const opened: string[] = [];
  const pieces = async function* (): AsyncGenerator<Buffer> {
    for (let at = 0; at < content.length; at += 300_000) yield content.subarray(at, at + 300_000);
  };
  return {
    digest,
    bytes: content.length,
    place: { archive: 'mirror_000001.tar', offset: 4096 },
    opened,
    open: () => {
      opened.push('unhashed');
      return pieces();
    },
    openHashed: () => {
      opened.push('hashed');
      return { pieces: pieces(), digest: async () => digestOf(content) };
    },
  };
}

const push = (client: PushClient, blob: PushedBlob, hashHere = false) =>
  client.uploadBlob('app', blob, { signal, hashHere });
const questions = (requests: readonly string[], digest: string): number =>
  requests.filter((line) => line.startsWith('PUT') && !line.includes(encodeURIComponent(digest))).length;

describe('a registry that refuses a wrong digest', () => {
  it('is asked once, and its blobs are sent without a hash of ours; nothing of the question stays', async () => {
    const { client, stored, requests } = await registryThat('refuses');
    const blobs = [large, Buffer.alloc(1_500_000, 'more')].map((content) => blobOf(content));
    await Promise.all(blobs.map((blob) => push(client, blob)));
    expect(blobs.map(({ opened }) => opened)).toEqual([['unhashed'], ['unhashed']]);
    expect([...stored.keys()].sort()).toEqual(blobs.map(({ digest }) => digest).sort());
    expect(requests.filter((line) => line.startsWith('PUT'))).toHaveLength(3);
  });

  it('has small blobs, and configs of any size, hashed here', async () => {
    const { client, requests } = await registryThat('refuses');
    const [small, config] = [blobOf(Buffer.from('{}')), blobOf(large)];
    await push(client, small);
    await push(client, config, true);
    expect([small.opened, config.opened]).toEqual([['hashed'], ['hashed']]);
    expect(requests.filter((line) => line.startsWith('PUT'))).toHaveLength(2);
  });

  it('refuses a damaged blob, which is told as a damaged archive, with the place', async () => {
    const { client, stored } = await registryThat('refuses');
    const blob = blobOf(damaged, digestOf(large));
    await expect(push(client, blob)).rejects.toMatchObject({
      code: 'SEQ0523',
      details: [
        'the blob is in mirror_000001.tar, from byte 4096 on',
        `expected ${digestOf(large)}`,
        `read ${digestOf(damaged)}`,
      ],
    });
    expect(blob.opened).toEqual(['unhashed', 'hashed']);
    expect(stored.size).toBe(0);
  });

  it('gets a sound blob again that was damaged on its way, hashed here', async () => {
    const { client, stored } = await registryThat('refuses');
    const blob = blobOf(large);
    let times = 0;
    const open = (): AsyncIterable<Buffer> => {
      times += 1;
      return times === 1 ? blobOf(damaged).open() : blobOf(large).open();
    };
    await push(client, { ...blob, open });
    expect(stored.get(blob.digest)?.equals(large)).toBe(true);
  });
});

describe.each<{ manner: Manner; left: number }>([
  { manner: 'believes', left: 0 },
  { manner: 'believes, and deletes nothing', left: 1 },
  { manner: 'refuses in other words', left: 0 },
])('a registry that $manner', ({ manner, left }) => {
  it('gets nothing that was not hashed here', async () => {
    const { client, stored, requests } = await registryThat(manner);
    const blob = blobOf(large);
    await push(client, blob);
    expect(blob.opened).toEqual(['hashed']);
    // What nobody can remove stands for nothing: its digest is of nobody's content.
    expect(stored.size).toBe(1 + left);
    expect(questions(requests, blob.digest)).toBe(1);
  });

  it('never gets all of a damaged blob', async () => {
    const { client, stored } = await registryThat(manner);
    await expect(push(client, blobOf(damaged, digestOf(large)))).rejects.toMatchObject({ code: 'SEQ0523' });
    expect(stored.has(digestOf(large))).toBe(false);
  });
});

describe('a registry whose answer may differ', () => {
  it('is not believed at another server than the one that was asked', async () => {
    const { client } = await registryThat('proves at another server');
    const blob = blobOf(large);
    // The second upload that is opened is the question.
    await push(client, blob);
    expect(blob.opened).toEqual(['hashed']);
  });

  it('is not believed about chunks', async () => {
    const { client } = await registryThat('takes only chunks');
    const blob = blobOf(large);
    await push(client, blob);
    expect(blob.opened).toEqual(['unhashed', 'hashed']);
  });

  it('is not believed if it names another digest than the one it was sent', async () => {
    const { client } = await registryThat('names what it got');
    await expect(push(client, blobOf(damaged, digestOf(large)))).rejects.toMatchObject({ code: 'SEQ0523' });
  });
});
