/**
 * An image with our layers above its own, for each of its architectures, in an index. oc-mirror extends images in the
 * same way (internal/pkg/imagebuilder, builder.go), and also makes an index if the original has none. No network.
 */
import type { Digest } from '../../oci/digest';
import { digestOf } from '../../oci/digest';
import type { Manifest } from '../../oci/manifest';
import type { JsonObject } from '../../system/json-text';
import { isObject, valueOfJson } from '../../system/json-text';
import type { MadeBlob } from '../blob-source';
import { bytesAtHand } from '../blob-source';
import type { MadeLayer } from './made-layer';

/** The original's image for one architecture. */
export interface OriginalImage {
  readonly manifest: Manifest & { readonly kind: 'image' };
  /** Its config. */
  readonly config: JsonObject;
  /** As in the index. */
  readonly platform?: unknown;
}

/** What is added. */
export interface ImageExtension {
  readonly layers: readonly MadeLayer[];
  /** The new command, made from the original one: the object `config` of an image's config. */
  readonly run: (original: JsonObject) => JsonObject;
}

/** The image as a tree of manifests. */
export interface ExtendedManifest {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly bytes: number;
  readonly parts: readonly {
    readonly digest: Digest;
    readonly bytes: number;
    readonly foreign?: true | undefined;
  }[];
  readonly children: readonly ExtendedManifest[];
}

export interface ExtendedImage {
  readonly root: ExtendedManifest;
  /** What is not in the original: manifests, configs, layers. */
  readonly content: ReadonlyMap<Digest, MadeBlob>;
}

const mediaTypes = {
  oci: {
    index: 'application/vnd.oci.image.index.v1+json',
    layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  },
  docker: {
    index: 'application/vnd.docker.distribution.manifest.list.v2+json',
    layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  },
} as const;

// One fixed time, so that the same extension makes the same image.
const created = '1980-01-01T00:00:00Z';

export function extendImage(originals: readonly OriginalImage[], { layers, run }: ImageExtension): ExtendedImage {
  const content = new Map<Digest, MadeBlob>(layers.map((layer) => [layer.digest, layer]));
  const make = (value: unknown): { digest: Digest; bytes: number } => {
    const bytes = Buffer.from(JSON.stringify(value));
    const digest = digestOf(bytes);
    content.set(digest, bytesAtHand(bytes));
    return { digest, bytes: bytes.length };
  };
  const children = originals.map(({ manifest, config, platform }) => {
    const format = manifest.mediaType.includes('docker') ? 'docker' : 'oci';
    const madeConfig = make(configWith(config, { layers, run }));
    const document = valueOfJson(manifest.content.toString('utf8'), ['annotations']) as JsonObject;
    const made = make(manifestWith(document, { config: madeConfig, layers, mediaType: mediaTypes[format].layer }));
    const parts = [madeConfig, ...manifest.layers, ...layers.map(({ digest, bytes }) => ({ digest, bytes }))];
    const node = { mediaType: manifest.mediaType, ...made, parts, children: [] };
    return { format, node, platform: platform ?? platformOf(config) };
  });
  const format = children.some((child) => child.format === 'docker') ? 'docker' : 'oci';
  const mediaType = mediaTypes[format].index;
  const root = make({
    schemaVersion: 2,
    mediaType,
    manifests: children.map(({ node, platform }) => ({
      mediaType: node.mediaType,
      digest: node.digest,
      size: node.bytes,
      platform,
    })),
  });
  return { root: { mediaType, ...root, parts: [], children: children.map(({ node }) => node) }, content };
}

function configWith(config: JsonObject, { layers, run }: ImageExtension): JsonObject {
  const { config: ran, rootfs, history } = config;
  const root = isObject(rootfs) ? rootfs : { type: 'layers' };
  const diffIds = Array.isArray(root['diff_ids']) ? (root['diff_ids'] as unknown[]) : [];
  const steps = layers.map(({ what }) => ({ created, created_by: `seqmirror: ${what}` }));
  return {
    ...config,
    author: 'seqmirror',
    config: run(isObject(ran) ? ran : {}),
    rootfs: { ...root, diff_ids: [...diffIds, ...layers.map(({ diffId }) => diffId)] },
    ...(Array.isArray(history) ? { history: [...(history as unknown[]), ...steps] } : {}),
  };
}

/** Annotations that name another image, or repeat the config, are left out. */
function manifestWith(
  document: JsonObject,
  {
    config,
    layers,
    mediaType,
  }: {
    config: { readonly digest: Digest; readonly bytes: number };
    layers: readonly MadeLayer[];
    mediaType: string;
  },
): JsonObject {
  const descriptor = isObject(document['config']) ? document['config'] : {};
  const found = Array.isArray(document['layers']) ? (document['layers'] as unknown[]) : [];
  return {
    ...document,
    subject: undefined,
    config: { ...descriptor, data: undefined, digest: config.digest, size: config.bytes },
    layers: [...found, ...layers.map(({ digest, bytes }) => ({ mediaType, digest, size: bytes }))],
  };
}

function platformOf({ architecture, os }: JsonObject): unknown {
  const isWhole = typeof architecture === 'string' && architecture !== '' && typeof os === 'string' && os !== '';
  return isWhole ? { architecture, os } : { architecture: 'amd64', os: 'linux' };
}
