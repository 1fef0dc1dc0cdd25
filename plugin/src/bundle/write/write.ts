/**
 * Writes the volumes of a plan, into folders or as tar files, and hashes each byte meanwhile. Called by bundle.ts;
 * stands on the plan, and on where the blobs of the chain are.
 */
import type { Writable } from 'node:stream';
import { statementFile } from '../../bundle-format/bundle-statement';
import type { Mirror } from '../../mirror/mirror';
import { signatureOver } from '../../mirror/signer';
import { signerFor } from '../../mirror/signing/signing';
import type { BundlePlan } from '../plan';
import type { SignText } from './statement';
import { writeTarVolumes } from './tar-volumes';
import { sumsFile } from './write-volume';
import type { VolumesRun, WrittenBundle } from './write-volumes';
import { chosenVolumes, writeVolumes } from './write-volumes';

export { chosenVolumes, sumsFile };
export type { WrittenBundle };

export interface BundleRun extends Omit<VolumesRun, 'sign' | 'data'> {
  readonly mirror: Mirror;
  readonly format: 'folder' | 'tar';
  /** Where to write for `tar` with root `-`. */
  readonly stream?: Writable | undefined;
}

/**
 * @throws SEQ0625 when it must be signed and nothing signs, SEQ0672 when an archive is damaged, SEQ0674 to SEQ0676 and
 *   SEQ0701 for the output
 */
export async function writeBundle(plan: BundlePlan, { format, mirror, ...options }: BundleRun): Promise<WrittenBundle> {
  const sign = await signerOfTexts(mirror);
  const { data } = mirror;
  const run = { ...options, sign, data };
  return format === 'tar' ? writeTarVolumes(plan, run) : writeVolumes(plan, run);
}

async function signerOfTexts(mirror: Mirror): Promise<SignText | undefined> {
  const signer = await signerFor(mirror, statementFile);
  return signer === undefined ? undefined : (text, name, purpose) => signatureOver(text, name, { signer, purpose });
}
