/** Every kind of bundle of one head side by side, for people to choose. */
import type { BundleKind } from '../mirror/sites/sites';
import { needsInWords } from './needs';
import type { BundlePlan } from './plan';
import { bytesOfVolumes, filesOf } from './plan';

export interface KindRow {
  readonly kind: BundleKind;
  /** Nothing of it could be planned: archives are not here, or the medium is too small. */
  readonly not?: string | undefined;
  readonly bytes: number;
  readonly files: number;
  readonly volumes: number;
  readonly leftOut: number;
  readonly needs: readonly string[];
  /** Of writing it. */
  readonly milliseconds: number;
}

// What drives and sticks of the kind write, in bytes a second: DVD 8x, BD 4x, a usual stick.
const speeds: Readonly<Record<string, number>> = { dvd5: 11e6, dvd9: 11e6, bd25: 18e6, bd50: 18e6, bd100: 18e6 };
const stickSpeed = 60e6;
const diskSpeed = 250e6;

export function kindRow(plan: BundlePlan): KindRow {
  const { content, layout, medium } = plan;
  const bytes = bytesOfVolumes(layout.volumes);
  const speed = speeds[medium.name] ?? (/^(usb|fat32)/.test(medium.name) ? stickSpeed : diskSpeed);
  return {
    kind: content.kind,
    bytes,
    files: layout.volumes.reduce((sum, { number }) => sum + filesOf(plan, number).length + 4, 0),
    volumes: layout.volumes.length,
    leftOut: content.leftOut.bytes,
    needs: content.needs.map((need) => needsInWords([need], ({ number }) => `seq${number}`)),
    milliseconds: (bytes / speed) * 1000,
  };
}
