import { stat } from 'node:fs/promises';
import { uploadScript } from '../../bundle-format/upload-script/upload-script';
import type { MirrorPlan } from '../../engine/engine';
import { chainLockFile, sequencePath } from '../../mirror/mirror';
import type { ChainRecords } from '../../mirror/mirror';
import { recordNames } from '../../mirror/records';
import { imagesAtEnd } from '../../mirror/sealed-chain';
import { imageChanges } from '../../sequence/images';
import { encodeInventory } from '../../sequence/inventory';
import { entryAt } from '../../system/path-below';
import type { Preparation } from '../prepare';

const carried = ['config', 'intent', 'pinned', 'metadata', 'inventory', 'sums'] as const;

// The facts of a sequence, and the lines on an image: its own in images.txt and, if it changed, those on other images.
const factsBytes = 4096;
const lineBytes = 160;

interface SequenceToBe extends Pick<MirrorPlan, 'images' | 'blobs'> {
  readonly folder: string;
  readonly uploader?: string | undefined;
}

/**
 * What lies on each volume beside the archives of a sequence that is not there yet: the chain's records with its own,
 * and the files for uploading. Its own count as large as they will be, or somewhat larger.
 */
export async function besideArchives(
  mirror: ChainRecords,
  { before, base, document }: Pick<Preparation, 'before' | 'base' | 'document'>,
  { images, blobs, folder, uploader }: SequenceToBe,
): Promise<{ lines: number; records: { path: string; bytes: number }[] }> {
  const files = before.flatMap(({ entry: { folder } }) =>
    carried.map((key) => ({
      path: `chain/${folder}/${recordNames[key]}`,
      bytes: entryAt(sequencePath(mirror, folder, recordNames[key]))?.size ?? 0,
    })),
  );
  const inventory = encodeInventory({
    images: imageChanges(imagesAtEnd(before), images),
    blobs: [...blobs.values()].filter(({ digest }) => !base.blobs.has(digest)),
  });
  const [config, lines] = [Buffer.byteLength(document.text), images.length * lineBytes];
  const own: Record<(typeof carried)[number], number> = {
    config,
    intent: 1024,
    pinned: config + lines,
    metadata: factsBytes + lines,
    inventory: Buffer.byteLength(inventory),
    sums: 1024,
  };
  return {
    lines: base.holders.size + 1,
    records: [
      ...files,
      { path: 'chain/chain.lock', bytes: entryAt(chainLockFile(mirror))?.size ?? 0 },
      ...carried.map((key) => ({ path: `chain/${folder}/${recordNames[key]}`, bytes: own[key] })),
      { path: recordNames.config, bytes: own.config },
      { path: recordNames.pinned, bytes: own.pinned },
      { path: 'images.txt', bytes: lines },
      { path: 'seq-upload.sh', bytes: Buffer.byteLength(await uploadScript()) },
      ...(uploader === undefined ? [] : [{ path: 'seqmirror-upload.js', bytes: (await stat(uploader)).size }]),
    ],
  };
}
