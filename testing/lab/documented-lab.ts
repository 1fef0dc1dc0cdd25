/**
 * The upstream of the documented run in this process: a registry with releases, a catalog and ubi9, an update graph, and
 * signatures by a key made for it. Needs no program.
 */
import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { defaultScale } from '../images/catalogue';
import type { CatalogOptions, ReleaseSpec } from '../images/documented';
import { catalogSpec, firstRelease, releaseSpec, ubiSpec, update } from '../images/documented';
import type { Lab, LabOptions } from './lab';
import { startLab } from './lab';
import { signatureMessage } from './openshift/release';
import type { SigningKey } from './openshift/signing-key';
import { makeSigningKey } from './openshift/signing-key';
import type { PublishedRelease, UpdateService } from './openshift/update-service';
import { startUpdateService } from './openshift/update-service';

export interface DocumentedLab extends Lab {
  /** Publishes 4.19.3, an update of 4.19.2. */
  publishUpdate(): Promise<void>;
  /** Gives the catalog a newer version of web-terminal, as the real one gets every few days. */
  moveCatalog(): void;
  /** Publishes the catalog as it was at first, or a wrong one. */
  publishCatalog(wrong?: Pick<CatalogOptions, 'labels' | 'changed'>): void;
  /** Publishes 4.19.2 with another signature. */
  signAgain(signing: Signing): Promise<void>;
  /** Publishes 4.19.2 with the signature that it had at first; a new one would have other bytes. */
  signAsAtFirst(): void;
  readonly updates: UpdateService;
}

interface Signing {
  /** Default: the lab's key. */
  readonly by?: SigningKey | 'nobody';
  /** The digest in the signature. Default: that of the payload. */
  readonly digest?: string;
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

  const publish = async ({ version, reference }: ReleaseSpec, signing: Signing = {}): Promise<PublishedRelease> => {
    const digest = await lab.digestOf(reference);
    const payload = `${reference.slice(0, reference.lastIndexOf(':'))}@${digest}`;
    const { by = key, digest: signedDigest = digest } = signing;
    const message = signatureMessage({ reference, digest: signedDigest });
    const signature = by === 'nobody' ? undefined : await by.sign(message);
    const release = { version, payload, digest, signature, channels };
    updates.addRelease(release);
    return release;
  };
  const addCatalog = (catalog: Partial<CatalogOptions> = {}): void => {
    for (const image of catalogSpec({ scale, digestOf, ...catalog })) lab.registry.add(image);
  };
  const asAtFirst = await publish(first);
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
    moveCatalog: () => addCatalog({ revision: 2 }),
    publishCatalog: addCatalog,
    signAgain: async (signing) => void (await publish(first, signing)),
    signAsAtFirst: () => updates.addRelease(asAtFirst),
    updates,
    stop: async () => {
      await updates.close();
      await lab.stop();
    },
  };
}
