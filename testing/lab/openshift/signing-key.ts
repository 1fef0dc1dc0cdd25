import { createMessage, generateKey, readPrivateKey, sign } from 'openpgp';

/** A throw-away OpenPGP key that signs releases as Red Hat's does. */
export interface SigningKey {
  /** Armored, for the file that OCP_SIGNATURE_VERIFICATION_PK names. */
  readonly publicKey: string;
  /** A signed message (not detached) of the bytes. */
  sign(message: string): Promise<Buffer>;
}

export async function makeSigningKey(): Promise<SigningKey> {
  const { privateKey: armored, publicKey } = await generateKey({
    type: 'rsa',
    rsaBits: 2048,
    userIDs: [{ name: 'seqmirror lab', email: 'lab@example.invalid' }],
  });
  const signingKeys = await readPrivateKey({ armoredKey: armored });
  return {
    publicKey,
    sign: async (text) => {
      const message = await createMessage({ binary: Buffer.from(text) });
      return Buffer.from(await sign({ message, signingKeys, format: 'binary' }));
    },
  };
}
