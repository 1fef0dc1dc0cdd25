/** Makes the manifests and blobs of an image from its spec: the same bytes for the same spec and seed, everywhere. */
import type { Blob, Manifest } from '../lab/registry/content';
import { layerOf as filesLayer } from '../lab/openshift/image';
import { bytesInMemory, manifestOf } from '../lab/registry/content';
import type { ImageSpec, LayerSpec } from './image';
import type { SyntheticLayer } from './synthetic-layer';
import { syntheticLayer } from './synthetic-layer';

export interface BuiltImage {
  readonly root: Manifest;
  /** The root, its children, and attachments. */
  readonly manifests: readonly Manifest[];
  readonly blobs: readonly Blob[];
  /** Tags of signatures and attestations, with their manifests' digests. */
  readonly attached: ReadonlyMap<string, string>;
}

export type ImageBuilder = (spec: ImageSpec) => Promise<BuiltImage>;

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: { readonly architecture: string; readonly os: string };
  readonly annotations?: Readonly<Record<string, string>>;
}

const mediaTypes = {
  oci: {
    manifest: 'application/vnd.oci.image.manifest.v1+json',
    index: 'application/vnd.oci.image.index.v1+json',
    config: 'application/vnd.oci.image.config.v1+json',
    layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  },
  docker: {
    manifest: 'application/vnd.docker.distribution.manifest.v2+json',
    index: 'application/vnd.docker.distribution.manifest.list.v2+json',
    config: 'application/vnd.docker.container.image.v1+json',
    layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  },
} as const;

const created = '2026-01-01T00:00:00Z';

/** A builder that makes each layer once, so that images which share layers share their digests' cost too. */
export function imageBuilder(seed: string): ImageBuilder {
  const layers = new Map<string, SyntheticLayer>();
  const layerOf = async (layerSpec: LayerSpec, architecture: string): Promise<Blob & { readonly diffId: string }> => {
    if ('files' in layerSpec) {
      const { content, diffId } = filesLayer(await layerSpec.files());
      return { ...bytesInMemory(content.bytes), diffId };
    }
    const { name, bytes } = layerSpec;
    const key = JSON.stringify([name, bytes, architecture]);
    const layer = layers.get(key) ?? syntheticLayer({ seed, name: `${name} ${architecture}`, bytes });
    layers.set(key, layer);
    const { digest, diffId } = await layer.digests();
    return { digest, diffId, bytes, read: layer.read };
  };

  return async (spec) => {
    const types = mediaTypes[spec.format];
    const manifests: Manifest[] = [];
    const blobs: Blob[] = [];

    const addManifest = (mediaType: string, content: object): Descriptor => {
      const manifest = manifestOf(mediaType, JSON.stringify({ schemaVersion: 2, mediaType, ...content }));
      manifests.push(manifest);
      return { mediaType, digest: manifest.digest, size: manifest.body.length };
    };
    const addBlob = (mediaType: string, blob: Blob): Descriptor => {
      blobs.push(blob);
      return { mediaType, digest: blob.digest, size: blob.bytes };
    };
    const addPlatform = async (architecture: string): Promise<Descriptor> => {
      const descriptors: Descriptor[] = [];
      const diffIds: string[] = [];
      for (const layerSpec of spec.layers) {
        const { diffId, ...layer } = await layerOf(layerSpec, architecture);
        descriptors.push(addBlob(types.layer, layer));
        diffIds.push(diffId);
      }
      const config = {
        created,
        architecture,
        os: 'linux',
        config: { Labels: { name: spec.repository, ...spec.labels } },
        rootfs: { type: 'layers', diff_ids: diffIds },
        history: spec.layers.map(({ name }) => ({ created, created_by: `synthetic layer ${name}` })),
      };
      const configDescriptor = addBlob(types.config, bytesInMemory(JSON.stringify(config)));
      return {
        ...addManifest(types.manifest, { config: configDescriptor, layers: descriptors }),
        platform: { architecture, os: 'linux' },
      };
    };
    const addRoot = async (): Promise<Descriptor> => {
      if (typeof spec.architectures === 'string') return addPlatform(spec.architectures);
      const platforms: Descriptor[] = [];
      for (const architecture of spec.architectures) platforms.push(await addPlatform(architecture));
      const index = addManifest(types.index, { manifests: platforms });
      return spec.nested ? addManifest(types.index, { manifests: [index] }) : index;
    };
    const attach = (payloadType: string, payload: object, annotations: Record<string, string>): string => {
      const layer = { ...addBlob(payloadType, bytesInMemory(JSON.stringify(payload))), annotations };
      const config = bytesInMemory(JSON.stringify({ created, architecture: '', os: '', rootfs: { type: 'layers' } }));
      const { config: configType, manifest } = mediaTypes.oci;
      return addManifest(manifest, { config: addBlob(configType, config), layers: [layer] }).digest;
    };

    const { digest } = await addRoot();
    const root = manifests.at(-1) as Manifest;
    const attached = new Map<string, string>();
    if (spec.signed) {
      const payload = {
        critical: {
          identity: { 'docker-reference': spec.repository },
          image: { 'docker-manifest-digest': digest },
          type: 'cosign container image signature',
        },
        optional: null,
      };
      const signature = { 'dev.cosignproject.cosign/signature': Buffer.from(digest).toString('base64') };
      attached.set(
        tagFor(digest, 'sig'),
        attach('application/vnd.dev.cosign.simplesigning.v1+json', payload, signature),
      );
    }
    if (spec.attested) {
      const envelope = { payloadType: 'application/vnd.in-toto+json', payload: Buffer.from(digest).toString('base64') };
      const predicate = { predicateType: 'https://slsa.dev/provenance/v1' };
      attached.set(tagFor(digest, 'att'), attach('application/vnd.dsse.envelope.v1+json', envelope, predicate));
    }
    return { root, manifests, blobs, attached };
  };
}

function tagFor(digest: string, suffix: 'sig' | 'att'): string {
  return `${digest.replace(':', '-')}.${suffix}`;
}
