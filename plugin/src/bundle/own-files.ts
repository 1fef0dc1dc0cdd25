/** The files that describe each volume: bundle.env for the script, bundle.yaml for programs, README.txt for people. */
import { bundleEnvFile, renderBundleEnv } from '../bundle-format/bundle-env';
import { statementFile } from '../bundle-format/bundle-statement';
import type { BundleRecord } from '../bundle-format/bundle-yaml';
import { bundleFileName, renderBundleRecord } from '../bundle-format/bundle-yaml';
import { recordNames } from '../mirror/records';
import type { ChainEntry } from '../sequence/chain-lock';
import { impossible } from '../system/errors';
import { seqmirrorVersion } from '../system/package-version';
import type { VolumeFacts } from '../volumes/bundle-file';
import { recordSchema } from '../yaml/schema-version';
import type { Need } from './needs';
import type { BundlePlan } from './plan';
import { labelOf } from './plan';
import { renderReadme } from './readme';
import { imagesFile } from './records';

export const readmeFile = 'README.txt';

/** The texts, by file name. */
export function ownFiles(plan: BundlePlan, facts: VolumeFacts): Record<string, string> {
  return {
    [bundleEnvFile]: envOf(plan, facts),
    [bundleFileName]: renderBundleRecord(recordOf(plan, facts)),
    [readmeFile]: renderReadme(plan, facts),
  };
}

function envOf(plan: BundlePlan, { number, made, splits }: VolumeFacts): string {
  const { content, head } = plan;
  const hasPinned = plan.records.some(({ path }) => path === recordNames.pinned);
  return renderBundleEnv({
    mirror: plan.mirrorId,
    bundle: plan.id,
    kind: content.kind,
    sites: [...plan.sites],
    head: sequenceOf(head),
    description: plan.description,
    made,
    config: recordNames.config,
    ...(hasPinned ? { pinned: recordNames.pinned } : {}),
    images: imagesFile,
    statement: statementFile,
    // A cumulative bundle carries what holds the others.
    links:
      content.kind === 'individual' && content.whole.at(-1)?.metadata.links_since !== undefined ? 'added' : undefined,
    volume: number,
    volumes: plan.layout.volumes.length,
    needs: content.needs.map(needOf),
    holds: content.holds.map(sequenceOf),
    splits: plan.layout.splits.map(({ name, parts }) => ({ name, parts, sha256: splits.get(name) ?? '' })),
  });
}

function recordOf(plan: BundlePlan, { number, made, archives }: VolumeFacts): BundleRecord {
  const { content, closure, carried } = plan;
  return {
    schema: recordSchema,
    bundle: plan.id,
    mirror: plan.mirrorId,
    kind: content.kind,
    sites: [...plan.sites],
    head: sequenceOf(plan.head),
    needs: content.needs.map(needOf),
    holds: content.holds.map(sequenceOf),
    closure,
    carried,
    left_out: content.leftOut,
    made,
    made_by: seqmirrorVersion(),
    plan: plan.sha256,
    volume: {
      number,
      of: plan.layout.volumes.length,
      label: labelOf(plan, number),
      media: plan.medium.name,
      archives: archives.map(({ path, bytes, sha256, from }) => ({
        path,
        bytes,
        sha256,
        from,
      })),
    },
  };
}

function needOf(need: Need): ReturnType<typeof sequenceOf> & { or?: ReturnType<typeof sequenceOf>[] | undefined } {
  const [first, ...others] = need.map(({ entry }) => sequenceOf(entry));
  if (first === undefined) throw impossible('a need is for no sequence');
  return others.length === 0 ? first : { ...first, or: others };
}

function sequenceOf({ number, folder, seal }: ChainEntry): Pick<ChainEntry, 'number' | 'folder' | 'seal'> {
  return { number, folder, seal };
}
