/**
 * The image of a filtered catalog: the original's layers, two more (config-layers.ts), and a config that serves the new
 * files, for every architecture of the original. oc-mirror makes it in the same way (internal/pkg/imagebuilder,
 * catalog_builder.go).
 */
import type { ExtendedImage, ExtendedManifest } from '../../archive/made-image/made-image';
import { extendImage } from '../../archive/made-image/made-image';
import type { Manifest } from '../../oci/manifest';
import { readStrictJson } from '../../system/strict-json';
import { noCatalogImage } from '../errors';
import type { CatalogFile, JsonObject } from '../fbc/fbc';
import { isObject } from '../fbc/fbc';
import { configsLabel } from './config-files';
import { configLayers } from './config-layers';

/** The original in its registry. */
export interface OriginalCatalog {
  /** For messages. */
  readonly image: string;
  readonly root: Manifest;
  /** Its images, of all architectures; only one if the root is not an index. */
  readonly images: readonly OriginalImage[];
}

export interface OriginalImage {
  readonly manifest: Manifest & { readonly kind: 'image' };
  /** The bytes of its config. */
  readonly config: Buffer;
  /** As in the index. */
  readonly platform?: unknown;
}

/** The rebuilt image as a tree of manifests. */
export type RebuiltManifest = ExtendedManifest;

/** The rebuilt image, and its content that is not in the original: manifests, configs, two layers. */
export type RebuiltCatalog = ExtendedImage;

/** @throws SEQ0431 when something is not a config */
export async function rebuildCatalog(
  original: OriginalCatalog,
  files: readonly CatalogFile[],
): Promise<RebuiltCatalog> {
  const images = original.images.map((each) => ({ ...each, config: configOf(each.config, original.image) }));
  return extendImage(images, { layers: await configLayers(files), run: serving });
}

function configOf(config: Buffer, image: string): JsonObject {
  // It is written again with changes: what Go would read otherwise must not be settled by us.
  const read = readStrictJson(config, { maps: ['Labels', 'Volumes', 'ExposedPorts', 'Annotations'], integers: [] });
  if ('refused' in read) throw noCatalogImage({ image, why: `The config of the image is not valid: ${read.refused}` });
  if (!isObject(read.value)) throw noCatalogImage({ image, why: 'The config of the image is not a JSON object' });
  return read.value;
}

/** The label in an image's config; `undefined` if it has none. */
export function configsLabelOf(config: Buffer, image: string): string | undefined {
  const { config: run } = configOf(config, image);
  const labels = isObject(run) ? run['Labels'] : undefined;
  const label = isObject(labels) ? labels[configsLabel] : undefined;
  return typeof label === 'string' ? label : undefined;
}

/** The command of a catalog, with the new files. A cache that the original made for its own files would be wrong. */
function serving(ran: JsonObject): JsonObject {
  const labels = isObject(ran['Labels']) ? ran['Labels'] : {};
  return { ...ran, Cmd: ['serve', '/configs'], Labels: { ...labels, [configsLabel]: '/configs' } };
}
