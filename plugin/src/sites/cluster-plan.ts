/** The ordered plan for the clusters of a site: what to apply after an upload, and what that changes. Can carry it out. */
import type { ApplyStep } from '../cluster-resources/apply-order';
import { applyOrder } from '../cluster-resources/apply-order';
import type { ClusterResources } from '../cluster-resources/cluster-resources';
import type { ResourceChange } from '../cluster-resources/resource-changes';
import { resourceChanges } from '../cluster-resources/resource-changes';
import { recordedResources } from '../mirror/recorded-resources';
import type { Run } from '../mirror/run';
import { writeFileAtomically } from '../system/atomic-file';
import { makeFolder } from '../system/change-folder';
import { namesIn } from '../system/files';
import { below, readableRoot } from '../system/path-below';
import type { ClusterAccess } from './cluster-program';
import { applyInCluster, clusterProgram } from './cluster-program';
import { notSealedToApply, otherFilesThere } from './errors';
import type { AskedSite, SiteRegistry } from './site-registry';
import { siteRegistry } from './site-registry';

/** The options of `applyResources`. */
export interface ApplyOptions extends Run, AskedSite {
  /** The number of the sequence. Default: what the site has acknowledged last. */
  readonly sequence?: number | undefined;
  /** A folder for the files, an absolute path: a new one, or one with nothing but these files. */
  readonly output?: string | undefined;
  /** Whether to apply the plan to the cluster that kubectl or oc reaches. */
  readonly carryOut: boolean;
  /** The context in the kubeconfig. Default: the current one. */
  readonly context?: string | undefined;
}

/** What `applyResources` planned, wrote or applied. */
export interface ApplyOutcome {
  readonly kind: 'planned' | 'applied';
  readonly site: string;
  /** The Nx project of the site. */
  readonly project: string;
  readonly registry: string;
  readonly sequence: { readonly number: number; readonly folder: string };
  /** The sequence whose resources the clusters have, by the ledger; `undefined`: none. */
  readonly before: { readonly number: number; readonly folder: string } | undefined;
  readonly steps: readonly PlannedStep[];
  /** Objects that applying does not delete. */
  readonly gone: readonly ResourceChange[];
  /** Tags of releases whose signatures are not among the resources. */
  readonly withoutSignature: readonly string[];
  /** The folder with the files, if one was asked for. */
  readonly output: string | undefined;
  /** What was asked to apply them, and the kinds that the cluster does not know. */
  readonly cluster: (ClusterAccess & { readonly unknownKinds: readonly string[] }) | undefined;
}

/** Files that are applied together. */
export interface PlannedStep extends ApplyStep {
  readonly changes: readonly ResourceChange[];
}

/**
 * Plans what to apply to the clusters of a site, in order, from records alone; writes it into a folder, and applies it, if
 * asked. Applying the same again changes nothing, so that the same command continues after a failure.
 *
 * @throws SEQ0663 for a sequence that is not sealed, a folder with other files, and a missing kubectl and oc, SEQ0664 when
 *   a step fails, SEQ0658, SEQ0659 and SEQ0611 for the site
 *
 * @example
 * ```ts
 * const { steps } = await applyResources({ ...run, location, site: 'bravo', carryOut: false });
 * console.log(steps.map(({ files }) => files.join(' ')));
 * ```
 */
export async function applyResources(options: ApplyOptions): Promise<ApplyOutcome> {
  const { carryOut, context, output, location, progress, signal } = options;
  progress.step('check');
  const site = await siteRegistry(options, 'apply');
  const { name, project, mirror, sequences, all, destination, shown } = site;
  const number = options.sequence ?? site.head.sequence;
  if (sequences[number - 1] === undefined) throw notSealedToApply({ number, last: sequences.length });
  const last = beforeIn(site, number);
  const numbers = [number, ...(last === undefined ? [] : [last])];
  const made = await recordedResources(mirror, { sequences, all, numbers, signal });
  // After a step back, the mirrors of the later sequence stay: its pods may still run.
  const mirrorsUpTo = Math.max(number, last ?? 0);
  const texts = await made.resourcesOf(number, { destination, mirrorsUpTo });
  const earlier = last === undefined ? new Map<string, string>() : await made.resourcesOf(last, { destination });
  const changes = resourceChanges(texts, earlier);
  const steps = applyOrder(texts).map((step): PlannedStep => {
    const its = changes.filter(({ file, change }) => change !== 'gone' && step.files.includes(file));
    return { ...step, reboots: step.reboots && its.some(({ change }) => change !== 'same'), changes: its };
  });
  const access = carryOut ? await clusterProgram({ env: location.env, context }) : undefined;
  const { folder } = all[number - 1] ?? { folder: '' };
  progress.done(`records of ${folder}`);
  // The JSON form of the signatures says the same as the YAML form, which is applied.
  const files = new Map(steps.flatMap((step) => step.files.map((file) => [file, texts.get(file) ?? ''] as const)));
  if (output !== undefined) await writeInto(output, files);
  const toldOf = (each: number) => ({ number: each, folder: sequences[each - 1]?.entry.folder ?? '' });
  const unknownKinds: string[] = [];
  if (access !== undefined) {
    progress.step('apply');
    for (const [index, step] of steps.entries()) {
      progress.detail(`step ${index + 1} of ${steps.length}: ${step.files.join(', ')}`);
      const facts = { index, steps, project, env: location.env, signal };
      unknownKinds.push(...(await applyInCluster(access, textOf(step, texts), facts)));
    }
    progress.done(`${steps.length} steps`);
  }
  return {
    kind: access === undefined ? 'planned' : 'applied',
    ...{ site: name, project, registry: shown, sequence: toldOf(number) },
    before: last === undefined ? undefined : toldOf(last),
    steps,
    gone: changes.filter(({ change }) => change === 'gone'),
    withoutSignature: made.withoutSignature,
    output,
    cluster: access === undefined ? undefined : { ...access, unknownKinds },
  };
}

/** The sequence that the site had before: the later one, if its tags went back from that, else the one acknowledged before. */
function beforeIn({ ledger, sequences }: SiteRegistry, number: number): number | undefined {
  const back = ledger.rollbacks?.at(-1);
  if (back?.to === number && back.from > number && back.from <= sequences.length) return back.from;
  const seals = new Set([...ledger.entries, ...(ledger.cleaned ?? [])].map(({ seal }) => seal));
  return sequences.findLast(({ entry }) => entry.number < number && seals.has(entry.seal))?.entry.number;
}

function textOf(step: ApplyStep, texts: ClusterResources): string {
  return step.files.map((file) => `---\n${(texts.get(file) ?? '').replace(/^---\n/, '')}`).join('');
}

async function writeInto(folder: string, texts: ClusterResources): Promise<void> {
  const others = (await namesIn(folder)).filter((name) => !texts.has(name));
  if (others.length > 0) throw otherFilesThere({ folder, names: others });
  const root = below(readableRoot(folder), folder);
  await makeFolder(root);
  for (const [name, text] of texts) await writeFileAtomically(below(root.root, root.path, name), text);
}
