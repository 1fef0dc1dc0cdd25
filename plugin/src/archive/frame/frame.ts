/**
 * The frame of an archive: all of its bytes except the bodies of its blobs, in order: headers, links, what oc-mirror
 * packs for itself, padding, the end. Blobs are proven by their own names, so the hashes of frame and blobs cover every
 * byte once; and from frame and blobs the same archive can be made again (rebuild.ts).
 */
export { firstFrameDifference } from './frame-difference';
export type { FrameDifference } from './frame-difference';
export { frameRangesOf } from './frame-ranges';
export { readFrame, rebuildArchive } from './rebuild';
export type { FrameFile, ReadFrame, RebuildRequest } from './rebuild';
export { writeFrame } from './write-frame';
export type { WrittenFrame } from './write-frame';
