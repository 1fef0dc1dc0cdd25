/**
 * Data that other programs and projects made, which lies beside the repository and is too large for it: `shared/data` in
 * one of the folders above, or the folder that `SEQMIRROR_TEST_DATA` names. Suites that compare with it are skipped, with that as the reason, where it is not there.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** The folder; `undefined` if it is missing. */
export function sharedData(kind: string, from: string = __dirname): string | undefined {
  const named = process.env['SEQMIRROR_TEST_DATA'];
  if (named) return join(resolve(named), kind);
  for (let folder = dirname(from); ; folder = dirname(folder)) {
    const found = join(folder, 'shared/data', kind);
    if (existsSync(found)) return found;
    if (folder === dirname(folder)) return undefined;
  }
}

/** `describe`, or a skipped suite whose title says what is missing. */
export function describeWithData(
  kinds: readonly string[],
  name: string,
  suite: (folders: readonly string[]) => void,
): void {
  const folders = kinds.map((kind) => sharedData(kind));
  const missing = kinds.filter((_, index) => folders[index] === undefined);
  if (missing.length === 0) describe(name, () => suite(folders as string[]));
  else
    describe.skip(`${name} [skipped: needs ${missing.map((kind) => `../shared/data/${kind}`).join(', ')}]`, () => {
      it('is compared with data that is not here', () => undefined);
    });
}

export interface SharedFile {
  /** Without `.json`, `.yaml` and `.gz`: what goes together has one name. */
  readonly name: string;
  readonly path: string;
  /** Unpacked where it is packed. */
  readonly read: () => Buffer;
}

/** The files of a folder, by their paths. */
export function sharedFiles(folder: string): SharedFile[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(folder, entry.name);
      const name = entry.name.replace(/\.gz$/, '').replace(/\.(?:json|yaml)$/, '');
      const read = () => (path.endsWith('.gz') ? gunzipSync(readFileSync(path)) : readFileSync(path));
      return { name, path, read };
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}
