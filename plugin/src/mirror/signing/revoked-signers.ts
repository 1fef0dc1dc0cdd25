/**
 * Keys that never count, whenever they signed: a file of public keys, one per line, with or without names before them
 * as in allowed_signers, or a KRL that ssh-keygen -k made. seq-upload.sh reads the same (read_revoked).
 */
import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import { below, readableRoot } from '../../system/path-below';
import { readBytesIfThere } from '../../system/text-file';

export type RevokedKeys =
  /** Fingerprints as ssh-keygen writes them: `SHA256:…`. */
  | { readonly kind: 'keys'; readonly fingerprints: ReadonlySet<string> }
  | { readonly kind: 'krl' }
  /** The file cannot tell whom it means, so no key is trusted. */
  | { readonly kind: 'unreadable'; readonly why: string };

const mostBytes = 16 * 1024 ** 2;

export async function readRevokedKeys(path: string): Promise<RevokedKeys> {
  const content = await contentOf(path);
  if (content === undefined) return { kind: 'unreadable', why: 'it is not a readable file' };
  if (content.subarray(0, 6).toString('latin1') === 'SSHKRL') return { kind: 'krl' };
  const fingerprints = new Set<string>();
  for (const [index, line] of content.toString('utf8').split('\n').entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const [, key] = /(?:^|\s)(?:ssh|ecdsa|sk-ssh|sk-ecdsa)-[a-z0-9@.-]+\s+([A-Za-z0-9+/]+=*)(?:\s|$)/.exec(line) ?? [];
    if (key === undefined) return { kind: 'unreadable', why: `line ${index + 1} has no public key` };
    fingerprints.add(fingerprintOf(key));
  }
  return { kind: 'keys', fingerprints };
}

function fingerprintOf(key: string): string {
  return `SHA256:${createHash('sha256').update(Buffer.from(key, 'base64')).digest('base64').replace(/=+$/, '')}`;
}

async function contentOf(path: string): Promise<Buffer | undefined> {
  try {
    return await readBytesIfThere(below(readableRoot(dirname(path)), path), { limit: mostBytes });
  } catch {
    return undefined;
  }
}
