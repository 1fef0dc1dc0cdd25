/** Holds what was made against what was sealed, and puts all that the swap needs into the reissue's folder. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { HashedArchive, VerifiedArchives } from '../archive/verify';
import { stageFrames } from '../mirror/frames';
import { recordNames } from '../mirror/records';
import type { Digest } from '../oci/digest';
import { declareHeld, renderCustody } from '../sequence/custody';
import { renderSequenceMetadata } from '../sequence/metadata';
import { renderSha256Sums } from '../sequence/sha256-sums';
import { writeFileAtomically } from '../system/atomic-file';
import { renderExplanation } from '../system/errors';
import { madeWrong } from './errors';
import type { ReissuePlan } from './reissue-plan';
import { isSamePackaging, recordOf, repackaged } from './repackaged';
import type { Survey } from './survey';
import type { ReissueCommit, ReissueFolder } from './swap';

/**
 * Writes the records that change, and says what the commit is.
 *
 * @throws SEQ0335 unless the archives that stay and those that were made hold every blob that was sealed, and no other
 */
export async function prepareCommit(
  survey: Survey,
  {
    plan,
    made,
    at,
    signal,
  }: { plan: ReissuePlan; made: VerifiedArchives<HashedArchive>; at: ReissueFolder; signal: AbortSignal },
): Promise<{ commit: ReissueCommit; packaging: 'as sealed' | 'anew' }> {
  const { entry, metadata, custody } = survey;
  refuseOtherContent(survey, made);
  const kept = metadata.archives.filter(({ name }) => plan.sound.includes(name));
  const archives = [...kept, ...made.archives.map(recordOf)];
  const packaging = isSamePackaging(archives, metadata.archives) ? 'as sealed' : 'anew';
  const texts = new Map<string, string>();
  if (custody !== undefined && custody.state !== 'held') {
    texts.set(recordNames.custody, renderCustody(declareHeld(custody)));
  }
  if (packaging === 'anew') {
    texts.set(recordNames.sums, renderSha256Sums(archives));
    texts.set(recordNames.metadata, renderSequenceMetadata(repackaged(metadata, archives)));
  }
  await rm(at.records, { recursive: true, force: true });
  for (const [name, text] of texts) await writeFileAtomically(join(at.records, name), text);
  await stageFrames(at.root, made.archives, { signal });
  const names = archives.map(({ name }) => name).sort();
  const commit: ReissueCommit = {
    schema: 'seqmirror/v1',
    entry: { number: entry.number, folder: entry.folder, seal: entry.seal },
    archives: names,
    removed: metadata.archives.map(({ name }) => name).filter((name) => !names.includes(name)),
    records: [...texts.keys()],
  };
  return { commit, packaging };
}

function refuseOtherContent({ entry, inventory, own }: Survey, made: VerifiedArchives): void {
  const findings = made.findings.filter(({ severity }) => severity === 'error').map(renderExplanation);
  const sealed = new Set(inventory.blobs.map(({ digest }) => digest));
  const there = new Set<Digest>(made.blobs.map(({ digest }) => digest));
  for (const { files } of own) {
    for (const digest of files.find(({ sound }) => sound !== undefined)?.sound?.index.blobs.keys() ?? [])
      there.add(digest);
  }
  for (const digest of sealed) if (!there.has(digest)) findings.push(`${digest} was sealed and is in none of them`);
  for (const { digest } of made.blobs)
    if (!sealed.has(digest)) findings.push(`${digest} was not sealed and is in one of them`);
  if (findings.length > 0) throw madeWrong({ folder: entry.folder, findings });
}
