/** The resources for clusters in the folder of a sequence: its own, with the mirrors of other sequences. */
import { join } from 'node:path';
import type { ClusterResources } from '../cluster-resources/cluster-resources';
import { clusterResourcesOf, withEarlierMirrors } from '../cluster-resources/cluster-resources';
import { withoutMaker } from '../cluster-resources/without-maker';
import type { SequenceImages } from './chain-images';
import type { RegistryDestination } from '../registry/destination';
import { writeFileAtomically } from '../system/atomic-file';
import { makeFolder, removeTree } from '../system/change-folder';
import { namesNow } from '../system/files';
import type { PathBelow } from '../system/path-below';
import { below, entryAt } from '../system/path-below';
import { readText } from '../system/text-file';

/** Where oc-mirror writes them, below its working folder. */
export const resourcesPath = join('working-dir', 'cluster-resources');

export function cumulativeResources(
  made: ClusterResources,
  { number, all, destination }: { number: number; all: readonly SequenceImages[]; destination: RegistryDestination },
): ClusterResources {
  const images = all.filter((sequence) => sequence.number < number).flatMap((sequence) => sequence.images);
  return withEarlierMirrors(withoutMaker(made), clusterResourcesOf({ images, destination }));
}

/**
 * Makes the folder hold these resources and nothing else: what an earlier upload left, for whichever registry, is
 * replaced or removed. A resource that is the same already is not written again.
 */
export async function writeResources(folder: PathBelow, resources: ClusterResources): Promise<void> {
  await makeFolder(folder);
  for (const [name, text] of resources) {
    const file = below(folder.root, folder.path, name);
    const found = entryAt(file.path);
    if (found?.isFile() === true && found.size === Buffer.byteLength(text) && (await readText(file)) === text) continue;
    if (found?.isFile() === false) await removeTree(file);
    await writeFileAtomically(file, text);
  }
  for (const name of namesNow(folder.path))
    if (!resources.has(name)) await removeTree(below(folder.root, folder.path, name));
}
