/**
 * Whose signatures of releases count: Red Hat's, or those of the keys that OCP_SIGNATURE_VERIFICATION_PK names, in their
 * place. red-hat-release-keys.asc is the file that oc-mirror has built in; https://access.redhat.com/security/team/key
 * has the same fingerprints:
 *
 *   567E347AD0044ADE55BA8A5F199E2F91FD431D51  Red Hat, Inc. (release key 2)
 *   B08B659EE86AF623BC90E8DB938A80CAF21541EB  Red Hat, Inc. (beta key 2), which signs candidates
 */
import { join, resolve } from 'node:path';
import type { PublicKey } from 'openpgp';
import { isSeqmirrorError } from '../system/errors';
import { readNamedBytes } from '../system/text-file';
import { variableUnusable } from './errors';

export const redHatKeys = [
  '567E347AD0044ADE55BA8A5F199E2F91FD431D51',
  'B08B659EE86AF623BC90E8DB938A80CAF21541EB',
] as const;

export interface ReleaseKeys {
  readonly keys: readonly PublicKey[];
  /** Their owner, for messages: `Red Hat's release keys`. */
  readonly whose: string;
}

const variable = 'OCP_SIGNATURE_VERIFICATION_PK';
const keyByteLimit = 1024 ** 2;

/**
 * If oc-mirror cannot read the file in the variable, it uses Red Hat's keys. Here that is refused: a person who names a
 * key does not mean another one.
 *
 * @throws SEQ0421
 */
export async function releaseKeys(env: Readonly<NodeJS.ProcessEnv>): Promise<ReleaseKeys> {
  const named = env[variable];
  if (named) return { keys: await keysIn(resolve(named)), whose: `a key in the file that ${variable} names` };
  return { keys: await keysIn(join(__dirname, 'red-hat-release-keys.asc')), whose: "one of Red Hat's release keys" };
}

async function keysIn(file: string): Promise<PublicKey[]> {
  const next =
    'Export the public key with `gpg --armor --export <name>`. To trust only the keys of Red Hat, unset the variable';
  const refuse = (what: string, why: string): Error => variableUnusable({ variable, what, why, next });
  const content = await readNamedBytes(file, { limit: keyByteLimit }).catch((error: unknown) => {
    throw isSeqmirrorError(error) ? refuse('names a file that cannot be read', error.what) : error;
  });
  const { readKeys } = await import('openpgp');
  const isArmored = content.includes('-----BEGIN PGP');
  const read = isArmored ? readKeys({ armoredKeys: content.toString('utf8') }) : readKeys({ binaryKeys: content });
  const keys = await read.catch(() => []);
  if (keys.some((key) => key.isPrivate()))
    throw refuse(
      'names a file with a private key',
      'seqmirror needs only the public key. The private key must stay with the signer',
    );
  if (keys.length === 0)
    throw refuse('names a file without a public key', 'seqmirror checks the signatures of releases with this key');
  return keys;
}
