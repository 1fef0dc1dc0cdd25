/** Makes all archives that are lost, from whatever sources have what was in them. */
import { blobDamaged } from '../archive/errors';
import type { HashPool } from '../archive/hashing/hashing';
import type { HashedArchive, VerifiedArchives } from '../archive/verify';
import { ensureSpaceIn } from '../mirror/ensure-space';
import { sequencePath, inTree } from '../mirror/mirror';
import { recordFile, recordNames } from '../mirror/records';
import type { SequenceRun } from '../mirror/run';
import type { Stage } from '../mirror/seal-transaction/seal-transaction';
import { engineOptions, registrySettings } from '../mirror/settings';
import { createRegistryClient } from '../registry/client';
import { declareLost, renderCustody } from '../sequence/custody';
import { dateOf } from '../sequence/one-line';
import { writeFileAtomically } from '../system/atomic-file';
import { formatBytes, sumOfBytes } from '../system/byte-size';
import { counted } from '../system/counted';
import { openDownloads } from './download';
import { blobsLost, blobsNotNow, copyElsewhere } from './errors';
import type { ProvenCopies } from './make-archives';
import { keepOnly, makeArchives, readBack } from './make-archives';
import type { PreparedReissue } from './plan-reissue';
import { planReissue } from './plan-reissue';
import type { ReissuePlan } from './reissue-plan';
import { wantedBlobs } from './reissue-plan';
import { remakeContent } from './remake';
import type { SecuredBlobs } from './secure-blobs';
import { secureBlobs } from './secure-blobs';
import type { DamageSurvey } from './survey';
import type { BlobNotHad } from './wanted-blobs';

// Each is a file to hash or a download; more would not be faster from one disk or registry.
const mostBlobsAtOnce = 8;

/** What is here, and what to do with it. */
export interface Looked {
  readonly survey: DamageSurvey;
  readonly prepared: PreparedReissue;
  readonly at: Stage;
}

export interface MadeArchives {
  readonly survey: DamageSurvey;
  readonly plan: ReissuePlan;
  readonly secured: SecuredBlobs;
  readonly made: VerifiedArchives<HashedArchive>;
}

/** Makes what the plan says. If a copy of a whole archive turns out to be damaged, it plans again without it. */
export async function makeAll(
  options: SequenceRun,
  { survey, prepared, at }: Looked,
  { pool, copies: before }: { pool: HashPool; copies: ProvenCopies },
): Promise<MadeArchives> {
  const { progress, signal, now } = options;
  const { plan } = prepared;
  await keepOnly(before, at.archives);
  await ensureSpace(survey, prepared, before);
  const secured = await secure(options, { survey, prepared, at, pool });
  if (secured.notHad.length > 0) throw await cannotBeHad(survey, secured.notHad, now());

  progress.step('write');
  progress.total(plan.bytes);
  const run = { folder: at.archives, proven: secured.proven, copies: before, pool, progress, signal };
  const { paths, copies } = await makeArchives(plan.recipes, run);
  progress.done(`${counted(paths.length, 'archive')}, ${formatBytes(plan.bytes)}`);

  progress.step('verify');
  progress.total(plan.bytes);
  const sealed = survey.metadata.archives;
  const made = await readBack(paths, { copies, sealed, pool, progress, signal });
  const damaged = damagedCopies(plan, made);
  if (damaged.size === 0) {
    progress.done('every blob hashed; all archives together have everything that was sealed');
    return { survey, plan, secured, made };
  }
  for (const [path, why] of damaged) progress.note(`${path} is a damaged copy, so other sources are used too: ${why}`);
  const files = survey.copies.files.map((file) => (damaged.has(file.path) ? { ...file, isDamaged: true } : file));
  const without = { ...survey, copies: { ...survey.copies, files } };
  const again = await planReissue(without, { at, pool, signal });
  return makeAll(options, { survey: without, prepared: again, at }, { pool, copies });
}

/** Copies that were taken for whole archives and have damaged blobs, each with what is wrong in it. */
function damagedCopies({ recipes }: ReissuePlan, { damaged }: VerifiedArchives): Map<string, string> {
  const copies = new Map<string, string>();
  for (const recipe of recipes) {
    const blob = damaged.find(({ archive }) => archive === recipe.name);
    if (recipe.how === 'copied' && blob !== undefined) copies.set(recipe.path, blobDamaged(blob).what);
  }
  return copies;
}

async function ensureSpace({ mirror }: DamageSurvey, { plan }: PreparedReissue, copies: ProvenCopies): Promise<void> {
  const download = plan.sources.reduce((sum, { kind, bytes }) => sum + (kind === 'registry' ? bytes : 0), 0);
  const there = [...copies.values()].reduce((sum, { marks }) => sum + Number(marks.bytes), 0);
  await ensureSpaceIn(mirror.data.root)({ download, archives: plan.bytes - there, cache: 0 });
}

async function secure(
  { progress, signal, now, location }: SequenceRun,
  { survey, prepared, at, pool }: { survey: DamageSurvey; prepared: PreparedReissue; at: Stage; pool: HashPool },
): Promise<SecuredBlobs> {
  const { settings, root } = survey.mirror;
  const { retries, parallelImages, parallelLayers } = engineOptions(settings);
  const wanted = wantedBlobs(prepared.plan.recipes);
  const client = createRegistryClient({
    settings: registrySettings(settings, root),
    env: location.env,
    signal,
    retries,
  });
  progress.step('fetch');
  const candidates = await remakeContent(survey, prepared, { at, location, progress, signal, now });
  progress.total(sumOfBytes(wanted.values()));
  try {
    const downloads = await openDownloads({ folder: at.blobs, client, progress, signal });
    const parallel = Math.min(parallelImages * parallelLayers, mostBlobsAtOnce);
    const secured = await secureBlobs(wanted.values(), {
      ...{ candidates, needs: prepared.needs },
      ...{ downloads, pool, parallel, progress, signal },
    });
    progress.done(`${secured.proven.size} of ${counted(wanted.size, 'blob')} found, each hashed`);
    return secured;
  } finally {
    await client.close();
  }
}

/** Reports what is not available. Records the loss in custody.yaml only if nobody is known who might still have it. */
async function cannotBeHad(survey: DamageSurvey, notHad: readonly BlobNotHad[], now: Date): Promise<Error> {
  const { mirror, entry, custody, copies } = survey;
  const facts = { mirror: mirror.name, number: entry.number, folder: entry.folder, notHad };
  const retired = custody?.state === 'retired' ? ['the sites that have it (custody.yaml says retired)'] : [];
  const elsewhere = copies.outOfReach.length > 0 ? copies.outOfReach : retired;
  if (elsewhere.length > 0) return copyElsewhere({ ...facts, copies: elsewhere });
  if (notHad.some(({ maybeLater }) => maybeLater)) return blobsNotNow(facts);
  const bytes = notHad.reduce((sum, blob) => sum + blob.bytes, 0);
  const why = `${counted(notHad.length, 'blob')} (${formatBytes(bytes)}) in no copy, archive, cache or registry on ${dateOf(now)}`;
  await writeFileAtomically(
    inTree(mirror, sequencePath(mirror, entry.folder, recordNames.custody)),
    renderCustody(declareLost(custody, why)),
  );
  return blobsLost({ ...facts, custodyFile: recordFile(mirror, entry.folder, recordNames.custody) });
}
