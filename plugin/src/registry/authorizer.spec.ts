import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseReference } from '../oci/reference';
import { answering, createLab, manifestText, sendingManifest } from './scripted-registry.fixture';
import { testAuthority, testServer } from './test-certificates.fixture';

const { signal } = new AbortController();
let lab: ReturnType<typeof createLab>;
beforeEach(() => {
  lab = createLab();
});
afterEach(() => lab.close());

const text = manifestText(['layer']);
const open = answering({ '/v2/a/manifests/1': sendingManifest(text), '/v2/b/manifests/1': sendingManifest(text) });
const basic = `Basic ${Buffer.from('user:password').toString('base64')}`;

interface TokenServiceOptions {
  /** Answers a request for a token; the address has the query. */
  readonly answer?: ((asked: URL, request: IncomingMessage, form: URLSearchParams) => object | number) | undefined;
  readonly realm?: string | undefined;
  /** Whether a token is accepted. */
  readonly accepts?: ((token: string) => boolean) | undefined;
  readonly challengeScope?: string | undefined;
}

/** A registry that requires tokens of a service beside it, and the client for it. */
async function aTokenRegistry(options: TokenServiceOptions = {}) {
  let given = 0;
  const service = await lab.serve(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const answer = options.answer?.(new URL(request.url ?? '', 'http://x'), request, new URLSearchParams(body)) ?? {
      token: `t${++given}`,
      expires_in: 300,
    };
    response.statusCode = typeof answer === 'number' ? answer : 200;
    response.end(typeof answer === 'number' ? '' : JSON.stringify(answer));
  });
  const registry = await lab.serve((request: IncomingMessage, response: ServerResponse) => {
    const token = /^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1];
    if (token !== undefined && (options.accepts?.(token) ?? true)) return open(request, response);
    const scope = options.challengeScope === undefined ? '' : `,scope="${options.challengeScope}"`;
    const realm = options.realm ?? `http://${service.host}/token`;
    response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}",service="the registry"${scope}` });
    response.end();
  });
  const authFile = lab.file(
    'auth.json',
    JSON.stringify({ auths: { [registry.host]: { auth: Buffer.from('user:password').toString('base64') } } }),
  );
  const settings = { authFile, hosts: { [registry.host]: { insecure: true } } };
  return {
    service,
    registry,
    settings,
    reference: (repository: string) => parseReference(`${registry.host}/${repository}:1`),
  };
}

