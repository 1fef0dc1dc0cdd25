import { formatBytes, formatMediumBytes } from '../system/byte-size';
import { explain } from '../system/errors';
import { printable } from '../system/printable';

export const mediaRefused = explain<{ name: string }>('SEQ0670', ({ name }) => ({
  what: `Unknown medium \`${printable(name, { limit: 60 })}\``,
  why: 'A medium is one of dvd5, dvd9, bd25, bd50, bd100, fat32, usb:<size>, or a number of bytes that fit on one volume',
  next: 'Write for example --media=usb:64G for a USB stick of 64 GB',
}));

export const mediumTooSmall = explain<{
  media: string;
  bytes: number;
  needed: number;
}>('SEQ0673', ({ media, bytes, needed }) => ({
  what: `A volume of ${formatMediumBytes(bytes)} (${printable(media)}) is too small: seqmirror needs ${formatBytes(needed)} on it for other files than blobs`,
  why: 'Each volume holds the records of the chain, the upload script and the checksums. The file system needs space too',
  next: 'Choose a larger medium, for example --media=bd50',
}));

export const tooManyVolumes = explain<{
  volumes: number;
  limit: number;
  media: string;
}>('SEQ0673', ({ volumes, limit, media }) => ({
  what: `The bundle would need ${volumes} volumes of ${printable(media)}; a bundle may have at most ${limit}`,
  why: 'The number in the name of a volume or piece has a limited number of digits',
  next: 'Choose a larger medium, for example --media=bd50',
}));
