/**
 * What fits on which medium: how much a medium holds, and how content is spread over volumes. Pure; called by the plan
 * of a bundle before anything is written, and by the plan of a sequence before anything is fetched. Stands on archive/.
 */
import type { BundleLayout } from './bundle-file';
import type { Medium } from './media';
import type { VolumeContents } from './split-volumes';
import { splitVolumes } from './split-volumes';
import { takenBytes } from './taken-bytes';

export type { Medium } from './media';
export { anyFolder, mediumOf, usedBytes } from './media';

/** What every volume has besides: the records of the chain, and lines about the bundle. */
interface SameOnEach {
  readonly lines: number;
  readonly records: readonly { readonly path: string; readonly bytes: number }[];
}

/** @throws SEQ0673 when the medium is too small */
export function layOutVolumes(carried: VolumeContents, medium: Medium, { lines, records }: SameOnEach): BundleLayout {
  const room = (count: number) => ({
    medium,
    taken: (archives: number) => takenBytes(medium, archives, { lines: count, records }),
  });
  const layout = splitVolumes(carried, room(lines));
  // Every volume names the archives that are in pieces, and these are known only now.
  return layout.splits.length === 0 ? layout : splitVolumes(carried, room(lines + layout.splits.length + 2));
}

/** How many volumes take these archives as they are. @throws SEQ0673 when the medium is too small */
export function volumesFor(
  archives: readonly { readonly name: string; readonly bytes: number }[],
  medium: Medium,
  same: SameOnEach,
): number {
  const whole = archives.map(({ name, bytes }) => ({
    path: name,
    number: 1,
    folder: '',
    archive: name,
    bytes,
    sha256: '',
  }));
  const carried = { blobs: [], links: [], files: [], whole, archiveSizeBytes: Number.MAX_SAFE_INTEGER };
  return layOutVolumes(carried, medium, same).volumes.length;
}
