/** Every kind of bundle of one head side by side, for people to choose. */
import type { BundleKind } from '../mirror/sites/sites';
import { isSeqmirrorError } from '../system/errors';
import { contentOf } from './content';
import type { BundleGround } from './ground';
import { planBundle } from './layout';
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

/** Each kind planned, and the whole plan of the one that was asked for. */
export async function everyKind(
  ground: BundleGround,
  kind: BundleKind | undefined,
): Promise<{ plan: BundlePlan | undefined; rows: KindRow[] }> {
  const { holders } = ground;
  const kinds: BundleKind[] = [
    ...(holders.length === 0 ? [] : (['site'] as const)),
    'baseline',
    'cumulative',
    'individual',
  ];
  const chosen = kind ?? kinds[0];
  let plan: BundlePlan | undefined;
  const rows: KindRow[] = [];
  for (const each of kinds) {
    try {
      const planned = await planBundle(ground, contentOf(each, ground.chain, holders));
      if (each === chosen) plan = planned;
      rows.push(kindRow(planned));
    } catch (error) {
      if (!isSeqmirrorError(error)) throw error;
      rows.push({
        kind: each,
        not: error.what,
        bytes: 0,
        files: 0,
        volumes: 0,
        leftOut: 0,
        needs: [],
        milliseconds: 0,
      });
    }
  }
  return { plan, rows };
}

function kindRow(plan: BundlePlan): KindRow {
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
