const units = ['', 'K', 'M', 'G', 'T', 'P'] as const;

/** Bytes for people: binary units, one decimal, rounded up, so that what should fit does fit. `29.5G`, `612`. */
export function formatBytes(bytes: number): string {
  const { value, unit } = scaled(bytes);
  return `${value}${unit}`;
}

/** The same with its full unit, for use beside the size of a medium: `190.8 MiB`. */
export function formatBinaryBytes(bytes: number): string {
  const { value, unit } = scaled(bytes);
  return `${value} ${unit === '' ? 'B' : `${unit}iB`}`;
}

function scaled(bytes: number): { readonly value: string; readonly unit: (typeof units)[number] } {
  let unit = 0;
  let value = bytes;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  if (unit === 0) return { value: String(bytes), unit: '' };
  const roundedUp = Math.ceil(value * 10) / 10;
  const larger = units[unit + 1];
  return roundedUp >= 1024 && larger !== undefined
    ? { value: '1.0', unit: larger }
    : { value: roundedUp.toFixed(1), unit: units[unit] ?? '' };
}

/** The size of a medium as it is sold: in powers of ten, rounded down. `200 MB`, `25 GB`. */
export function formatMediumBytes(bytes: number): string {
  const sold = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  const power = sold.findLastIndex((_, index) => bytes >= 1000 ** index);
  return `${Math.floor((bytes / 1000 ** Math.max(power, 0)) * 10) / 10} ${sold[power] ?? 'B'}`;
}
