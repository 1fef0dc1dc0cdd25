/**
 * A small OpenShift upstream on loopback: a release with its signature and update graph, an operator catalog, and
 * additional images, all synthetic, under the names that real configs use. What it serves goes into a registry that
 * the caller runs; registries.conf leads the real names there.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Packages } from './catalog';
import { publishCatalog } from './catalog';
import { imageOf, noise } from './image';
import { pushImage } from './push';
import type { Components, Release, ReleasePlace } from './release';
import { publishRelease, signatureMessage } from './release';
import { makeSigningKey } from './signing-key';
import { startUpdateService } from './update-service';

export interface OpenShiftLab {
  /** registries.conf that leads quay.io, registry.redhat.io and registry.access.redhat.com to the registry. */
  readonly registriesConf: string;
  /** What oc-mirror needs in its environment to find graph, signatures and key. */
  readonly env: Readonly<Record<string, string>>;
  /** The same for oc-mirror 4.18 and 4.19, which look for signatures at their real address alone. */
  readonly envOfOldOcMirror: Readonly<Record<string, string>>;
  /** The same with the update graph of OKD under its real address, which nobody can name another for. */
  readonly envWithOkd: Readonly<Record<string, string>>;
  /** Channels: those that the update service names it in; default: in whichever it is asked for. */
  publishRelease(
    version: string,
    components: Components,
    channels?: readonly string[],
    place?: ReleasePlace,
  ): Promise<Release>;
  /** Returns the catalog's root digest; the tag moves. */
  publishCatalog(packages: Packages, repository?: string): Promise<string>;
  /** Publishes `ubi9/ubi:9.5` and the like; returns its root digest. `content` other than before moves the tag. */
  publishImage(repository: string, tag: string, content: string): Promise<string>;
  close(): Promise<void>;
}

/** `registry` is host:port of a registry that takes pushes by plain HTTP; `layerBytes` scales everything. */
export async function startOpenShiftLab({
  registry,
  layerBytes = 256 * 1024,
}: {
  registry: string;
  layerBytes?: number;
}): Promise<OpenShiftLab> {
  const folder = await mkdtemp(join(tmpdir(), 'seqmirror-openshift-'));
  await mkdir(folder, { recursive: true });
  const key = await makeSigningKey();
  const publicKeyFile = join(folder, 'release-key.asc');
  await writeFile(publicKeyFile, key.publicKey);
  const updates = await startUpdateService();
  const registriesConf = join(folder, 'registries.conf');
  await writeFile(registriesConf, registriesConfOf(registry));
  const common = { UPDATE_URL_OVERRIDE: updates.graphUrl, OCP_SIGNATURE_VERIFICATION_PK: publicKeyFile };
  return {
    registriesConf,
    env: { ...common, OCP_SIGNATURE_URL: updates.signatureUrl },
    envWithOkd: { ...common, OCP_SIGNATURE_URL: updates.signatureUrl, ...updates.signatureProxyEnv },
    envOfOldOcMirror: { ...common, ...updates.signatureProxyEnv },
    publishRelease: async (version, components, channels, place) => {
      const release = await publishRelease(version, components, { ...place, registry, layerBytes });
      const signature = await key.sign(signatureMessage(release));
      const payload = release.reference.replace(/:[^:]*$/, `@${release.digest}`);
      updates.addRelease({ version, payload, digest: release.digest, signature, channels });
      return release;
    },
    publishCatalog: (packages, repository) => publishCatalog(packages, { registry, layerBytes, repository }),
    publishImage: (repository, tag, content) =>
      pushImage(imageOf({ layers: [{ 'usr/lib/os': noise(content, layerBytes * 4) }] }), { registry, repository, tag }),
    close: async () => {
      await updates.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function registriesConfOf(registry: string): string {
  return ['quay.io', 'registry.redhat.io', 'registry.access.redhat.com']
    .map(
      (host) => `[[registry]]\nlocation = "${host}"\n[[registry.mirror]]\nlocation = "${registry}"\ninsecure = true\n`,
    )
    .join('\n');
}
