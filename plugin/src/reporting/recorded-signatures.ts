/** Who signed chain.lock, by what the signatures beside it say of themselves. */
import { createHash } from 'node:crypto';
import type { Mirror } from '../mirror/mirror';
import { chainLockFile, chainLockName, inTree } from '../mirror/mirror';
import { signersFile } from '../mirror/signing/signing';
import { partsOf } from '../system/path-below';
import { readTextIfThere } from '../system/text-file';

/** A signature that lies beside chain.lock. */
export interface RecordedSignature {
  /** `chain.lock.sig` */
  readonly file: string;
  /** The key's fingerprint, `SHA256:…`; missing for a signature that ssh did not make. */
  readonly key?: string | undefined;
  /** Whose key that is, as the mirror's file of signers names them; missing if it does not name them. */
  readonly name?: string | undefined;
}

const largest = 1024 ** 2;

/** The signatures of chain.lock as they lie there. None of them is checked. */
export async function recordedSignatures(mirror: Mirror): Promise<RecordedSignature[]> {
  const found: RecordedSignature[] = [];
  for (const suffix of ['.sig', '.sig.2']) {
    const path = `${chainLockFile(mirror)}${suffix}`;
    const text = await readTextIfThere(inTree(mirror, path), { limit: largest });
    if (text === undefined) continue;
    const key = sshKeyIn(text);
    found.push({
      file: `${chainLockName}${suffix}`,
      key: key === undefined ? undefined : fingerprintOf(key),
      name: key === undefined ? undefined : await nameOf(mirror, key),
    });
  }
  return found;
}

/**
 * The public key in a signature of ssh-keygen, as bytes: `SSHSIG`, a version, then the key with its length before it
 * (OpenSSH, PROTOCOL.sshsig).
 */
export function sshKeyIn(text: string): Buffer | undefined {
  const [, base64] = /-----BEGIN SSH SIGNATURE-----([A-Za-z0-9+/=\s]+)-----END SSH SIGNATURE-----/.exec(text) ?? [];
  const bytes = Buffer.from(base64 ?? '', 'base64');
  const start = 'SSHSIG'.length + 4;
  if (bytes.length < start + 4 || bytes.subarray(0, 6).toString('latin1') !== 'SSHSIG') return undefined;
  const length = bytes.readUInt32BE(start);
  const key = bytes.subarray(start + 4, start + 4 + length);
  return key.length === length && length > 0 ? key : undefined;
}

/** As `ssh-keygen -l` prints it. */
function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** Only a file beside seqmirror.yaml is asked; what the environment names is no record. */
async function nameOf(mirror: Mirror, key: Buffer): Promise<string | undefined> {
  const file = signersFile({ ...mirror, namedSigners: undefined });
  if (partsOf(mirror.root, file)?.length !== 1) return undefined;
  const text = (await readTextIfThere(inTree(mirror, file), { limit: largest })) ?? '';
  const words = text.split('\n').map((line) => line.trim().split(/\s+/));
  const line = words.find(
    ([first, ...rest]) => first?.startsWith('#') !== true && rest.includes(key.toString('base64')),
  );
  return line?.[0];
}
