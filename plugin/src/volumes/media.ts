import { mediaRefused } from './errors';

/**
 * Media, and the space that files take on them. A file system's own use is counted as its tools compute it, and never
 * too low: what is planned to fit does fit. Each medium says what is counted, and which program checks it.
 */

export interface Medium {
  /** The name as it was given: `bd25`, `usb:64G`. */
  readonly name: string;
  /** Bytes of the bare medium; `undefined`: as large as needed. */
  readonly bytes: number | undefined;
  /** No file may be larger. */
  readonly largestFile: number;
  /** Bytes that an empty file system takes. */
  readonly fixedBytes: number;
  /** Bytes that a folder takes, its own entry included. */
  readonly folderBytes: number;
  /** Bytes that a file of this length takes, its entry included. */
  readonly fileBytes: (length: number) => number;
}

const mebibyte = 1024 ** 2;

/** Sectors of 2048 bytes that every disc of the kind has; the smallest of the brands and signs that differ. */
const discs: Readonly<Record<string, number>> = {
  dvd5: 2_295_104, // DVD+R; DVD-R has 2,298,496
  dvd9: 4_171_712, // DVD-R DL; DVD+R DL has 4,173,824
  bd25: 12_219_392, // unformatted: burn without spare areas (`-use-the-force-luke=spare:none`)
  bd50: 24_438_784,
  bd100: 48_878_592,
};

/** A folder, which is as large as it has to be. */
export const anyFolder: Medium = {
  name: 'folder',
  bytes: undefined,
  largestFile: Number.MAX_SAFE_INTEGER,
  fixedBytes: 0,
  folderBytes: 0,
  fileBytes: (length) => length,
};

/**
 * @param name `dvd5`, `dvd9`, `bd25`, `bd50`, `bd100`, `fat32`, `fat32:32G`, `usb:64G`, or a number of bytes
 * @throws SEQ0670 for anything else
 */
export function mediumOf(name: string): Medium {
  const sectors = Object.hasOwn(discs, name) ? discs[name] : undefined;
  if (sectors !== undefined) return disc(name, sectors * 2048);
  if (name === 'fat32') return fat32(name, undefined);
  const [, system, size] = /^(usb|fat32|iso):(.+)$/.exec(name) ?? [];
  const bytes = bytesNamed(size ?? name);
  if (bytes === undefined) throw mediaRefused({ name });
  switch (system) {
    case 'usb':
      return usb(name, bytes);
    case 'fat32':
      return fat32(name, bytes);
    case 'iso':
      return disc(name, bytes);
    default:
      return folderOf(name, bytes);
  }
}

/** Sticks are sold in powers of ten: `64G` is 64,000,000,000. */
function bytesNamed(text: string): number | undefined {
  const [, digits, unit = ''] = /^([1-9]\d{0,14}(?:\.\d)?)([KMGT]?)$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const bytes = Number(digits) * 1000 ** ' KMGT'.indexOf(unit || ' ');
  return Number.isSafeInteger(Math.floor(bytes)) ? Math.floor(bytes) : undefined;
}

/** A folder with so many bytes, in blocks of 4096 as on most file systems. */
function folderOf(name: string, bytes: number): Medium {
  return {
    name,
    bytes,
    largestFile: bytes,
    fixedBytes: 4096,
    folderBytes: 4096,
    fileBytes: (length) => blocks(length, 4096),
  };
}

/**
 * ISO 9660 with Rock Ridge and Joliet, or UDF beside it (`genisoimage -udf -R -J`, `xorriso -as mkisofs -R -J`): 2048
 * bytes per sector. Before the files: 16 sectors, descriptors, path tables, UDF's structures from sector 256 on and its
 * anchors; behind them 150 sectors of padding. A file has a directory record in both trees, each below 512 bytes, and
 * in UDF an entry of one sector with an identifier below 512 bytes; a folder has the same, and its own extent in each
 * tree. No file has 4 GiB, which takes several extents: many a burning program refuses that.
 */
function disc(name: string, bytes: number): Medium {
  return {
    name,
    bytes,
    largestFile: Math.min(bytes, 2 ** 32 - 2048),
    fixedBytes: 2 * mebibyte,
    folderBytes: 8 * 2048,
    fileBytes: (length) => blocks(length, 2048) + 2 * 2048,
  };
}

/**
 * `mkfs.vfat -F 32`: 32 reserved sectors, two FATs of 4 bytes a cluster, the root folder. Clusters as mkfs.fat 4.2 chooses
 * them by the medium's size. An entry takes 32 bytes, and as much for each 13 letters of a long name.
 */
function fat32(name: string, bytes: number | undefined): Medium {
  const size = (bytes ?? 64e9) / mebibyte;
  const cluster = 512 * (size > 32 * 1024 ? 64 : size > 16 * 1024 ? 32 : size > 8 * 1024 ? 16 : size >= 260 ? 8 : 1);
  const tables = bytes === undefined ? 0 : 2 * (Math.ceil(bytes / cluster) + 2) * 4;
  return {
    name,
    bytes,
    largestFile: 2 ** 32 - 1,
    fixedBytes: 64 * 1024 + tables + 8 * cluster,
    folderBytes: 2 * cluster + 1024,
    fileBytes: (length) => blocks(length, cluster) + 1024,
  };
}

/**
 * ext4 as `mke2fs -t ext4` makes it, which takes more than exFAT: an inode of 256 bytes for each 16 KiB (4 KiB below
 * 512 MiB), the journal by its table of sizes, group descriptors with room to grow, and 5 % that only root may fill.
 */
function usb(name: string, bytes: number): Medium {
  const isSmall = bytes < 512 * mebibyte;
  const inodes = (bytes / (isSmall ? 4096 : 16384)) * 256;
  const journal = journalBytes(bytes);
  return {
    name,
    bytes,
    largestFile: bytes,
    fixedBytes: Math.ceil(bytes * 0.05 + inodes + journal + bytes * 0.004 + 2 * mebibyte),
    folderBytes: 4096,
    // Extents lie in the inode up to four, of 128 MiB each; then in blocks of 340.
    fileBytes: (length) => blocks(length, 4096) + 4096 * (1 + Math.ceil(length / (40 * 1024 * mebibyte))),
  };
}

/** mke2fs, ext2fs_default_journal_size: by the number of blocks. */
function journalBytes(bytes: number): number {
  const block = bytes < 512 * mebibyte ? 1024 : 4096;
  const count = bytes / block;
  const table = [
    [32_768, 1024],
    [256 * 1024, 4096],
    [512 * 1024, 8192],
    [4096 * 1024, 16_384],
    [8192 * 1024, 32_768],
    [16_384 * 1024, 65_536],
    [32_768 * 1024, 131_072],
  ] as const;
  return block * (table.find(([below]) => count < below)?.[1] ?? 262_144);
}

function blocks(length: number, block: number): number {
  return Math.ceil(length / block) * block;
}

/** Bytes that files in folders take, with the file system. */
export function usedBytes(medium: Medium, files: Iterable<{ readonly path: string; readonly bytes: number }>): number {
  const folders = new Set<string>();
  let used = medium.fixedBytes;
  for (const { path, bytes } of files) {
    used += medium.fileBytes(bytes);
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) folders.add(path.slice(0, at));
  }
  return used + folders.size * medium.folderBytes;
}
