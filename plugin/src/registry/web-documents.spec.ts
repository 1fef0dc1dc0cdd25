import { createLab } from './scripted-registry.fixture';
import { testServer } from './test-certificates.fixture';
import { createWebDocuments } from './web-documents';

const request = { subject: 'the update graph', instead: 'Ask somebody else', limit: 1000 };
let lab: ReturnType<typeof createLab>;
beforeEach(() => {
  lab = createLab();
});
afterEach(() => lab.close());

function documents(options: { hosts?: Record<string, object> | undefined; retries?: number | undefined } = {}) {
  const made = createWebDocuments({
    settings: { hosts: options.hosts },
    env: lab.env,
    signal: new AbortController().signal,
    retries: options.retries ?? 2,
    sleep: async () => undefined,
  });
  lab.atEnd(() => made.close());
  return made;
}

describe('createWebDocuments', () => {
  it('returns a document, and undefined if the server has no such document', async () => {
    const { host, received } = await lab.serve(({ url }, response) => {
      response.statusCode = url === '/graph?a=b' ? 200 : 404;
      response.end('{}');
    });
    const { read } = documents();
    const document = await read(new URL(`http://${host}/graph?a=b`), { ...request, accept: 'application/json' });
    expect(document?.toString()).toBe('{}');
    expect(received[0]?.headers.accept).toBe('application/json');
    expect(await read(new URL(`http://${host}/other`), request)).toBeUndefined();
  });

  it('waits for a server that is busy or cuts an answer off, and gives up in the end', async () => {
    let count = 0;
    const { host, requests } = await lab.serve((_, response) => {
      count += 1;
      if (count === 1) return void response.writeHead(503).end();
      if (count === 2)
        return void response.writeHead(200, { 'content-length': 9 }).write('half', () => response.destroy());
      response.end('whole');
    });
    expect((await documents().read(new URL(`http://${host}/`), request))?.toString()).toBe('whole');
    count = 0;
    await expect(documents({ retries: 0 }).read(new URL(`http://${host}/`), request)).rejects.toMatchObject({
      code: 'SEQ0529',
      what: `${host} answered HTTP 503 to the request for the update graph`,
    });
    expect(requests).toHaveLength(4);
  });

  it('does not ask again if it is refused', async () => {
    const { host, requests } = await lab.serve((_, response) => void response.writeHead(403).end());
    await expect(documents().read(new URL(`http://${host}/`), request)).rejects.toThrow('SEQ0529');
    expect(await documents().read(new URL(`http://${host}/`), { ...request, absent: [403] })).toBeUndefined();
    expect(requests).toHaveLength(2);
  });

  it('refuses a document without end', async () => {
    const { host } = await lab.serve((_, response) => {
      const more = (): void => void (response.destroyed || response.write(Buffer.alloc(64 * 1024), () => more()));
      more();
    });
    await expect(documents().read(new URL(`http://${host}/`), request)).rejects.toThrow('SEQ0516');
  });

  it('says why a server cannot be reached, and what to do instead', async () => {
    await expect(documents().read(new URL('http://127.0.0.1:1/'), request)).rejects.toMatchObject({
      code: 'SEQ0528',
      what: 'The request to 127.0.0.1:1 for the update graph failed: the connection was refused (ECONNREFUSED)',
      next: expect.stringContaining('Ask somebody else'),
    });
  });

  it('trusts only certificates that it would trust from a registry', async () => {
    const { host } = await lab.serve((_, response) => void response.end('{}'), testServer);
    await expect(documents().read(new URL(`https://${host}/`), request)).rejects.toThrow('SEQ0528');
    const trusting = documents({ hosts: { [host]: { insecure: true } } });
    expect((await trusting.read(new URL(`https://${host}/`), request))?.toString()).toBe('{}');
  });

  it('sends user and password from an address to its server, and nowhere else', async () => {
    const other = await lab.serve((_, response) => void response.end('{}'));
    const { host, received } = await lab.serve(
      (_, response) => void response.writeHead(302, { location: `http://${other.host}/` }).end(),
    );
    await documents().read(new URL(`http://me:p%40ss@${host}/`), request);
    expect(received[0]?.headers.authorization).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`);
    expect(other.received[0]?.headers.authorization).toBeUndefined();
  });
});
