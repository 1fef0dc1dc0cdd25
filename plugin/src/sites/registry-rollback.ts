/** Moves the tags in the registry of a site back to the images of an earlier sequence, and the ledger with them. */
import type { ApplyStep } from '../cluster-resources/apply-order';
import { applyOrder } from '../cluster-resources/apply-order';
import type { ResourceChange } from '../cluster-resources/resource-changes';
import { resourceChanges } from '../cluster-resources/resource-changes';
import type { SequenceImages } from '../mirror/chain-images';
import { chainContent, placeOf } from '../mirror/chain-images';
import { resourcesPath, writeResources } from '../mirror/cumulative-resources';
import { forPeople, inTree, sequencePath } from '../mirror/mirror';
import { recordedResources } from '../mirror/recorded-resources';
import type { Run } from '../mirror/run';
import type { ProvenSequence } from '../mirror/sealed-chain';
import { engineOptions } from '../mirror/settings';
import type { Ledger, LedgerEntry } from '../mirror/sites/sites';
import { rolledBack, withEntry, writeLedger } from '../mirror/sites/sites';
import { openArchiveBlobs } from '../push/archive-blobs';
import { requireDistinctPlaces } from '../push/distinct-places';
import { uploadImages } from '../push/upload-images';
import { blobSetOf } from '../sequence/closure';
import { timestampOf } from '../sequence/one-line';
import { canonicalJson } from '../system/canonical-json';
import { counted } from '../system/counted';
import { sha256Of } from '../system/sha256';
import type { TagElsewhere } from './asked-registry';
import { askRegistry } from './asked-registry';
import { earlierIncomplete, notEarlier, sitePlanChanged, tagsNotMoved } from './errors';
import type { AskedSite, SiteRegistry } from './site-registry';
import { connectionOf, siteRegistry, withClient } from './site-registry';

/** The options of `rollbackRegistry`. */
export interface RegistryRollbackOptions extends Run, AskedSite {
  /** The number of the sequence whose images the tags should point to. */
  readonly to: number;
  /** The reason, for the ledger. */
  readonly note?: string | undefined;
  /** The id of the plan to apply; without it, the plan is only made. */
  readonly apply?: string | undefined;
}

/** What `rollbackRegistry` would do, or did. */
export interface RegistryRollbackOutcome {
  readonly kind: 'planned' | 'rolled back';
  readonly plan: RegistryRollbackPlan;
}

/** The parts of a rollback of a registry. */
export interface RegistryRollbackPlan {
  /** `b3f9a12c04b1e`: the hash of what would be done. */
  readonly id: string;
  readonly site: string;
  /** The Nx project of the site. */
  readonly project: string;
  readonly registry: string;
  /** The registry as it was typed, if it is not the one of site.yaml. */
  readonly typed: string | undefined;
  /** The last sequence that the site has acknowledged. */
  readonly from: { readonly number: number; readonly folder: string };
  readonly to: { readonly number: number; readonly folder: string };
  /** The tags to move, with the images that they point to now. */
  readonly tags: readonly TagElsewhere[];
  /** How many tags of the sequence point to its images already. */
  readonly unchanged: number;
  /** Tags that only later sequences have; they stay. */
  readonly staying: readonly string[];
  readonly resources: {
    /** Where the cluster resources of the earlier sequence are written. */
    readonly folder: string;
    /** What differs from the resources of the later sequence, in the order in which it is applied. */
    readonly steps: readonly ApplyStep[];
    readonly changes: readonly ResourceChange[];
    /** Tags of releases whose signatures are not among them. */
    readonly withoutSignature: readonly string[];
  };
}

/**
 * Plans which tags go back to the images of a sequence, or moves them if `apply` names exactly the plan that is right
 * now. The registry must still have every manifest and layer of the sequence: nothing is uploaded.
 *
 * @throws SEQ0660 for a sequence that the registry cannot go back to, SEQ0661 if the plan has changed, SEQ0658, SEQ0659
 *   and SEQ0611 for the site, SEQ05xx when the registry refuses, SEQ0648 when it did not move a tag
 *
 * @example
 * ```ts
 * const { plan } = await rollbackRegistry({ ...run, location, site: 'bravo', to: 1 });
 * await rollbackRegistry({ ...run, location, site: 'bravo', to: 1, apply: plan.id });
 * ```
 */
