/**
 * An upstream on loopback for demo, tests and benchmarks: a registry with synthetic images, which registries.conf
 * serves under real names. It runs in the caller's process, so nothing that uses it may be waited for synchronously.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { catalogue } from '../images/catalogue';
import type { ImageSpec } from '../images/image';
import { imageBuilder } from '../images/image-builder';
import { registriesConf } from './registries-conf';
import type { AccessOptions } from './registry/access';
import { defaultPassword, defaultUser } from './registry/access';
import type { FaultRule } from './registry/faults';
import type { Journal } from './registry/journal';
import { LabRegistry } from './registry/registry';
import { authorityFile } from './registry/server';

export interface LabOptions {
  /** Default: the catalogue of the four documented steps. */
  readonly images?: readonly ImageSpec[];
  /** Scale of the catalogue's sizes; 1 is about 22 GiB. Images given here have the sizes they say. */
  readonly scale?: number;
  /** Another seed, other bytes in all layers. */
  readonly seed?: string;
  readonly auth?: AccessOptions;
  readonly tls?: boolean;
  readonly objectStorage?: boolean;
  readonly tagsPerPage?: number;
  /** A free one if not given. */
  readonly port?: number;
  /** For configuration and pushed blobs. A temporary one if not given, which `stop` removes. */
  readonly folder?: string;
}

export interface Lab {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  /** `127.0.0.1:port` */
  readonly host: string;
  readonly folder: string;
  /** Points registry.redhat.io, quay.io and others to the lab: `<host>/registry.redhat.io/…`. */
  readonly registriesConf: string;
  /** With credentials for the lab's host, when it asks for any. */
  readonly authFile: string | undefined;
  /** The authority to trust, when the lab speaks TLS. */
  readonly caFile: string | undefined;
  /** For programs that are to use the lab. oc-mirror takes no REGISTRY_AUTH_FILE: its registry reads all of `REGISTRY_*`. */
  env(): Record<string, string>;
  readonly registry: LabRegistry;
  readonly journal: Journal;
  /** Adds a fault; the returned function removes it. */
  fault(rule: FaultRule): () => void;
  /** The root digest behind a reference with a tag. */
  digestOf(reference: string): Promise<string>;
  stop(): Promise<void>;
}

export async function startLab(options: LabOptions = {}): Promise<Lab> {
  const { auth = { kind: 'none' }, tls = false, seed = 'seqmirror' } = options;
  const images = options.images ?? catalogue(options.scale);
  if (options.folder !== undefined) await mkdir(options.folder, { recursive: true });
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'seqmirror-lab-')));
  const registry = new LabRegistry({
    build: imageBuilder(seed),
    uploadFolder: join(folder, 'uploads'),
    port: options.port,
    tls,
    access: auth,
    objectStorage: options.objectStorage ?? false,
    tagsPerPage: options.tagsPerPage,
  });
  for (const image of images) registry.add(image);
  const removeTemporary = async (): Promise<void> => {
    if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
  };
  try {
    await registry.start();
  } catch (error) {
    await removeTemporary();
    throw error;
  }
  const { host } = registry;

  const confFile = join(folder, 'registries.conf');
  await writeFile(confFile, registriesConf(host, { images, insecure: !tls }));
  const authFile = auth.kind === 'none' ? undefined : join(folder, 'auth.json');
  if (auth.kind !== 'none' && authFile !== undefined) {
    const { user = defaultUser, password = defaultPassword } = auth;
    const entry = { auth: Buffer.from(`${user}:${password}`).toString('base64') };
    await writeFile(authFile, JSON.stringify({ auths: { [host]: entry } }), { mode: 0o600 });
  }
  const caFile = tls ? authorityFile : undefined;
  return {
    url: registry.url,
    host,
    folder,
    registriesConf: confFile,
    authFile,
    caFile,
    env: () => ({
      CONTAINERS_REGISTRIES_CONF: confFile,
      ...(authFile === undefined ? {} : { REGISTRY_AUTH_FILE: authFile }),
      ...(caFile === undefined ? {} : { SSL_CERT_FILE: caFile, NODE_EXTRA_CA_CERTS: caFile }),
    }),
    registry,
    journal: registry.journal,
    fault: (rule) => registry.faults.add(rule),
    digestOf: (reference) => registry.digestOf(reference),
    stop: async () => {
      await registry.stop();
      await removeTemporary();
    },
  };
}

/** Makes a tag point to another image, as `latest` does every week. The former image stays, by its digest. */
export function moveTag(lab: Lab, reference: string, image: ImageSpec): void {
  const cut = reference.lastIndexOf(':');
  lab.registry.add({ ...image, reference, repository: reference.slice(0, cut), tag: reference.slice(cut + 1) });
}
