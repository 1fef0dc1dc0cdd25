/**
 * Images that are made here from others: our layers above those of an image in a registry. Called for catalogs and for
 * the update graph; stands on the tar headers of archives.
 */
export type { ExtendedImage, ExtendedManifest, ImageExtension, OriginalImage } from './extended-image';
export { extendImage } from './extended-image';
export type { LayerContent, MadeLayer } from './made-layer';
export { madeLayer, tarOfFiles } from './made-layer';
