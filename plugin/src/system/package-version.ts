import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** This package's version. The same path leads there from `src/` and from `dist/`. */
export function seqmirrorVersion(): string {
  const text = readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
