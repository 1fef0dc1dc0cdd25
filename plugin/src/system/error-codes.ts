/**
 * Every code that a person can meet, in one place; the documentation's table is made from it.
 * A code is never used again for something else. 01 settings and imageset, 02 chain, 03 archive, 04 engine,
 * 05 registry, 06 transfer and site, 07 system.
 */
export const errorCodes = {
  // 01 settings and imageset configuration
  // 02 chain
  // 03 archive
  // 04 engine
  // 05 registry
  // 07 system
  SEQ0701: 'Not enough free space',
  SEQ0702: 'A file cannot be read or written',
  SEQ0703: 'A program cannot be started',
} as const;

export type ErrorCode = keyof typeof errorCodes;
