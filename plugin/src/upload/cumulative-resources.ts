/** The resources for clusters after an upload: those of the sequence, with the mirrors of all sequences before it. */
import { join } from 'node:path';
import type { ClusterResources } from '../cluster-resources/cluster-resources';
import { clusterResourcesOf, withEarlierMirrors } from '../cluster-resources/cluster-resources';
import { withoutMaker } from '../cluster-resources/without-maker';
import type { SequenceImages } from '../mirror/chain-images';
import type { RegistryDestination } from '../registry/destination';
import { writeFileAtomically } from '../system/atomic-file';
import { makeEmptyFolder } from '../system/change-folder';
import type { PathBelow } from '../system/path-below';
import { below } from '../system/path-below';

/** Where oc-mirror writes them, below its working folder. */
export const resourcesPath = join('working-dir', 'cluster-resources');

export function cumulativeResources(
  made: ClusterResources,
  { number, all, destination }: { number: number; all: readonly SequenceImages[]; destination: RegistryDestination },
): ClusterResources {
  const images = all.filter((sequence) => sequence.number < number).flatMap((sequence) => sequence.images);
  return withEarlierMirrors(withoutMaker(made), clusterResourcesOf({ images, destination }));
}

/** Replaces what an earlier upload left in the folder, for whichever registry. */
export async function writeResources(folder: PathBelow, resources: ClusterResources): Promise<void> {
  await makeEmptyFolder(folder);
  for (const [name, text] of resources) await writeFileAtomically(below(folder.root, folder.path, name), text);
}
