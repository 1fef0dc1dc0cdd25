/**
 * The images of catalogs: the catalog in an image, and the image of a selection. No network. Stands on ../fbc,
 * ../selection and archive/layer. Called by the embedded engine.
 */
export type { CatalogLayers } from './config-files';
export { configFilesIn, configsLabel, storeForCatalog } from './config-files';
export type { PackedFiles } from './packed-files';
export type { OriginalCatalog, OriginalImage, RebuiltCatalog, RebuiltManifest } from './rebuild';
export { configsLabelOf, rebuildCatalog } from './rebuild';
export { writeCatalog } from './write-catalog';
