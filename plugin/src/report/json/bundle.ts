import type { BundleOutcome } from '../../bundle/bundle';
import type { KindRow } from '../../bundle/kinds';
import type { BundlePlan, ShallowSite } from '../../bundle/plan';
import { bytesOfVolume, filesOf, labelOf } from '../../bundle/plan';
import type { WrittenBundle } from '../../bundle/write/write';
import type { BundleKind, Transfer } from '../../mirror/sites/sites';
import type { ChainEntry } from '../../sequence/chain-lock';
import type { Finding } from '../../system/errors';
import type { BundleFile } from '../../volumes/bundle-file';

/** A bundle for programs: its plan, without the content of each archive, and the written volumes. */
export type BundleDocument =
  | {
      readonly kind: 'planned';
      /** Missing if the bundle cannot be written now. `kinds` gives the reason. */
      readonly plan?: BundlePlanDocument | undefined;
      /** The kinds of bundles that `--plan` shows. */
      readonly kinds: readonly KindRow[];
    }
  | {
      readonly kind: 'written';
      readonly plan: BundlePlanDocument;
      readonly output: string;
      readonly volumes: WrittenBundle['volumes'];
      /** Whether every file was read back from the medium. */
      readonly verified: boolean;
      /** The record of the transfer; missing for a bundle that names no site. */
      readonly transfer?: Transfer | undefined;
      readonly warnings: readonly Finding[];
      /** Sites whose registry needs short paths. Their admins upload with `--max-nested-paths`. */
      readonly shallow: readonly ShallowSite[];
    };

export interface BundlePlanDocument {
  /** For example `T0007`; for a bundle without a site, the folder of the sequence. */
  readonly bundle: string;
  /** The id of the mirror. */
  readonly mirror: string;
  readonly sites: readonly string[];
  readonly kind: BundleKind;
  readonly head: ChainEntry;
  /** The sequences that a site must have already: one sequence of each list. */
  readonly needs: readonly (readonly ChainEntry[])[];
  /** All blobs of the head. */
  readonly closure: { readonly blobs: number; readonly bytes: number };
  /** The blobs in the bundle, each counted once. */
  readonly carried: { readonly blobs: number; readonly bytes: number };
  /** The layers that the bundle leaves out, because the sites have them. */
  readonly leftOut: { readonly blobs: number; readonly bytes: number };
  readonly media: string;
  readonly volumes: readonly PlannedVolume[];
}

export interface PlannedVolume {
  readonly number: number;
  readonly label: string;
  readonly bytes: number;
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
}

export function bundleInJson(outcome: BundleOutcome): BundleDocument {
  if (outcome.kind === 'planned') {
    return { kind: 'planned', plan: outcome.plan && planInJson(outcome.plan), kinds: outcome.rows };
  }
  const { plan, ...rest } = outcome;
  return { ...rest, shallow: plan.shallow, plan: planInJson(plan) };
}

function planInJson(plan: BundlePlan): BundlePlanDocument {
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
