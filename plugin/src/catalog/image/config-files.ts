/**
 * The files of the catalog in a catalog's image: those in the folder that a label names, as the layers together show
 * them.
 */
import type { ImageLayer } from '../../archive/layer/layer';
import { filesInLayers } from '../../archive/layer/layer';
import { catalogFileUnreadable, noCatalogImage } from '../errors';
import type { CatalogFile } from '../fbc/fbc';
import { catalogLimits } from '../fbc/fbc';
import type { PackedFiles } from './packed-files';
import { createPackedFiles } from './packed-files';

/** The label that names the folder with the catalog. */
export const configsLabel = 'operators.operatorframework.io.index.configs.v1';

const mostPackedBytes = 512 * 1024 ** 2;

export interface CatalogLayers {
  /** For messages. */
  readonly image: string;
  readonly layers: readonly ImageLayer[];
  /** The value of the label: `/configs`. */
  readonly label: string | undefined;
  readonly signal: AbortSignal;
}

/** A store for the files of one catalog. */
export function storeForCatalog(): PackedFiles {
  const why = 'The catalog is much larger than the catalogs of Red Hat';
  return createPackedFiles({ mostPackedBytes, tooMuch: () => catalogFileUnreadable({ at: { file: '.' }, why }) });
}

/**
 * Reads all layers, the last first, and keeps the visible files.
 *
 * @throws SEQ0431 for an image without the label or without files there, SEQ0340 for layers that cannot be read, SEQ0430
 *   for more than any catalog has
 */
export async function configFilesIn(
  { image, layers, label, signal }: CatalogLayers,
  store: PackedFiles,
): Promise<CatalogFile[]> {
  const folder = label
    ?.split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
  if (folder === undefined || folder === '' || folder.split('/').includes('..'))
    throw noCatalogImage({
      image,
      why: `The label ${configsLabel} of the image must name the folder of the catalog, but ${label === undefined ? 'the image does not have this label' : 'it is not the name of a folder'}`,
    });
  const files: CatalogFile[] = [];
  let bytes = 0;
  for await (const file of filesInLayers(layers, { image, folder, signal })) {
    bytes += file.bytes;
    if (bytes > catalogLimits.bytes) {
      const why = `The catalog has more than ${catalogLimits.bytes} bytes. The catalogs of Red Hat are smaller`;
      throw catalogFileUnreadable({ at: { file: file.path }, why });
    }
    files.push(await store.add(file.path.slice(folder.length + 1), file.pieces()));
  }
  if (files.length === 0)
    throw noCatalogImage({
      image,
      why: `The label ${configsLabel} names the folder /${folder}, but this folder contains no file`,
    });
  return files;
}
