import type { BundleOutcome } from '../../bundle/bundle';
import type { BundlePlan } from '../../bundle/plan';
import { bytesOfVolume, filesOf, labelOf } from '../../bundle/plan';
import type { BundleFile } from '../../volumes/bundle-file';

/** A bundle for programs: its plan without the content of each archive, and what was written. */
export function bundleInJson(outcome: BundleOutcome): object {
  if (outcome.kind === 'planned') {
    return { kind: 'planned', plan: outcome.plan && planInJson(outcome.plan), kinds: outcome.rows };
  }
  const { plan, ...rest } = outcome;
  return { ...rest, shallow: plan.shallow, plan: planInJson(plan) };
}

function planInJson(plan: BundlePlan): object {
  const { id, mirrorId: mirror, sites, head, content, closure, carried, medium, layout } = plan;
  return {
    bundle: id,
    mirror,
    sites,
    kind: content.kind,
    head,
    needs: content.needs.map((need) => need.map(({ entry }) => entry)),
    closure,
    carried,
    leftOut: content.leftOut,
    media: medium.name,
    volumes: layout.volumes.map((volume) => ({
      number: volume.number,
      label: labelOf(plan, volume.number),
      bytes: bytesOfVolume(volume),
      files: filesOf(plan, volume.number).map(({ path, bytes }: BundleFile) => ({ path, bytes })),
    })),
  };
}
