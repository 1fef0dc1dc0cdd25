import type { AddressInfo } from 'node:net';
import { createServer } from 'node:http';
import { createWebDocuments } from '../registry/web-documents';
import { createUpdateService } from './update-service';

const asked: string[] = [];
const server = createServer((request, response) => {
  asked.push(`${request.headers.accept} ${request.url}`);
  const channel = new URL(request.url ?? '', 'http://lab').searchParams.get('channel');
  if (channel === 'broken') response.end('<html>');
  else response.end(JSON.stringify({ nodes: [{ version: '4.19.2', payload: 'quay.io/ocp@sha256:aa' }], edges: [] }));
});
let env: Record<string, string>;
const { signal } = new AbortController();
const documents = createWebDocuments({ settings: {}, env: {}, signal, retries: 0 });
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  env = { UPDATE_URL_OVERRIDE: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graph?team=a` };
});
afterAll(async () => {
  await documents.close();
  server.close();
});

describe('createUpdateService', () => {
  it('asks once for a channel of an architecture, and keeps the answer as it is', async () => {
    const service = createUpdateService({ documents, env, id: '7' });
    const query = { type: 'ocp', architecture: 'arm64', channel: 'stable-4.19' } as const;
    const [graph] = await Promise.all([service.graphOf(query), service.graphOf(query)]);
    expect(graph.nodes.map(({ version }) => version.raw)).toEqual(['4.19.2']);
    expect(asked.splice(0)).toEqual(['application/json /graph?team=a&arch=arm64&channel=stable-4.19&id=7']);
    expect([...service.answers()].map(([name, content]) => [name, content.toString()])).toEqual([
      ['arm64-stable-4.19.json', '{"nodes":[{"version":"4.19.2","payload":"quay.io/ocp@sha256:aa"}],"edges":[]}'],
    ]);
  });

  it('takes a channel with the name of another folder for one that does not exist', async () => {
    const service = createUpdateService({ documents, env });
    for (const channel of ['../../etc/passwd', 'stable-4.19/x', 'a b', 'ä', '']) {
      expect(await service.graphOf({ type: 'ocp', architecture: 'amd64', channel })).toEqual({ nodes: [], edges: [] });
    }
    expect(asked.splice(0)).toEqual([]);
    expect(service.answers().size).toBe(0);
  });

  it('names the server whose answer is not a graph', async () => {
    const service = createUpdateService({ documents, env });
    const query = { type: 'ocp', architecture: 'amd64', channel: 'broken' } as const;
    await expect(service.graphOf(query)).rejects.toMatchObject({
      code: 'SEQ0420',
      what: expect.stringMatching(/^127\.0\.0\.1:\d+: the update graph of broken for amd64 is not an update graph$/),
    });
  });

  it('refuses an override that is not an address, without showing it', () => {
    for (const value of ['graph', 'ftp://host/graph', 'http//user:secret@host', 'http://user:%zz@host/'])
      expect(() => createUpdateService({ documents, env: { UPDATE_URL_OVERRIDE: value } })).toThrow(
        expect.objectContaining({
          code: 'SEQ0421',
          what: 'The value of UPDATE_URL_OVERRIDE cannot be used: it is not an http or https URL',
        }),
      );
  });
});
