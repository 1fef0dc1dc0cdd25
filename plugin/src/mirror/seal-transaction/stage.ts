/**
 * The parts of a transaction until it is carried out, within the data directory:
 *
 *   stage/seq2-add-logging/, or reissue/seq1-baseline.2d711642b726/
 *     engine/        what an engine fills with archives, and what it keeps there
 *     blobs/         what a reissue fetched, by hex digits
 *     archives/      mirror_000001.tar …, where they don't lie in engine/ or in the store already
 *     frames/        theirs, mirror_000001.tar.frame.gz …
 *     records/       the texts for the sequence's folder, of records and of what uploads from it
 *     commit.json    see commit.ts
 */
import { join } from 'node:path';
import type { Seal } from '../../sequence/seal';
import { writeFileAtomically } from '../../system/atomic-file';
import { makeEmptyFolder, removeFile, removeTree } from '../../system/change-folder';
import type { DataDirectory } from '../data-directory';
import { reissueFolder, stageFolder, inData } from '../data-directory';

export interface Stage {
  /** The data directory that it lies in. */
  readonly data: DataDirectory;
  readonly root: string;
  readonly engine: string;
  readonly blobs: string;
  readonly archives: string;
  readonly frames: string;
  readonly records: string;
  readonly commit: string;
}

/** The stage of a sequence that is to be sealed, under the name that its folder will have. */
export function sealStage(data: DataDirectory, folder: string): Stage {
  return stageAt(data, stageFolder(data, folder));
}

/** The stage of a sealed sequence whose archives are made again. */
export function reissueStage(data: DataDirectory, { folder, seal }: { folder: string; seal: Seal }): Stage {
  return stageAt(data, reissueFolder(data, folder, seal));
}

export function stageAt(data: DataDirectory, root: string): Stage {
  const at = (name: string): string => join(root, name);
  return {
    data,
    root,
    engine: at('engine'),
    blobs: at('blobs'),
    archives: at('archives'),
    frames: at('frames'),
    records: at('records'),
    commit: at('commit.json'),
  };
}

/** Writes texts, safely on disk when this returns. What a killed run left there is removed. */
export async function stageTexts({ data, records }: Stage, texts: ReadonlyMap<string, string>): Promise<void> {
  await makeEmptyFolder(inData(data, records));
  for (const [name, text] of texts) await writeFileAtomically(inData(data, join(records, name)), text);
}

/** Removes commit.json first: without it, the rest is cleared or filled again. */
export async function removeStage({ data, root, commit }: Stage): Promise<void> {
  await removeFile(inData(data, commit));
  await removeTree(inData(data, root));
}
