/**
 * Catalogs, update graphs and release payloads of real products, and what the real oc-mirror selected out of them, for
 * specs that compare with it. It is too large for the repository: the folder `shared/data` beside it or beside one of
 * the folders above it, or the one that `SEQMIRROR_TEST_DATA` names.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** A recorded file, by its path below the folder; unpacked where it is packed. */
export interface RecordedFile {
  /** Without `.json`, `.yaml` and `.gz`: what goes together has one name. */
  readonly name: string;
  readonly path: string;
  readonly read: () => Buffer;
}

/** `describe`, or one skipped test whose title says that the data is missing. */
export function describeRecorded(name: string, suite: (files: (folder: string) => RecordedFile[]) => void): void {
  const root = recordedFolder();
  const missing = 'needs recorded data, in the folder that SEQMIRROR_TEST_DATA names';
  if (root === undefined) describe(name, () => it.skip(`[skipped: ${missing}]`, () => undefined));
  else describe(name, () => suite((folder) => filesIn(root, folder)));
}

function recordedFolder(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = env['SEQMIRROR_TEST_DATA'];
  if (named) return resolve(named);
  const places: string[] = [];
  for (let at = resolve(__dirname, '../..'); dirname(at) !== at; at = dirname(at))
    places.push(join(dirname(at), 'shared/data'));
  return places.find((place) => existsSync(join(place, 'expected')));
}

function filesIn(root: string, folder: string): RecordedFile[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => ({
      name: name.replace(/\.gz$/, '').replace(/\.(?:json|yaml)$/, ''),
      path: join(folder, name),
      read: () => {
        const content = readFileSync(join(root, folder, name));
        return name.endsWith('.gz') ? gunzipSync(content) : content;
      },
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}