describe('tokens', () => {
  it('are requested with credentials and the scope of the repository, once each', async () => {
    const { service, registry, settings, reference } = await aTokenRegistry({ challengeScope: 'registry:catalog:*' });
    const client = lab.client([], { settings });
    await Promise.all(Array.from({ length: 5 }, () => client.head(reference('a'), { signal })));
    await client.head(reference('b'), { signal });
    expect(service.requests).toEqual([
      'GET /token?service=the+registry&scope=repository%3Aa%3Apull&account=user',
      'GET /token?service=the+registry&scope=repository%3Ab%3Apull&account=user',
    ]);
    expect(service.received.map(({ headers }) => headers.authorization)).toEqual([basic, basic]);
    expect(registry.received.map(({ headers }) => headers.authorization)).toEqual([
      ...Array<string>(5).fill('Bearer t1'),
      'Bearer t2',
    ]);
  });

  it('are requested anonymously without credentials', async () => {
    const { service, settings, reference } = await aTokenRegistry();
    await lab
      .client([], { settings: { ...settings, authFile: lab.file('none.json', '{}') } })
      .head(reference('a'), { signal });
    expect(service.received[0]?.headers.authorization).toBeUndefined();
    expect(service.requests[0]).not.toContain('account');
  });

  it('are fetched again when they have expired, and when the registry refuses them', async () => {
    let now = 0;
    const refused = new Set<string>();
    const { service, settings, reference } = await aTokenRegistry({ accepts: (token) => !refused.has(token) });
    const client = lab.client([], { settings, now: () => new Date(now) });
    await client.head(reference('a'), { signal });
    now = 301_000;
    await client.head(reference('a'), { signal });
    refused.add('t2');
    await client.head(reference('a'), { signal });
    expect(service.requests).toHaveLength(3);
  });

  it('use the scope that the registry names when it refuses', async () => {
    const scope = 'repository:elsewhere/a:pull';
    const { service, settings, reference } = await aTokenRegistry({
      challengeScope: scope,
      accepts: (token) => token === 't2',
    });
    await lab.client([], { settings }).head(reference('a'), { signal });
    expect(service.requests.at(-1)).toContain(encodeURIComponent(scope));
  });

  it('are requested by POST with an identity token, and then with the refresh token that the service returns', async () => {
    const forms: URLSearchParams[] = [];
    let now = 0;
    const { registry, settings, reference } = await aTokenRegistry({
      answer: (_asked, _request, form) => {
        forms.push(form);
        return { access_token: 't', expires_in: 60, refresh_token: 'second' };
      },
    });
    const authFile = lab.file(
      'identity.json',
      JSON.stringify({ auths: { [registry.host]: { identitytoken: 'first' } } }),
    );
    const client = lab.client([], { settings: { ...settings, authFile }, now: () => new Date(now) });
    await client.head(reference('a'), { signal });
    now = 61_000;
    await client.head(reference('a'), { signal });
    expect(forms.map((form) => [form.get('grant_type'), form.get('refresh_token'), form.get('scope')])).toEqual([
      ['refresh_token', 'first', 'repository:a:pull'],
      ['refresh_token', 'second', 'repository:a:pull'],
    ]);
  });

  it('are requested again if their service is busy', async () => {
    let times = 0;
    const { settings, reference } = await aTokenRegistry({ answer: () => (++times < 3 ? 503 : { token: 't' }) });
    await lab.client([], { settings }).head(reference('a'), { signal });
    expect(times).toBe(3);
  });

  it('that are refused lead to an error that says where the credentials came from', async () => {
    const { settings, registry, reference } = await aTokenRegistry({ answer: () => 401 });
    await expect(lab.client([], { settings }).head(reference('a'), { signal })).rejects.toMatchObject({
      code: 'SEQ0501',
      what: `${registry.host} refused the credentials for ${registry.host}/a:1 (HTTP 401)`,
      why: expect.stringContaining(`entry "${registry.host}"`),
    });
  });

  it('are not requested over plain HTTP on another machine, so that nobody reads the credentials', async () => {
    const realm = 'Bearer realm="http://auth.example/token",service="x"';
    const server = await lab.serve(
      (_, response) => void response.writeHead(401, { 'www-authenticate': realm }).end(),
      testServer,
    );
    const client = lab.client([], { hosts: { [server.host]: { caFile: lab.file('ca.pem', testAuthority) } } });
    await expect(client.head(parseReference(`${server.host}/a:1`), { signal })).rejects.toMatchObject({
      code: 'SEQ0514',
      what: `${server.host} names the token service "http://auth.example", which does not use https`,
    });
  });

  it.each([
    ['a realm that is no address', { realm: 'auth' }, 'SEQ0514'],
    ['an answer without a token', { answer: () => ({ expires_in: 5 }) }, 'SEQ0516'],
    ['a token that would break the header', { answer: () => ({ token: 'a\r\nHost: b' }) }, 'SEQ0516'],
  ])('refuse %s', async (_, options, code) => {
    const { settings, reference } = await aTokenRegistry(options);
    await expect(lab.client([], { settings }).head(reference('a'), { signal })).rejects.toMatchObject({ code });
  });
});

describe('without credentials', () => {
  it('a registry that requires a password leads to an error that says where they were looked for', async () => {
    const server = await lab.serve(
      (_, response) => void response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end(),
    );
    const failure = lab.client([server]).head(parseReference(`${server.host}/a:1`), { signal });
    await expect(failure).rejects.toMatchObject({
      code: 'SEQ0501',
      what: `${server.host} requires credentials for ${server.host}/a:1, and seqmirror found none (HTTP 401)`,
      why: expect.stringContaining('containers/auth.json'),
    });
    expect(server.requests).toHaveLength(1);
  });
});
