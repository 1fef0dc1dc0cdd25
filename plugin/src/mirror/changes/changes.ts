/** What changed between two contents of a mirror: images and bytes by kind, and what moved upstream. Pure. */
export type { Changes, KindChanges } from './content-changes';
export { changesByKind, totalOf } from './content-changes';
export type { HeadMove, Move, UpstreamMoves, UpstreamState } from './moves';
export { isStill, movesSince, pinnedCatalogs, recordedHeads } from './moves';
export { headInRecord, recordOfHead } from './recorded-heads';