export async function rollbackRegistry(options: RegistryRollbackOptions): Promise<RegistryRollbackOutcome> {
  const { to, apply, progress, signal } = options;
  progress.step('check');
  const site = await siteRegistry(options, `rollback --tags --to=seq${to}`);
  const { name, project, mirror, sequences, all, head, destination, shown } = site;
  const own = all[to - 1];
  if (own === undefined || to > head.sequence)
    throw notEarlier({ site: name, project, number: to, head: head.sequence, last: sequences.length });
  requireDistinctPlaces(own.images, destination);
  const headImages = all[head.sequence - 1] as SequenceImages;
  const resources = await resourcesBack(site, { number: to, signal });
  progress.done(`records of ${own.folder}, ${shown}`);

  progress.step('ask');
  const connection = connectionOf(site, options);
  const { tags, asked } = await withClient(connection, async (client) => {
    const blobs = blobSetOf(...sequences.slice(0, to).map(({ inventory }) => inventory.blobs));
    const answers = await askRegistry(own.images, blobs, { client, progress, signal });
    if (answers.lost.size === 0) return answers;
    const holders = sequences.filter(({ inventory }) => inventory.blobs.some(({ digest }) => answers.lost.has(digest)));
    throw earlierIncomplete({
      ...{ mirror: mirror.name, folder: own.folder, number: to, registry: shown },
      ...{ blobs: answers.lost.size, images: answers.images },
      broughtBy: holders.map(({ entry }) => entry.folder),
    });
  });
  progress.done(counted(asked.tags + asked.manifests + asked.layers, 'answer'));
  const places = new Set(own.images.map(placeOf));
  const laterPlaces = new Set(all.slice(to, head.sequence).flatMap(({ images }) => images.map(placeOf)));
  const plan: RegistryRollbackPlan = {
    id: idOf(site, { to, tags }),
    ...{ site: name, project, registry: shown, typed: options.registry },
    from: { number: headImages.number, folder: headImages.folder },
    to: { number: to, folder: own.folder },
    tags,
    unchanged: asked.tags - tags.length,
    staying: [...laterPlaces].filter((place) => !places.has(place)).sort(),
    resources: resources.told,
  };
  if (apply === undefined) return { kind: 'planned', plan };
  if (apply !== plan.id) throw sitePlanChanged({ command: 'rollback', asked: apply });

  progress.step('move');
  await moveTags(site, own, options);
  progress.done(counted(tags.length, 'tag'));
  await writeResources(inTree(mirror, resources.path), resources.texts);
  const ledger = ledgerAfter(site, options);
  if (ledger !== site.ledger) await writeLedger(mirror, name, ledger);
  return { kind: 'rolled back', plan };
}

/** An upload of nothing sets the tags, manifests coming out of the registry itself. */
async function moveTags(site: SiteRegistry, own: SequenceImages, options: RegistryRollbackOptions): Promise<void> {
  const { progress, signal } = options;
  const connection = connectionOf(site, options);
  const { parallelImages } = engineOptions(site.mirror.settings);
  const sequences = site.sequences.slice(0, own.number);
  await uploadImages({
    archives: await openArchiveBlobs([], { signal }),
    images: own.images,
    chain: chainContent(sequences, site.all.slice(0, own.number)),
    ...{ destination: site.destination, connection, parallel: parallelImages, progress, signal },
  });
  const { tags } = await withClient(connection, (client) =>
    askRegistry(own.images, new Map(), { client, progress, signal }),
  );
  if (tags.length === 0) return;
  throw tagsNotMoved({ registry: site.shown, places: tags.map(({ place }) => place), all: own.images.length });
}

/**
 * The mirror sets keep the mirrors of all sequences up to the head: pods of the later sequence still run, and nodes
 * need no reboot.
 */
async function resourcesBack(
  site: SiteRegistry,
  { number, signal }: { readonly number: number; readonly signal: AbortSignal },
) {
  const { mirror, sequences, all, head, destination } = site;
  const asked = { destination, mirrorsUpTo: head.sequence };
  const made = await recordedResources(mirror, { sequences, all, numbers: [number], signal });
  const texts = await made.resourcesOf(number, asked);
  const changes = resourceChanges(texts, await made.resourcesOf(head.sequence, asked));
  const changed = new Set(changes.filter(({ change }) => change !== 'same').map(({ file }) => file));
  const path = sequencePath(mirror, (sequences[number - 1] as ProvenSequence).entry.folder, resourcesPath);
  const told = {
    folder: forPeople(mirror, path),
    steps: applyOrder(new Map([...texts].filter(([file]) => changed.has(file)))),
    changes,
    withoutSignature: made.withoutSignature,
  };
  return { texts, path, told };
}

/** The registry itself has confirmed the sequence; the later ones count no more, so that they are sent again. */
function ledgerAfter(
  { ledger, sequences, head }: SiteRegistry,
  { to, note, now }: { readonly to: number; readonly note?: string | undefined; readonly now: () => Date },
): Ledger {
  const at = timestampOf(now());
  const { seal } = (sequences[to - 1] as ProvenSequence).entry;
  const isKnown = ledger.entries.some((entry) => entry.sequence === to && entry.seal === seal);
  const entry: LedgerEntry = { sequence: to, seal, confidence: 'proven', held_in: 'registry', at };
  return rolledBack(
    isKnown ? ledger : withEntry(ledger, entry),
    { kind: 'restored', to },
    { at, note: note ?? `the tags went back from seq${head.sequence} to seq${to}` },
  );
}

function idOf(
  { mirror, name, shown, head, sequences }: SiteRegistry,
  { to, tags }: Pick<RegistryRollbackPlan, 'tags'> & { readonly to: number },
): string {
  const content = {
    ...{ mirror: mirror.settings.id, site: name, registry: shown },
    from: head.seal,
    to: sequences[to - 1]?.entry.seal ?? null,
    tags: tags.map(({ place, expected, there }) => [place, expected, there ?? null]),
  };
  return `b${sha256Of(canonicalJson(content)).slice(0, 12)}`;
}
