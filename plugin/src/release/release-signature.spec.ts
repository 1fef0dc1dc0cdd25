import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PrivateKey } from 'openpgp';
import { createMessage, generateKey, readKey, readPrivateKey, sign } from 'openpgp';
import { digestFromHex } from '../oci/digest';
import { redHatKeys, releaseKeys } from './release-keys';
import { verifySignature } from './release-signature';

// What mirror.openshift.com has for release 4.15.0: the message is Red Hat's, and so is the key.
const digestOf4150 = digestFromHex('0da6316466d60a3a4535d5fed3589feb0391989982fba59d47d4c729912d6363');
const signatureOf4150 = Buffer.from(
  [
    'owGbwMvMwMEoOU9/4l9n2UDGtYzJSWLxRQW5xZnpukWphboVxQEWxbl6SZl5qXe29lQrJRdllmQmJ+YoWSlUK2XmJqanglkp+cnZ',
    'qUW6uYl5mWmpxSW6KZnpQAoopVSckWhkamZlkJJoZmxoZmJmlmJmkGicaGJqbJpimpaaYmxqYZmWmmRgbGloaWFpaWGUlpRoapli',
    'Yp5ikmxuZGlpaJRiZmxmrFSro6BUUlkAsk4psSQ/NzNZITk/ryQR6LAiBaBr8xJLSotSlYCqMlNS80oySyqRHVaUmpZalJqXDNZe',
    'WJpYqZeZr59fkJpXnJGZVgKUzklNLE7VTUkt089PLoDxrUz0DE31DHQrLMzizUyUakFuyC8oyczPgwZAclEq0C1FIEODUlMUPBJL',
    'FPyBhgaDDFUIBjoqMy9dwbG0JCMfGGyVCgZ6BnqGQGM6mWRYGBg5GNhYmUChysDFKQCLgT4zAYZeps1bfryz7j15qafOW3Dqwv8q',
    '1gUhm2eahBm6BEgZRp1fNN1LJEQi0PW1qVrTmQnusy7Pq/t2qcrj83LOh7b7uhMlL7AF3j6QM/HdoTTFaZsulu3qm/FU7SCTwhUH',
    '+WsaJw2/l2/bpKDEmvI29TPTCs0pJrFt1UGds0OXeuZf/Pvo9Y8WWw/7sA0lrA0daz6Ef9RdPsGdU+SDpjCrRuai8oIbavb9Fz22',
    'FvYv/eMk/dv26L6MPqaU1R56Sz8LVJQ1XQrk3Dzl+THGVZ97BOS0znjwn/RLvsNvc/8V8w39xV/XuhvskLMXfjPp5pErMtbKPMte',
    '5krmeEefy5uWvyi9dUPesedH/ey8l894t/RM1odKsaZwtx2X8tecb/eZGsd64P/c77cOnYiX62POMY+L2Xom4bVk5DnDncrKsict',
    'r/4yDjnO5Heg0uHN6k1rkv88Ez5yy+HU009+V1l3eFUfVVhfahQS/5trr3JrtIvKFln+s9L17+9brQp10wtkeTqt5OOZrftY7Nqk',
    '1mcLejxanF7uyHvSIj+vUPDZhk4GU+MAZ4a3zCfSdeb2l4REqdRwVhoXf7u9/6qnYf79L2IOHE4RzOVbghwsXgWa3T715rLQwT7e',
    '/SuYBYqWf87c+CFw0/QTPg3vmI/G/qhaKvLf3sy7U+N2TVDe9OUqj0/wvBI/yOV0y0Mpet1ZRt+zH9tllRMkH60PSd23EAA=',
  ].join(''),
  'base64',
);
const now = new Date('2026-11-28T12:00:00Z');
const digest = digestFromHex('a'.repeat(64));
const name = 'quay.io/openshift-release-dev/ocp-release:4.19.2-x86_64';
const body = {
  critical: {
    identity: { 'docker-reference': name },
    image: { 'docker-manifest-digest': digest },
    type: 'atomic container signature',
  },
  optional: { creator: 'lab' },
};

async function aKey(user: string) {
  const userIDs = [{ name: user, email: 'lab@example.invalid' }];
  const made = await generateKey({ userIDs, date: new Date('2026-01-01T00:00:00Z'), format: 'armored' });
  return { signing: await readPrivateKey({ armoredKey: made.privateKey }), ...made };
}
async function signed(
  text: unknown,
  signingKeys: PrivateKey[],
  date = new Date('2026-06-01T00:00:00Z'),
): Promise<Buffer> {
  const content = typeof text === 'string' ? text : JSON.stringify(text);
  const message = await createMessage({ binary: Buffer.from(content) });
  return Buffer.from(await sign({ message, signingKeys, date, format: 'binary' }));
}

let ours: Awaited<ReturnType<typeof aKey>>;
let other: Awaited<ReturnType<typeof aKey>>;
beforeAll(async () => {
  [ours, other] = await Promise.all([aKey('ours'), aKey('other')]);
});
const verify = async (content: Buffer) => {
  const keys = { keys: [await readKey({ armoredKey: ours.publicKey })], whose: 'us' };
  return verifySignature(content, { digest, keys, now });
};

