/** The bytes that a record can have at most, according to its parser. Files that people write have the usual limit. */
export const recordLimits = { metadata: 20 * 1024 ** 2, inventory: 500 * 1024 ** 2, sums: 20 * 1024 ** 2 } as const;

/** The bytes of a file for uploading in a sequence's folder; the largest, images.txt, has one line per image. */
export const uploadFileLimit = 64 * 1024 ** 2;
