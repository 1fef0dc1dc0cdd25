const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** Bytes for people: binary units, one decimal, rounded up, so that what should fit does fit. `29.5 GiB`, `612 B`. */
export function formatBytes(bytes: number): string {
  let unit = 0;
  let value = bytes;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  if (unit === 0) return `${bytes} B`;
  const roundedUp = Math.ceil(value * 10) / 10;
  const larger = units[unit + 1];
  return roundedUp >= 1024 && larger !== undefined ? `1.0 ${larger}` : `${roundedUp.toFixed(1)} ${units[unit]}`;
}

/** The size of a medium as it is sold: in powers of ten, rounded down. `200 MB`, `25 GB`. */
export function formatMediumBytes(bytes: number): string {
  const sold = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  const power = sold.findLastIndex((_, index) => bytes >= 1000 ** index);
  return `${Math.floor((bytes / 1000 ** Math.max(power, 0)) * 10) / 10} ${sold[power] ?? 'B'}`;
}

/** All bytes of items together. */
export function sumOfBytes(items: Iterable<{ readonly bytes: number }>): number {
  let sum = 0;
  for (const { bytes } of items) sum += bytes;
  return sum;
}
