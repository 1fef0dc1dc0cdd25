const units = ['', 'K', 'M', 'G', 'T', 'P'] as const;

/** Bytes for people: binary units, one decimal, rounded up, so that what is said to fit does fit. `29.5G`, `612`. */
export function formatBytes(bytes: number): string {
  let unit = 0;
  let value = bytes;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  if (unit === 0) return String(bytes);
  const roundedUp = Math.ceil(value * 10) / 10;
  return roundedUp >= 1024 && unit < units.length - 1
    ? `1.0${units[unit + 1]}`
    : `${roundedUp.toFixed(1)}${units[unit]}`;
}