describe('verifySignature', () => {
  it("accepts the signature in Red Hat's store for a release, with the keys that are shipped", async () => {
    const keys = await releaseKeys({});
    expect(await verifySignature(signatureOf4150, { digest: digestOf4150, keys, now })).toMatchObject({
      name: 'quay.io/openshift-release-dev/ocp-release:4.15.0-x86_64',
      reference: { host: 'quay.io', repository: 'openshift-release-dev/ocp-release', tag: '4.15.0-x86_64' },
      fingerprint: redHatKeys[0],
      content: signatureOf4150,
    });
  });

  it('accepts a message that one of our keys has signed, whoever else has', async () => {
    const content = await signed(body, [other.signing, ours.signing]);
    expect(await verify(content)).toMatchObject({ name, fingerprint: ours.signing.getFingerprint().toUpperCase() });
  });

  it('refuses the signature of one release for another', async () => {
    const elsewhere = { ...body.critical, image: { 'docker-manifest-digest': `sha256:${'b'.repeat(64)}` } };
    expect(await verify(await signed({ ...body, critical: elsewhere }, [ours.signing]))).toEqual({
      refused: `it is for another image, sha256:${'b'.repeat(64)}`,
    });
  });

  it('refuses a key that does not count', async () => {
    const id = other.signing.getKeyID().toHex().toUpperCase();
    expect(await verify(await signed(body, [other.signing]))).toEqual({
      refused: `its key ${id} is not trusted`,
    });
  });

  it('refuses content that was changed after it was signed, wherever it was', async () => {
    const content = await signed(body, [ours.signing]);
    for (let at = 0; at < content.length; at += 7) {
      const changed = Buffer.from(content);
      changed.writeUInt8(changed.readUInt8(at) ^ 0x01, at);
      const outcome = await verify(changed);
      // A bit of the packets' wrapping may have no meaning; then the signed content is the same.
      if (!('refused' in outcome)) expect(outcome.name).toBe(name);
      else expect(outcome.refused).not.toBe('');
    }
  });

  it.each([
    { name: 'a message that nobody has signed', text: async () => signed(body, []) },
    { name: 'something that is not a message', text: async () => Buffer.from('<html>') },
    { name: 'nothing', text: async () => Buffer.alloc(0) },
    { name: 'a signed text', text: async () => signed('4.19.2', [ours.signing]) },
    {
      name: 'another type of message',
      text: async () => signed({ critical: { ...body.critical, type: 'x' } }, [ours.signing]),
    },
    {
      name: 'a digest that is there twice, of which programs take one or the other',
      text: async () =>
        signed(JSON.stringify(body).replace('"image":{', `"image":{"docker-manifest-digest":"x",`), [ours.signing]),
    },
    {
      name: 'a name that is not an image',
      text: async () =>
        signed({ critical: { ...body.critical, identity: { 'docker-reference': '../../x' } } }, [ours.signing]),
    },
    {
      name: 'a signature from the future',
      text: async () => signed(body, [ours.signing], new Date('2027-01-01T00:00:00Z')),
    },
    {
      name: 'a message without end',
      text: async () => signed({ ...body, optional: { x: 'x'.repeat(2 ** 20) } }, [ours.signing]),
    },
  ])('refuses $name', async ({ text }) => {
    expect(await verify(await text().catch(() => Buffer.from('unsigned')))).toEqual({ refused: expect.any(String) });
  });
});

describe('releaseKeys', () => {
  const folder = mkdtempSync(join(tmpdir(), 'seqmirror-keys-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (content: string | Uint8Array): NodeJS.ProcessEnv => {
    writeFileSync(join(folder, 'key'), content);
    return { OCP_SIGNATURE_VERIFICATION_PK: join(folder, 'key') };
  };

  it("are Red Hat's, with the fingerprints that Red Hat publishes", async () => {
    const { keys } = await releaseKeys({});
    expect(keys.map((key) => key.getFingerprint().toUpperCase())).toEqual(redHatKeys);
  });

  it('are only those in the file that is named', async () => {
    const armored = await releaseKeys(file(ours.publicKey));
    expect(armored.keys.map((key) => key.getFingerprint())).toEqual([ours.signing.getFingerprint()]);
    const binary = (await readKey({ armoredKey: other.publicKey })).write();
    expect((await releaseKeys(file(binary))).keys).toHaveLength(1);
  });

  it.each([
    { name: 'a file that is not there', env: () => ({ OCP_SIGNATURE_VERIFICATION_PK: join(folder, 'absent') }) },
    { name: 'a file without a key', env: () => file('no key') },
    { name: 'a private key', env: () => file(ours.privateKey) },
  ])('do not fall back to others for $name', async ({ env }) => {
    await expect(releaseKeys(env())).rejects.toThrow('SEQ0421');
  });
});
