import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import type { DebianRegistry } from '../../../testing/lab/debian-registry';
import { startDebianRegistry } from '../../../testing/lab/debian-registry';
import { describeWith } from '../../../testing/lab/requirements';
import { createPushClient } from './push';
import { digestOf } from './scripted-registry.fixture';

/** A line to a registry that breaks whenever a connection has carried so many bytes. */
async function badLine(to: DebianRegistry, breaksAfter: number): Promise<Server> {
  const port = Number(to.host.split(':')[1]);
  const server = createServer((near: Socket) => {
    const far = connect(port, '127.0.0.1');
    let here = 0;
    near.on('data', (piece: Buffer) => {
      here += piece.length;
      if (here < breaksAfter) return void (far.write(piece) || (near.pause(), far.once('drain', () => near.resume())));
      near.destroy();
      far.destroy();
    });
    far.pipe(near);
    for (const socket of [near, far])
      socket.on('error', () => undefined).on('close', () => (near.destroy(), far.destroy()));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

describeWith(['docker-registry'], "over a bad line to Debian's docker-registry", () => {
  // It gives up uploads if a chunk broke off, so they cannot be continued; the lab's registry tests that.
  it('a blob that no connection can carry is reported as that, and does not land', async () => {
    const registry = await startDebianRegistry();
    const server = await badLine(registry, 12_000_000);
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const client = createPushClient({
      destination: { host, namespace: '' },
      settings: { hosts: { [host]: { insecure: true } } },
      env: { CONTAINERS_REGISTRIES_CONF: '/dev/null' },
      signal: new AbortController().signal,
      retries: 3,
      sleep: async (_ms, aborted) => aborted.throwIfAborted(),
    });
    const content = Buffer.alloc(60_000_000, createHash('sha512').update('line').digest());
    const digest = digestOf(content);
    try {
      const open = async function* () {
        for (let at = 0; at < content.length; at += 250_000) yield content.subarray(at, at + 250_000);
      };
      const blob = { digest, bytes: content.length, open };
      const failure = client.uploadBlob('app', blob, { signal: new AbortController().signal });
      await expect(failure).rejects.toMatchObject({ code: 'SEQ0503', what: expect.stringMatching(/connection was/) });
      expect((await fetch(`${registry.url}/v2/app/blobs/${digest}`)).status).toBe(404);
    } finally {
      await client.close();
      server.close();
      await registry.stop();
    }
  });
});
