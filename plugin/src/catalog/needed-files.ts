/** Which files of catalogs in working-dir disk-to-mirror needs for a sequence, and which of them are found nowhere. */
import type { FileSource, PartOfWorkingDir } from '../archive/needed-files';
import { lookedIntoByteLimit } from '../archive/needed-files';
import { workingDirPath } from '../archive/working-dir';
import type { Digest } from '../oci/digest';
import { hexOf } from '../oci/digest';
import type { MirroredImage } from '../oci/image';
import { filteredPathOf, isFilterId } from './working-dir';

/**
 * The filtered catalogs of the images. Each must have the `digest` of the image, and all its files must come from one
 * place: if a file is missing, disk-to-mirror uploads less without saying so.
 */
export function neededOfCatalogs(images: readonly MirroredImage[]): PartOfWorkingDir {
  const rebuilt = images.filter(({ kind, tag }) => kind === 'operator' && isFilterId(tag));
  const catalogs = new Map(rebuilt.map(({ tag, digest }) => [tag, digest]));
  const chosenFrom = new Map<string, string>();
  return {
    owns: (name) => filteredPathOf(workingDirPath(name)) !== undefined,
    choose: async (source) => {
      const proven = await provenIn(source, catalogs);
      return async (file) => {
        const folder = filteredPathOf(workingDirPath(file.name))?.folder ?? '';
        if (!proven.has(folder) || (chosenFrom.get(folder) ?? source.where) !== source.where) return undefined;
        chosenFrom.set(folder, source.where);
        return file;
      };
    },
    lacking: (names, { config }) => {
      const digests = [...names].map((name) => filteredPathOf(workingDirPath(name))).filter(isDigestFile);
      const there = new Set(digests.map((path) => path?.id));
      const asked = (config.mirror.operators ?? []).map(({ catalog }) => catalog).join(', ');
      return [...catalogs.keys()].filter((id) => !there.has(id)).map((id) => `the filtered catalog ${id} of ${asked}`);
    },
  };
}

/** Folders of catalogs whose `digest` is that of the image. */
async function provenIn({ files }: FileSource, catalogs: ReadonlyMap<string, Digest>): Promise<Set<string>> {
  const proven = new Set<string>();
  for (const { name, read } of files) {
    const path = filteredPathOf(workingDirPath(name));
    const digest = catalogs.get(path?.id ?? '');
    if (path === undefined || digest === undefined || !isDigestFile(path)) continue;
    if ((await read({ limit: lookedIntoByteLimit }))?.toString('latin1') === hexOf(digest)) proven.add(path.folder);
  }
  return proven;
}

function isDigestFile(path: { readonly rest: string } | undefined): boolean {
  return path?.rest === 'digest';
}
