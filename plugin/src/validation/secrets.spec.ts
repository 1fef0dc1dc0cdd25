import { secretsIn } from './secrets';

async function* piecesOf(...texts: string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}

describe('secretsIn', () => {
  it.each([
    ['a URL with a user name and a password', 'GET https://robot:hunter2@registry.example/v2/ 401'],
    ['a private key', '-----BEGIN OPENSSH PRIVATE KEY-----'],
    ['a private key', '-----BEGIN PRIVATE KEY-----'],
    ['registry credentials', '{"auths": {"quay.io": {"auth": "cm9ib3Q6aHVudGVyMg=="}}}'],
    ['an Authorization header', 'request: Authorization: Bearer abcdefghijklmnop'],
    ['an Authorization header', '"authorization": "Basic cm9ib3Q6aHVudGVyMg=="'],
    ['a token', `token=eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJyb2JvdCJ9.c2lnbmF0dXJlLW9mLXRva2Vu`],
    ['a signed URL', 'https://cdn.example/blob?X-Amz-Date=1&X-Amz-Signature=0123456789abcdef0123456789abcdef'],
  ])('finds %s', async (what, text) => {
    await expect(secretsIn(piecesOf(`first line\nsecond\n${text}\n`))).resolves.toEqual([{ what, line: 3 }]);
  });

  it.each([
    'docker://localhost:55000/ubi9/ubi:9.5@sha256:0123',
    'https://registry.example:8443/v2/ubi9/ubi/manifests/9.5',
    'user@host.example: mail, git@github.com:org/repo.git',
    '"auth": ""',
    'authorization: required',
    '-----BEGIN CERTIFICATE-----',
    'http://[::1]:5000/x@y',
  ])('ignores %s', async (text) => {
    await expect(secretsIn(piecesOf(text))).resolves.toEqual([]);
  });

  it('finds a secret that crosses the border of two pieces', async () => {
    const text = 'a\nhttps://robot:hunter2@registry.example/\nb\n';
    for (let at = 0; at <= text.length; at += 1) {
      const found = await secretsIn(piecesOf(text.slice(0, at), text.slice(at)));
      expect(found).toEqual([{ what: 'a URL with a user name and a password', line: 2 }]);
    }
  });

  it('reports twenty of many', async () => {
    const found = await secretsIn(piecesOf('https://a:b@c/\n'.repeat(100)));
    expect(found).toHaveLength(20);
  });

  it('never shows what it found', async () => {
    const found = await secretsIn(piecesOf('https://robot:hunter2@registry.example/'));
    expect(JSON.stringify(found)).not.toContain('hunter2');
  });
});
