/** Debian's docker-registry as the upstream of real names: it asks for a password, and has images of every shape. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anImage, type ImageSpec } from '../../testing/images/image';
import { fillFromLab, skopeo, startDebianRegistry, type DebianRegistry } from '../../testing/lab/debian-registry';
import { startLab, type Lab } from '../../testing/lab/lab';
import { copyNested } from './nested-index';

export interface DebianUpstream {
  readonly registry: DebianRegistry;
  /** For programs that are to use it under the names of the images' own registries. */
  env(): Record<string, string>;
  /** The root digest of `registry.redhat.io/ubi9/ubi:9.5`. */
  digestOf(reference: string): Promise<string>;
  /** Puts an image there, with its signature; a tag that exists moves. */
  push(image: ImageSpec): Promise<void>;
  stop(): Promise<void>;
}

const base = { name: 'ubi9-base', bytes: 1_500_000 };

export const images = {
  /** An OCI index of several architectures, signed by cosign. */
  signed: 'registry.redhat.io/ubi9/ubi:9.5',
  /** A Docker manifest, schema 2. */
  docker: 'docker.io/library/nginx:1.27',
  /** A Docker manifest list. */
  list: 'quay.io/coreos/etcd:v3.5',
  /** An OCI manifest of one architecture. */
  plain: 'quay.io/acme/tool:1.2',
  /** An index within an index. */
  nested: 'quay.io/acme/nested:1.0',
  blocked: 'quay.io/acme/secret-debug:2.0',
} as const;

export const shapes: readonly ImageSpec[] = [
  anImage(images.signed, { layers: [base, 'ubi9'], architectures: ['amd64', 'arm64', 's390x'], signed: true }),
  anImage(images.docker, { format: 'docker', layers: ['debian', 'nginx'] }),
  anImage(images.list, { format: 'docker', architectures: ['amd64', 'ppc64le'] }),
  anImage(images.plain, { layers: [base, 'tool'] }),
  anImage(images.nested, { nested: true, architectures: ['amd64', 'arm64'] }),
  anImage(images.blocked),
];

export async function startDebianUpstream(): Promise<DebianUpstream> {
  const folder = await mkdtemp(join(tmpdir(), 'seqmirror-upstream-'));
  const registry = await startDebianRegistry({ basicAuth: true });
  const registriesConf = join(folder, 'registries.conf');
  await writeFile(registriesConf, leadingTo(registry.host));
  const env = () => ({
    CONTAINERS_REGISTRIES_CONF: registriesConf,
    ...(registry.authFile === undefined ? {} : { REGISTRY_AUTH_FILE: registry.authFile }),
  });
  const upstream: DebianUpstream = {
    registry,
    env,
    digestOf: (reference) => digestAt(registry, withoutHost(reference)),
    push: async (image) => {
      const lab = await startLab({ images: [image] });
      try {
        await copy(lab, registry, image);
      } finally {
        await lab.stop();
      }
    },
    stop: async () => {
      await registry.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  for (const image of shapes) await upstream.push(image);
  return upstream;
}

/** What skopeo says is the digest of an image's root in a registry, from the bytes that it gets. */
export async function digestAt(registry: DebianRegistry, place: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'seqmirror-digest-'));
  try {
    const raw = await skopeo(['inspect', '--raw', `docker://${registry.host}/${place}`], {
      authFiles: [registry.authFile],
    });
    await writeFile(join(folder, 'manifest.json'), raw);
    return (await skopeo(['manifest-digest', join(folder, 'manifest.json')])).trim();
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** `ubi9/ubi:9.5`: where an image lies in a registry that has no hosts in its names. */
export function withoutHost(reference: string): string {
  return reference.slice(reference.indexOf('/') + 1);
}

async function copy(lab: Lab, registry: DebianRegistry, image: ImageSpec): Promise<void> {
  // skopeo copies no index within an index.
  if (image.nested) return copyNested(lab, registry, image);
  await fillFromLab(lab, registry, [image.reference]);
  if (!image.signed) return;
  const signature = `${(await lab.digestOf(image.reference)).replace(':', '-')}.sig`;
  await fillFromLab(lab, registry, [`${image.repository}:${signature}`]);
}

/** As the lab's, but without the host in the location's path, and without names that nobody asks for. */
function leadingTo(location: string): string {
  const hosts = [...new Set(Object.values(images).map((reference) => reference.slice(0, reference.indexOf('/'))))];
  const entry = (prefix: string) => `[[registry]]\nprefix = "${prefix}"\nlocation = "${location}"\ninsecure = true\n`;
  return ['unqualified-search-registries = []\n', ...hosts.map(entry), entry(location)].join('\n');
}
