import { formatBytes, formatMediumBytes } from '../system/byte-size';
import { explain } from '../system/errors';
import { printable } from '../system/printable';

export const mediaRefused = explain<{ name: string }>('SEQ0670', ({ name }) => ({
  what: `Unknown medium \`${printable(name, { limit: 60 })}\``,
  why: 'It says how much fits on one volume: dvd5, dvd9, bd25, bd50, bd100, fat32, usb:<size>, or a number of bytes',
  next: 'For a stick of 64 GB write --media=usb:64G',
}));

export const mediumTooSmall = explain<{
  media: string;
  bytes: number;
  needed: number;
}>('SEQ0673', ({ media, bytes, needed }) => ({
  what: `A volume of ${formatMediumBytes(bytes)} (${printable(media)}) is too small: ${formatBytes(needed)} are taken before any blob`,
  why: 'Each volume stands alone: records of the chain, script, checksums, and the file system itself, which takes more of a larger medium',
  next: 'Choose a larger medium',
}));

export const tooManyVolumes = explain<{
  volumes: number;
  limit: number;
  media: string;
}>('SEQ0673', ({ volumes, limit, media }) => ({
  what: `The bundle would take ${volumes} volumes of ${printable(media)}; at most ${limit} are read there`,
  why: 'Names of volumes and pieces have room for no more',
  next: 'Choose a larger medium',
}));
