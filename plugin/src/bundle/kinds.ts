/** Every kind of bundle of one head side by side, each as it would be written, for people to choose from. */
import { statementFile } from '../bundle-format/bundle-statement';
import { signerFor } from '../mirror/signing/signing';
import type { BundleKind, Transfer } from '../mirror/sites/sites';
import { collectError } from '../system/collect-error';
import type { Finding } from '../system/errors';
import { errorOfFindings } from '../system/errors';
import { chosenContent } from './chosen-content';
import type { BundleGround } from './ground';
import type { PlannedBundle } from './layout';
import { planBundle } from './layout';
import { needsInWords } from './needs';
import type { BundleOptions } from './options';
import type { BundlePlan } from './plan';
import { plannedVolume } from './planned-volume';
import { checkReissue } from './transfer';
import { chosenVolumes } from './write/write';

export interface KindRow {
  readonly kind: BundleKind;
  /** The reason why this kind cannot be planned: archives are not on this machine, or the medium is too small. */
  readonly not?: string | undefined;
  readonly bytes: number;
  readonly files: number;
  readonly volumes: number;
  readonly leftOut: number;
  readonly needs: readonly string[];
  /** The time to write the bundle. */
  readonly milliseconds: number;
}

// Writing speeds of usual drives and sticks, in bytes per second: DVD 8x, BD 4x, a usual stick.
const speeds: Readonly<Record<string, number>> = { dvd5: 11e6, dvd9: 11e6, bd25: 18e6, bd50: 18e6, bd100: 18e6 };
const stickSpeed = 60e6;
const diskSpeed = 250e6;

/**
 * The bundle that was asked for, with everything that it is made of.
 *
 * @throws SEQ0671, SEQ0673 if it cannot be written, SEQ0674 for volumes, SEQ0678 if it differs from what was sent,
 *   SEQ0679
 */
export async function plannedBundle(
  ground: BundleGround,
  options: BundleOptions,
  again: Transfer | undefined,
): Promise<PlannedBundle> {
  const planned = await planBundle(ground, await chosenContent(options, again, ground), options);
  if (again !== undefined) checkReissue(again, planned.plan);
  chosenVolumes(planned.plan, options);
  return planned;
}

/**
 * Plans each kind as it would be written, and returns the whole plan of the one that was asked for. A list of missing
 * blobs, and a transfer that was sent before, have only one kind.
 *
 * @throws the errors of plannedBundle that are not about one kind, and all of them when no kind can be made; SEQ0625 when it must be signed and nothing signs
 */
export async function everyKind(
  ground: BundleGround,
  options: BundleOptions,
  again: Transfer | undefined,
): Promise<{ plan: BundlePlan | undefined; rows: KindRow[] }> {
  const isSigned = (await signerFor(ground.mirror, statementFile)) !== undefined;
  if (again !== undefined || options.need !== undefined) {
    const { plan } = await plannedBundle(ground, options, again);
    return { plan, rows: [kindRow(plan, { isSigned })] };
  }
  const chosen = options.kind ?? (ground.sites.length === 0 ? 'baseline' : 'site');
  const kinds: BundleKind[] = [
    ...(ground.sites.length > 0 || chosen === 'site' ? (['site'] as const) : []),
    'baseline',
    'cumulative',
    'individual',
  ];
  let plan: BundlePlan | undefined;
  const rows: KindRow[] = [];
  const problems = new Map<string, Finding>();
  for (const kind of kinds) {
    const { value, finding } = await collectError(() =>
      plannedBundle(ground, { ...options, kind, volume: undefined }, undefined),
    );
    if (kind === chosen) plan = value?.plan;
    if (finding !== undefined) problems.set(finding.what, finding);
    rows.push(value === undefined ? rowOfNothing(kind, finding.what) : kindRow(value.plan, { isSigned }));
  }
  if (rows.every(({ not }) => not !== undefined)) throw errorOfFindings([...problems.values()]);
  if (plan !== undefined) chosenVolumes(plan, options);
  return { plan, rows };
}

function rowOfNothing(kind: BundleKind, not: string): KindRow {
  return { kind, not, bytes: 0, files: 0, volumes: 0, leftOut: 0, needs: [], milliseconds: 0 };
}

function kindRow(plan: BundlePlan, signing: { isSigned: boolean }): KindRow {
  const { content, layout, medium } = plan;
  const volumes = layout.volumes.map(({ number }) => plannedVolume(plan, number, signing));
  const bytes = volumes.reduce((sum, volume) => sum + volume.bytes, 0);
  const speed = speeds[medium.name] ?? (/^(usb|fat32)/.test(medium.name) ? stickSpeed : diskSpeed);
  return {
    kind: content.kind,
    bytes,
    files: volumes.reduce((sum, volume) => sum + volume.files, 0),
    volumes: volumes.length,
    leftOut: content.leftOut.bytes,
    needs: content.needs.map((need) => needsInWords([need], ({ number }) => `seq${number}`)),
    milliseconds: (bytes / speed) * 1000,
  };
}
