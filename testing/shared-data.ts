/**
 * Data that other programs and projects made, which lies beside the repository and is too large for it: `shared/data` in
 * one of the folders above. Suites that compare with it are skipped, with that as the reason, where it is not there.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder, or `undefined` where it is not there. */
export function sharedData(kind: string, from: string = __dirname): string | undefined {
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
