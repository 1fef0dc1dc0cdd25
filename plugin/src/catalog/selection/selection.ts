/**
 * What a configuration selects from a catalog: pure, and as oc-mirror selects it. Stands on ../fbc. Called by the
 * embedded engine and by ../image, which writes the selection as a catalog again.
 */
export type { ChannelHead } from './channel-heads';
export { headsOf } from './channel-heads';
export type { AddedDependency, ResolvedSelection } from './dependencies';
export { selectWithDependencies } from './dependencies';
export type { BundleImage, SelectedImages } from './images';
export { imagesOf } from './images';
export { missingPackages, notesOn } from './notes';
export type { Refusal } from '../refusals';
export type { SelectedCatalog, Selection } from './select';
export { selectFrom } from './select';
