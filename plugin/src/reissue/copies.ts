/** Where other copies of a sequence's archives may be, and which known ones cannot be reached from here. */
import { basename, isAbsolute, join } from 'node:path';
import { storeFolder } from '../mirror/data-directory';
import type { Mirror } from '../mirror/mirror';
import type { Custody } from '../sequence/custody';
import type { SequenceMetadata } from '../sequence/metadata';
import { bytesOfFile, isFolder, namesIn } from '../system/files';
import { noSuchCopy } from './errors';

export interface CopyFile {
  readonly path: string;
  readonly bytes: number;
  readonly where: string;
  /** Blobs in it were found damaged. The others are still of use. */
  readonly isDamaged?: boolean | undefined;
}

export interface Copies {
  /** Archive files, in the order in which they are tried. */
  readonly files: readonly CopyFile[];
  /** Copies in custody.yaml that are not folders on this machine now: tapes, sites, disks not mounted. */
  readonly outOfReach: readonly string[];
}

/**
 * Looks into the folders given and into those that custody.yaml names. A copy is a sequence's folder, one with such
 * folders in it, as a store or a `content` is, or a volume of a bundle. Names of files don't matter, only their content.
 *
 * @throws SEQ0334 if the path given is not a folder
 */
export async function findCopies(
  mirror: Mirror,
  {
    folder,
    metadata,
    custody,
    from,
  }: { folder: string; metadata: SequenceMetadata; custody: Custody | undefined; from: readonly string[] },
): Promise<Copies> {
  for (const path of from) if (!(await isFolder(path))) throw noSuchCopy({ path });
  const outOfReach: string[] = [];
  const places = [...from];
  for (const { where } of custody?.copies ?? []) {
    if (isAbsolute(where) && (await isFolder(where))) places.push(where);
    else outOfReach.push(where);
  }
  const inStore = basename(storeFolder(mirror.data, folder, metadata.seal));
  const files: CopyFile[] = [];
  for (const place of new Set(places)) {
    for (const path of [place, join(place, folder), join(place, inStore), join(place, 'archives')]) {
      for (const name of (await namesIn(path)).sort()) {
        if (!name.endsWith('.tar')) continue;
        const file = join(path, name);
        const bytes = await bytesOfFile(file);
        if (bytes !== undefined) files.push({ path: file, bytes, where: file });
      }
    }
  }
  return { files, outOfReach };
}
