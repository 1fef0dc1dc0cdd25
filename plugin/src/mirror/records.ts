/** The texts of one sequence's folder, read and parsed. */
import { join } from 'node:path';
import type { ImageSetDocument } from '../imageset/document';
import { requireImageSet, requireRecordedImageSet } from '../imageset/document';
import type { Custody } from '../sequence/custody';
import { parseCustody, renderCustody } from '../sequence/custody';
import type { SequenceIntent } from '../sequence/intent';
import { parseSequenceIntent } from '../sequence/intent';
import type { Inventory } from '../sequence/inventory';
import { decodeInventory } from '../sequence/inventory';
import type { SequenceMetadata } from '../sequence/metadata';
import { parseSequenceMetadata } from '../sequence/metadata';
import { recordLimits } from '../sequence/record-limits';
import { writeFileAtomically } from '../system/atomic-file';
import { errorOfFindings } from '../system/errors';
import { readText, readTextIfThere } from '../system/text-file';
import { recordSchema } from '../yaml/schema-version';
import { notAdoptedYet } from './errors';
import type { ChainRecords } from './mirror';
import { forPeople, inTree, sequencePath } from './mirror';

export const recordNames = {
  config: 'imageset-config.yaml',
  intent: 'sequence.yaml',
  pinned: 'imageset-config.pinned.yaml',
  metadata: 'seq-metadata.yaml',
  inventory: 'seq-inventory.jsonl',
  sums: 'SHA256SUMS',
  custody: 'custody.yaml',
} as const;

/**
 * The files that a sealed sequence's folder has besides its records, so that a copy of it can be uploaded: the script,
 * its data, and what a receipt is about. They are packaging: not part of the seal, and written when they are missing.
 * Git ignores the script.
 */
export const uploadNames = {
  script: 'seq-upload.sh',
  facts: 'seq-upload.env',
  images: 'images.txt',
} as const;

/** The one upload script of a mirror that Git keeps. */
export function mirrorScriptFile({ content }: ChainRecords): string {
  return join(content, uploadNames.script);
}

type RecordName = (typeof recordNames)[keyof typeof recordNames];

/** A record's path from the workspace's top, as messages name it. */
export function recordFile(mirror: ChainRecords, folder: string, name: RecordName): string {
  return forPeople(mirror, sequencePath(mirror, folder, name));
}

/** @throws SEQ01… with every finding when the configuration can't be used */
export async function readConfig(mirror: ChainRecords, folder: string): Promise<ImageSetDocument> {
  const text = await readText(inTree(mirror, sequencePath(mirror, folder, recordNames.config)));
  return requireImageSet(text, recordFile(mirror, folder, recordNames.config));
}

/** The configuration of a sealed sequence. Only its shape is checked. @throws SEQ0101 to SEQ0116 */
export async function readRecordedConfig(mirror: ChainRecords, folder: string): Promise<ImageSetDocument> {
  const text = await readText(inTree(mirror, sequencePath(mirror, folder, recordNames.config)));
  return requireRecordedImageSet(text, recordFile(mirror, folder, recordNames.config));
}

/** Its pinned configuration, in which every tag is resolved. @throws SEQ0101 to SEQ0116 */
export async function readPinnedConfig(mirror: ChainRecords, folder: string): Promise<ImageSetDocument> {
  const text = await readText(inTree(mirror, sequencePath(mirror, folder, recordNames.pinned)));
  return requireRecordedImageSet(text, recordFile(mirror, folder, recordNames.pinned));
}

/** Reads sequence.yaml. If it is missing, the folder's name is the description and everything else has its default. */
export async function readIntent(mirror: ChainRecords, folder: string): Promise<SequenceIntent> {
  const text = await readTextIfThere(inTree(mirror, sequencePath(mirror, folder, recordNames.intent)));
  if (text === undefined) return { schema: recordSchema, description: folder, base: 'previous' };
  const { intent, findings } = parseSequenceIntent(text, recordFile(mirror, folder, recordNames.intent));
  if (findings.length === 0 && intent !== undefined) return intent;
  throw errorOfFindings(findings);
}

export async function readMetadata(mirror: ChainRecords, folder: string): Promise<SequenceMetadata> {
  return parseMetadata(
    mirror,
    folder,
    await readText(inTree(mirror, sequencePath(mirror, folder, recordNames.metadata)), {
      limit: recordLimits.metadata,
    }),
  );
}

export async function readMetadataIfThere(mirror: ChainRecords, folder: string): Promise<SequenceMetadata | undefined> {
  const text = await readTextIfThere(inTree(mirror, sequencePath(mirror, folder, recordNames.metadata)), {
    limit: recordLimits.metadata,
  });
  return text === undefined ? undefined : parseMetadata(mirror, folder, text);
}

/** @throws SEQ0245 for files of the original script: its folders may lie in content/ before they are adopted */
function parseMetadata(mirror: ChainRecords, folder: string, text: string): SequenceMetadata {
  if (/^sequence_number:/m.test(text) && !/^schema:/m.test(text)) {
    throw notAdoptedYet({ folder, content: forPeople(mirror, mirror.content) });
  }
  return parseSequenceMetadata(text, recordFile(mirror, folder, recordNames.metadata));
}

export async function readInventory(mirror: ChainRecords, folder: string): Promise<Inventory> {
  const text = await readText(inTree(mirror, sequencePath(mirror, folder, recordNames.inventory)), {
    limit: recordLimits.inventory,
  });
  return decodeInventory(text, recordFile(mirror, folder, recordNames.inventory));
}

export async function readCustodyIfThere(mirror: ChainRecords, folder: string): Promise<Custody | undefined> {
  const text = await readTextIfThere(inTree(mirror, sequencePath(mirror, folder, recordNames.custody)));
  return text === undefined ? undefined : parseCustody(text, recordFile(mirror, folder, recordNames.custody));
}

/** Replaces custody.yaml of a sequence. The caller holds the lock. */
export async function writeCustody(mirror: ChainRecords, folder: string, custody: Custody): Promise<void> {
  const file = sequencePath(mirror, folder, recordNames.custody);
  await writeFileAtomically(inTree(mirror, file), renderCustody(custody));
}
