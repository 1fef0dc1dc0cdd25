/** Which files of releases in working-dir disk-to-mirror needs for a sequence, and which of them are found nowhere. */
import type { PartOfWorkingDir } from '../archive/needed-files';
import { composedFile, lookedIntoByteLimit } from '../archive/needed-files';
import { workingDirPath } from '../archive/working-dir';
import type { MirroredImage } from '../oci/image';
import { graphUpTo } from './release-graph';
import { isReleaseImage, versionOfTag } from './release-images';
import { isGraphPath, releasesListedIn, releaseTagOf } from './working-dir';

/** Only files of the images' own releases, and update graphs as they were when these were the newest. */
export function neededOfReleases(images: readonly MirroredImage[]): PartOfWorkingDir {
  const tags = new Set(images.filter(isReleaseImage).map(({ tag }) => tag));
  const versions = [...tags].map(versionOfTag);
  return {
    owns: (name) => isGraphPath(workingDirPath(name)) || releaseTagOf(workingDirPath(name)) !== undefined,
    choose: async () => async (file) => {
      const path = workingDirPath(file.name);
      if (!isGraphPath(path)) return tags.has(releaseTagOf(path) ?? '') ? file : undefined;
      const text = (await file.read({ limit: lookedIntoByteLimit }))?.toString('utf8') ?? '';
      const graph = graphUpTo(text, versions);
      return graph === undefined ? undefined : composedFile(file.name, Buffer.from(graph));
    },
    lacking: (names, { config }) => {
      const paths = [...names].map(workingDirPath);
      const lacking: string[] = [];
      for (const tag of tags) {
        if (!releasesListedIn(paths).some((listed) => listed.tag === tag))
          lacking.push(`the list of images of release ${tag} (image-references)`);
        if (!paths.some((path) => path.startsWith('signatures/') && releaseTagOf(path) === tag))
          lacking.push(`the signature of release ${tag}`);
      }
      if (tags.size > 0 && (config.mirror.platform?.channels ?? []).length > 0 && !paths.some(isGraphPath))
        lacking.push('the update graph of its channels (cincinnati-graph-data)');
      return lacking;
    },
  };
}
