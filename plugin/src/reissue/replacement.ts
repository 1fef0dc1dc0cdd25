/** Compares what was made with what was sealed, and decides what replaces the lost archives. Pure. */
import type { HashedArchive, VerifiedArchives } from '../archive/verify';
import { recordNames } from '../mirror/records';
import type { SealTransaction } from '../mirror/seal-transaction/seal-transaction';
import type { Digest } from '../oci/digest';
import { declareHeld, renderCustody } from '../sequence/custody';
import { renderSequenceMetadata } from '../sequence/metadata';
import { renderSha256Sums } from '../sequence/sha256-sums';
import { renderExplanation } from '../system/errors';
import { madeWrong } from './errors';
import type { ReissuePlan } from './reissue-plan';
import { isSamePackaging, recordOf, repackaged } from './repackaged';
import type { DamageSurvey } from './survey';

/**
 * The transaction that replaces lost archives with those that were made again, with the records that change.
 *
 * @throws SEQ0335 unless the archives that stay and those that were made hold every blob that was sealed, and no other
 */
export function replacementOf(
  survey: DamageSurvey,
  { plan, made, archivesFrom }: { plan: ReissuePlan; made: VerifiedArchives<HashedArchive>; archivesFrom: string },
): { replacement: SealTransaction; packaging: 'as sealed' | 'repackaged' } {
  const { entry, metadata, custody } = survey;
  refuseOtherContent(survey, made);
  const kept = metadata.archives.filter(({ name }) => plan.sound.includes(name));
  const archives = [...kept, ...made.archives.map(recordOf)];
  const packaging = isSamePackaging(archives, metadata.archives) ? 'as sealed' : 'repackaged';
  const packaged = packaging === 'repackaged' ? repackaged(metadata, archives) : metadata;
  const texts = new Map<string, string>();
  if (custody !== undefined && custody.state !== 'held') {
    texts.set(recordNames.custody, renderCustody(declareHeld(custody)));
  }
  if (packaging === 'repackaged') {
    texts.set(recordNames.sums, renderSha256Sums(archives));
    texts.set(recordNames.metadata, renderSequenceMetadata(packaged));
  }
  const names = archives.map(({ name }) => name);
  const replacement: SealTransaction = {
    origin: 'reissued',
    folder: entry.folder,
    metadata: packaged,
    texts,
    archivesFrom,
    removed: metadata.archives.map(({ name }) => name).filter((name) => !names.includes(name)),
    frames: made.archives,
  };
  return { replacement, packaging };
}

function refuseOtherContent({ entry, inventory, own }: DamageSurvey, made: VerifiedArchives): void {
  const findings = made.findings.filter(({ severity }) => severity === 'error').map(renderExplanation);
  const sealed = new Set(inventory.blobs.map(({ digest }) => digest));
  const there = new Set<Digest>(made.blobs.map(({ digest }) => digest));
  for (const { files } of own) {
    for (const digest of files.find(({ sound }) => sound !== undefined)?.sound?.index.blobs.keys() ?? [])
      there.add(digest);
  }
  for (const digest of sealed) if (!there.has(digest)) findings.push(`${digest} was sealed, but is in no archive`);
  for (const { digest } of made.blobs)
    if (!sealed.has(digest)) findings.push(`${digest} was not sealed, but is in an archive`);
  if (findings.length > 0) throw madeWrong({ folder: entry.folder, findings });
}
