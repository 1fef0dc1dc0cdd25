/** What clusters are told after an upload: of the sequence, with the mirrors of all sequences before it. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterResources } from '../cluster-resources/cluster-resources';
import { clusterResourcesOf, withEarlierMirrors } from '../cluster-resources/cluster-resources';
import { withoutMaker } from '../cluster-resources/without-maker';
import type { SequenceImages } from '../mirror/chain-images';
import type { RegistryDestination } from '../registry/push';
import { writeFileAtomically } from '../system/atomic-file';

/** Where oc-mirror leaves them, below the folder that it works in. */
export const resourcesPath = join('working-dir', 'cluster-resources');

export function cumulativeResources(
  made: ClusterResources,
  { number, all, destination }: { number: number; all: readonly SequenceImages[]; destination: RegistryDestination },
): ClusterResources {
  const images = all.filter((sequence) => sequence.number < number).flatMap((sequence) => sequence.images);
  return withEarlierMirrors(withoutMaker(made), clusterResourcesOf({ images, destination }));
}

/** Replaces what an earlier upload left in the folder, whichever registry that was for. */
export async function writeResources(folder: string, resources: ClusterResources): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const [name, text] of resources) await writeFileAtomically(join(folder, name), text);
}
