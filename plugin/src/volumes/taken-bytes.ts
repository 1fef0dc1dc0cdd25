import { statementFile, statementSignatures } from '../bundle-format/bundle-statement';
import type { Medium } from './media';
import { usedBytes } from './media';

/**
 * The files that describe the bundle on each volume, with the most bytes that each may take, which is what they count
 * as.
 */
export function ownFilesBound(
  archives: number,
  { lines, records }: { /** Lines in bundle.env that repeat. */ lines: number; records: readonly { path: string }[] },
): { path: string; bytes: number }[] {
  const names = records.reduce((sum, { path }) => sum + path.length + 80, 0);
  return [
    { path: 'bundle.env', bytes: 4096 + 220 * lines },
    { path: 'bundle.yaml', bytes: 4096 + 300 * lines + 420 * archives },
    { path: 'README.txt', bytes: 8192 },
    { path: 'SHA256SUMS', bytes: 1024 + names + 140 * archives },
    { path: 'SHA256SUMS.sig', bytes: 8192 },
    { path: statementFile, bytes: 4096 + 220 * lines },
    ...statementSignatures.map((path) => ({ path, bytes: 8192 })),
  ];
}

/** What a volume takes with so many archives or pieces, before their first byte. */
export function takenBytes(
  medium: Medium,
  archives: number,
  facts: { lines: number; records: readonly { path: string; bytes: number }[] },
): number {
  const folders = [{ path: 'archives/' }, { path: 'parts/' }];
  return usedBytes(medium, [...facts.records, ...ownFilesBound(archives, facts)]) + folders.length * medium.folderBytes;
}
