import { createHash } from 'node:crypto';
import { requireRecordedImageSet } from '../imageset/document';
import type { ImageSetConfiguration } from '../imageset/schema';
import type { ChainEntry } from '../sequence/chain-lock';
import { headOf, sealedEntry } from '../sequence/chain-lock';
import type { SequenceMetadata } from '../sequence/metadata';
import type { Seal } from '../sequence/seal';
import { sealOf, sealOfHashes } from '../sequence/seal';
import type { Json } from '../system/canonical-json';
import { canonicalJson } from '../system/canonical-json';
import { readText } from '../system/text-file';
import type { CheckedRecords } from './checked-records';
import { nothingChecked, questionAbout } from './checked-records';
import { chainLockDisagrees, recordEdited, sealedButEdited } from './errors';
import { dispatchedIn } from './dispatched';
import type { HashRanges } from './inventory-hashes';
import { inventoryHashes } from './inventory-hashes';
import type { Chain, ChainRecords } from './mirror';
import { chainLockFile, forPeople, sequencePath, inTree } from './mirror';
import { readInventory, readMetadataIfThere, recordFile, recordNames } from './records';

export interface SealedOptions {
  readonly hashRanges?: HashRanges | undefined;
  /** The seal before it, if chain.lock doesn't have it; `unknown` if nobody does. */
  readonly previous?: Seal | 'unknown' | undefined;
  /** Where it may be known that these very files fit their seal; default: everything is read. */
  readonly records?: CheckedRecords | undefined;
}

/**
 * Proves that a sealed sequence's intent and records are what was sealed: the seal computed from them is the one that
 * they and chain.lock have. Reads only text files of its own folder and chain.lock.
 *
 * @throws SEQ0201 for an edited configuration, SEQ0207 or SEQ0233 for records that are missing or were edited
 */
export async function checkSealed(
  mirror: ChainRecords,
  chain: Chain,
  entry: ChainEntry,
  options: SealedOptions = {},
): Promise<SequenceMetadata> {
  const { number, folder } = entry;
  const { known, note } = (options.records ?? nothingChecked).ask<SequenceMetadata>(
    questionAbout(mirror, folder, { what: 'sealed', names: ['metadata', 'config', 'pinned', 'inventory'] }),
  );
  const metadata = known ?? (await readMetadataIfThere(mirror, folder));
  if (metadata === undefined) {
    throw chainLockDisagrees({
      file: forPeople(mirror, chainLockFile(mirror)),
      what: `${folder} is sealed, but its ${recordNames.metadata} is missing`,
      why: 'chain.lock has a line for the sequence, so its records must exist too',
      next: `git restore ${forPeople(mirror, sequencePath(mirror, folder))}`,
    });
  }
  const before = number === 1 ? null : (options.previous ?? sealedEntry(chain.lock, number - 1)?.seal ?? null);
  const previous = before === 'unknown' ? metadata.previous : before;
  if (metadata.seal !== entry.seal || metadata.previous !== previous || metadata.sequence_number !== number) {
    throw chainLockDisagrees({
      file: recordFile(mirror, folder, recordNames.metadata),
      what:
        metadata.seal !== entry.seal
          ? `the seal of ${folder} is ${metadata.seal} in this file, but ${entry.seal} in chain.lock`
          : `${folder} was sealed after ${metadata.previous ?? 'nothing'}, but chain.lock has ${previous ?? 'nothing'} before it`,
      why: 'One of the two files was edited, or a merge took the two files from different branches',
      next: `Run \`git log -p -- ${forPeople(mirror, chainLockFile(mirror))}\` to see which file is right, and restore the other file with \`git restore\``,
    });
  }
  if (known === undefined) {
    await requireOwnSeal(mirror, { chain, folder, metadata, hashRanges: options.hashRanges });
    note(metadata);
  }
  return metadata;
}

/** Proves that a sequence's seal is the one of its own records, by its own number and the seal before it as it has them. */
async function requireOwnSeal(
  mirror: ChainRecords,
  {
    chain,
    folder,
    metadata,
    hashRanges,
  }: { chain: Chain; folder: string; metadata: SequenceMetadata; hashRanges: HashRanges | undefined },
): Promise<void> {
  const { sequence_number: number, previous, seal } = metadata;
  const configFile = recordFile(mirror, folder, recordNames.config);
  const document = requireRecordedImageSet(
    await readText(inTree(mirror, sequencePath(mirror, folder, recordNames.config))),
    configFile,
  );
  if (configSha256(document.config) !== metadata.provenance.config_sha256) {
    const canBeVoid = headOf(chain.lock)?.seal === seal && (await dispatchedIn(mirror, seal)) === undefined;
    throw sealedButEdited({ mirror: mirror.name, number, folder, file: document.file, canBeVoid });
  }
  const pinnedFile = recordFile(mirror, folder, recordNames.pinned);
  const pinned = requireRecordedImageSet(
    await readText(inTree(mirror, sequencePath(mirror, folder, recordNames.pinned))),
    pinnedFile,
  );
  const content = {
    number,
    previous,
    config: document.config as Json,
    pinned: pinned.config as Json,
    provenance: metadata.provenance,
  };
  const hashes = await inventoryHashes(sequencePath(mirror, folder, recordNames.inventory), hashRanges);
  const isSealed =
    sealOfHashes({ ...content, ...hashes }) === seal ||
    // Decoded only if its text isn't as seqmirror wrote it: in another order, with other line ends, or edited.
    sealOf({ ...content, ...(await readInventory(mirror, folder)) }) === seal;
  if (!isSealed) {
    throw recordEdited({
      folder,
      file: forPeople(mirror, sequencePath(mirror, folder)),
      record: `One of ${recordNames.inventory}, ${recordNames.pinned} and ${recordNames.metadata}`,
    });
  }
}

/** Stands for an imageset configuration's value: comments, quoting, key order and line ends don't matter. */
export function configSha256(config: ImageSetConfiguration): string {
  return createHash('sha256')
    .update(canonicalJson(config as Json))
    .digest('hex');
}
