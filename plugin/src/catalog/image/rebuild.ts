/**
 * The image of a filtered catalog: the original's layers, two more (config-layers.ts), and a config that serves the new
 * files, for every architecture of the original, in an index; as oc-mirror makes it (internal/pkg/imagebuilder,
 * catalog_builder.go and builder.go), which makes an index of an original that is none too. Values and bytes, no network.
 */
import { createHash } from 'node:crypto';
import type { MadeBlob } from '../../archive/blob-source';
import type { Digest } from '../../oci/digest';
import { digestFromHex } from '../../oci/digest';
import type { Manifest } from '../../oci/manifest';
import { noCatalogImage } from '../errors';
import type { CatalogFile, JsonObject } from '../fbc/fbc';
import { isObject } from '../fbc/fbc';
import type { MadeLayer } from './config-layers';
import { configLayers } from './config-layers';
import { configsLabel } from './config-files';

/** The original as its registry has it. */
export interface OriginalCatalog {
  /** For messages. */
  readonly image: string;
  readonly root: Manifest;
  /** Each image of it, of all architectures; one where the root is no index. */
  readonly images: readonly OriginalImage[];
}

export interface OriginalImage {
  readonly manifest: Manifest & { readonly kind: 'image' };
  /** The bytes of its config. */
  readonly config: Buffer;
  /** As the index has it. */
  readonly platform?: unknown;
}

/** The rebuilt image as a tree of manifests. */
export interface RebuiltManifest {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly bytes: number;
  readonly parts: readonly {
    readonly digest: Digest;
    readonly bytes: number;
    readonly foreign?: boolean | undefined;
  }[];
  readonly children: readonly RebuiltManifest[];
}

export interface RebuiltCatalog {
  readonly root: RebuiltManifest;
  /** What is not in the original: manifests, configs, two layers. */
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

// One fixed time, so that the same selection makes the same image.
const created = '1980-01-01T00:00:00Z';

/** @throws SEQ0431 when a config is none */
export async function rebuildCatalog(
  original: OriginalCatalog,
  files: readonly CatalogFile[],
): Promise<RebuiltCatalog> {
  const layers = await configLayers(files);
  const content = new Map<Digest, MadeBlob>(layers.map((layer) => [layer.digest, layer]));
  const make = (value: unknown): { digest: Digest; bytes: number } => {
    const bytes = Buffer.from(JSON.stringify(value));
    const digest = digestFromHex(createHash('sha256').update(bytes).digest('hex'));
    content.set(digest, { bytes: bytes.length, pieces: () => once(bytes) });
    return { digest, bytes: bytes.length };
  };
  const children = original.images.map(({ manifest, config, platform }) => {
    const format = manifest.mediaType.includes('docker') ? 'docker' : 'oci';
    const value = configOf(config, original.image);
    const madeConfig = make(withLayers(value, layers));
    const document = JSON.parse(manifest.content.toString('utf8')) as JsonObject;
    const made = make(manifestWith(document, { config: madeConfig, layers, mediaType: mediaTypes[format].layer }));
    const parts = [madeConfig, ...manifest.layers, ...layers.map(({ digest, bytes }) => ({ digest, bytes }))];
    const node = { mediaType: manifest.mediaType, ...made, parts, children: [] };
    return { format, node, platform: platform ?? platformOf(value) };
  });
  const format = children.some((child) => child.format === 'docker') ? 'docker' : 'oci';
  const root = make({
    schemaVersion: 2,
    mediaType: mediaTypes[format].index,
    manifests: children.map(({ node: { mediaType, digest, bytes }, platform }) => ({
      mediaType,
      digest,
      size: bytes,
      platform,
    })),
  });
  const node = {
    mediaType: mediaTypes[format].index,
    ...root,
    parts: [],
    children: children.map((child) => child.node),
  };
  return { root: node, content };
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer, void, undefined> {
  yield bytes;
}

function configOf(config: Buffer, image: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(config.toString('utf8'));
  } catch {
    value = undefined;
  }
  if (!isObject(value)) throw noCatalogImage({ image, why: 'Its config is no JSON object' });
  return value;
}

/** What the label of an image's config says; `undefined`: it has none. */
export function configsLabelOf(config: Buffer, image: string): string | undefined {
  const { config: run } = configOf(config, image);
  const labels = isObject(run) ? run['Labels'] : undefined;
  const label = isObject(labels) ? labels[configsLabel] : undefined;
  return typeof label === 'string' ? label : undefined;
}

function withLayers(config: JsonObject, layers: readonly MadeLayer[]): JsonObject {
  const { config: run, rootfs, history } = config;
  const ran = isObject(run) ? run : {};
  const labels = isObject(ran['Labels']) ? ran['Labels'] : {};
  const root = isObject(rootfs) ? rootfs : { type: 'layers' };
  const diffIds = Array.isArray(root['diff_ids']) ? (root['diff_ids'] as unknown[]) : [];
  const steps = layers.map(({ what }) => ({ created, created_by: `seqmirror: ${what}` }));
  return {
    ...config,
    author: 'seqmirror',
    // A cache that the original made for its own catalog would be wrong for this one.
    config: { ...ran, Cmd: ['serve', '/configs'], Labels: { ...labels, [configsLabel]: '/configs' } },
    rootfs: { ...root, diff_ids: [...diffIds, ...layers.map(({ diffId }) => diffId)] },
    ...(Array.isArray(history) ? { history: [...(history as unknown[]), ...steps] } : {}),
  };
}

/** What says that it belongs to another image, or repeats the config, is left out. */
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
