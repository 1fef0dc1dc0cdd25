/** Bytes that a record can have, by what its parser takes. What people write has the usual bound. */
export const recordLimits = { metadata: 20 * 1024 ** 2, inventory: 500 * 1024 ** 2, sums: 20 * 1024 ** 2 } as const;

/** Bytes that a file can have which uploads from a sequence's folder: images.txt has a line an image. */
export const uploadFileLimit = 64 * 1024 ** 2;
