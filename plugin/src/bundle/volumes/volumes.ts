/**
 * What fits on which medium: how much a medium holds, and what a bundle carries spread over volumes of it. Pure; called by
 * the plan of a bundle before anything is written.
 */
export type { Medium } from './media';
export { anyFolder, mediumOf, usedBytes } from './media';
export { splitVolumes } from './split-volumes';
