import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { discardGnupgKey, makeGnupgKey } from '../../../testing/lab/openshift/gnupg-key';
import { signatureMessage } from '../../../testing/lab/openshift/release';
import type { SigningKey } from '../../../testing/lab/openshift/signing-key';
import { describeWith } from '../../../testing/lab/requirements';
import { digestFromHex } from '../oci/digest';
import { createWebDocuments } from '../registry/web-documents';
import { openSignatureStore } from './signature-store';

describeWith(['gpg'], 'a store of signatures that GnuPG made', () => {
  const folders = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'seqmirror-gpg-')));
  const digest = digestFromHex('a'.repeat(64));
  const reference = 'quay.io/openshift-release-dev/ocp-release:4.19.2-x86_64';
  const message = (of: string = digest) => signatureMessage({ reference, digest: of });
  const served = new Map<string, Buffer>();
  const asked: string[] = [];
  const server = createServer(({ url = '' }, response) => {
    asked.push(url);
    const content = served.get(url);
    if (content === undefined) response.statusCode = 403;
    response.end(content);
  });
  const { signal } = new AbortController();
  const documents = createWebDocuments({ settings: {}, env: {}, signal, retries: 0 });
  let ours: SigningKey;
  let other: SigningKey;
  let env: Record<string, string>;
  beforeAll(async () => {
    [ours, other] = (await Promise.all(folders.map(makeGnupgKey))) as [SigningKey, SigningKey];
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const keyFile = join(folders[0] as string, 'key.asc');
    writeFileSync(keyFile, ours.publicKey);
    env = { OCP_SIGNATURE_URL: `http://127.0.0.1:${port}/store`, OCP_SIGNATURE_VERIFICATION_PK: keyFile };
  });
  afterAll(async () => {
    await documents.close();
    server.close();
    for (const folder of folders) {
      await discardGnupgKey(folder);
      rmSync(folder, { recursive: true, force: true });
    }
  });
  const serve = async (...signatures: Promise<Buffer>[]): Promise<void> => {
    served.clear();
    asked.splice(0);
    for (const [index, content] of (await Promise.all(signatures)).entries())
      served.set(`/store/sha256=${'a'.repeat(64)}/signature-${index + 1}`, content);
  };
  const find = async () =>
    (await openSignatureStore({ documents, env, now: () => new Date() })).signatureOf(reference, digest);

  it('returns the signature and the name in it', async () => {
    await serve(ours.sign(message()));
    expect(await find()).toMatchObject({ name: reference, reference: { tag: '4.19.2-x86_64' } });
    expect(asked).toEqual([`/store/sha256=${'a'.repeat(64)}/signature-1`]);
  });

  it('is searched until a signature counts', async () => {
    await serve(other.sign(message()), ours.sign(message(`sha256:${'b'.repeat(64)}`)), ours.sign(message()));
    expect((await find()).name).toBe(reference);
    expect(asked).toHaveLength(3);
  });

  it('that only has signatures which do not count is refused, with what is wrong with each', async () => {
    await serve(other.sign(message()), ours.sign(message(`sha256:${'b'.repeat(64)}`)));
    await expect(find()).rejects.toMatchObject({
      code: 'SEQ0425',
      what: `${reference} has no valid signature`,
      why: expect.stringContaining('OCP_SIGNATURE_VERIFICATION_PK'),
      details: [
        expect.stringMatching(/^signature-1: its key [0-9A-F]{16} is not trusted$/),
        `signature-2: it is for another image, sha256:${'b'.repeat(64)}`,
      ],
    });
  });

  it('that unpacks to a message without end is refused', async () => {
    const endless = message().replace('"optional":{}', `"optional":{"x":"${'x'.repeat(10 * 1024 ** 2)}"}`);
    await serve(ours.sign(endless));
    expect([...served.values()][0]?.length).toBeLessThan(64 * 1024);
    await expect(find()).rejects.toMatchObject({ details: ['signature-1: it is not a signed OpenPGP message'] });
  });

  it('without a signature gives another error', async () => {
    await serve();
    await expect(find()).rejects.toMatchObject({ code: 'SEQ0425', what: `${reference} has no signature` });
  });
});
