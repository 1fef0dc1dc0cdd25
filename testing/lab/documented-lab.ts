/**
 * The upstream of the documented run in this process: a registry with releases, a catalog and ubi9, an update graph, and
 * signatures by a key made for it. Needs no program.
 */
import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { defaultScale } from '../images/catalogue';
import type { ReleaseSpec } from '../images/documented';
import { catalogSpec, firstRelease, releaseSpec, ubiSpec, update } from '../images/documented';
import type { Lab, LabOptions } from './lab';
import { startLab } from './lab';
import { signatureMessage } from './openshift/release';
import { makeSigningKey } from './openshift/signing-key';
import { startUpdateService } from './openshift/update-service';

export interface DocumentedLab extends Lab {
  /** Publishes 4.19.3, an update of 4.19.2. */
  publishUpdate(): Promise<void>;
  /** Gives the catalog a newer version of web-terminal, as the real one gets every few days. */
  moveCatalog(): void;
}

const channels = ['stable-4.19'];

export async function startDocumentedLab(options: Omit<LabOptions, 'images'> = {}): Promise<DocumentedLab> {
  const { scale = defaultScale } = options;
  const digestOf = (reference: string): Promise<string> => lab.digestOf(reference);
  const first = releaseSpec(firstRelease, { scale, digestOf });
  const lab = await startLab({
    ...options,
    images: [...first.images, ...catalogSpec({ scale, digestOf }), ubiSpec(scale)],
  });
  const updates = await startUpdateService();
  const key = await makeSigningKey();
  const publicKeyFile = join(lab.folder, 'release-key.asc');
  await writeFile(publicKeyFile, key.publicKey);

  const publish = async ({ version, reference }: ReleaseSpec): Promise<void> => {
    const digest = await lab.digestOf(reference);
    const payload = `${reference.slice(0, reference.lastIndexOf(':'))}@${digest}`;
    const signature = await key.sign(signatureMessage({ reference, digest }));
    updates.addRelease({ version, payload, digest, signature, channels });
  };
  await publish(first);
  return {
    ...lab,
    env: () => ({
      ...lab.env(),
      UPDATE_URL_OVERRIDE: updates.graphUrl,
      OCP_SIGNATURE_URL: updates.signatureUrl,
      OCP_SIGNATURE_VERIFICATION_PK: publicKeyFile,
    }),
    publishUpdate: async () => {
      const next = releaseSpec(update.version, { scale, changed: update.changed, digestOf });
      for (const image of next.images) lab.registry.add(image);
      await publish(next);
    },
    moveCatalog: () => {
      for (const image of catalogSpec({ scale, revision: 2, digestOf })) lab.registry.add(image);
    },
    stop: async () => {
      await updates.close();
      await lab.stop();
    },
  };
}
