import { join } from 'node:path';
import { writeFileAtomically } from '../system/atomic-file';
import { below, readableRoot } from '../system/path-below';

/**
 * Writes the files of a report in the order given. Each replaces its old text in one step, so a reader finds the old one or
 * the new one. Other files in the folder stay.
 *
 * @param place.root an absolute path: no folder below it may be a link, so that a link in a repository leads nowhere
 * @param place.folder an absolute path: the root or a folder below it; made if it is missing
 * @returns the paths, as given
 * @throws SEQ0708 where a folder below it is a link
 *
 * @example
 * ```ts
 * const place = { root: '/srv/reports', folder: '/srv/reports/mirror' };
 * await writeReportFiles(place, [{ path: 'index.html', text: '<!doctype html>' }]);
 * ```
 */
export async function writeReportFiles(
  { root, folder }: { readonly root: string; readonly folder: string },
  files: Iterable<{ readonly path: string; readonly text: string }>,
): Promise<string[]> {
  const written: string[] = [];
  for (const { path, text } of files) {
    await writeFileAtomically(below(readableRoot(root), join(folder, path)), text);
    written.push(path);
  }
  return written;
}
