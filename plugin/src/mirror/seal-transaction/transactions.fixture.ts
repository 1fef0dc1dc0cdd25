/** The four kinds of transactions, each with the state before it. */
import { link } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SealTransaction } from './seal-transaction';
import { reissueStage, sealStage } from './seal-transaction';
import type { World } from './transaction.fixture';
import {
  archive,
  config,
  entryOf,
  files,
  first,
  folder,
  frame,
  lockOf,
  other,
  records,
  seal,
  sequence,
} from './transaction.fixture';

const uploadFiles = new Map([
  ['seq-upload.sh', '#!/bin/sh\n# seq-upload.sh: uploads\n'],
  ['images.txt', 'ubi9/ubi@sha256:…\n'],
  ['seq-upload.env', `format=seqmirror-sequence/1\nseal=${seal}\n`],
] as const);
export interface TransactionCase {
  readonly name: string;
  readonly prepare: (world: World) => Promise<Omit<SealTransaction, 'folder' | 'metadata'>>;
  /** Whether an archive has its name in the sequence's folder before; then it must have it at every moment. */
  readonly isThere: boolean;
}

export const transactions: readonly TransactionCase[] = [
  {
    name: 'mirrored',
    isThere: false,
    prepare: async (world) => {
      const { engine, frames } = sealStage(world.mirror.data, folder);
      await world.write(world.content(folder, 'imageset-config.yaml'), config);
      await world.write(join(engine, archive), 'archive');
      await world.write(join(frames, frame), 'frame');
      return { origin: 'mirrored', texts: records, uploadFiles, archivesFrom: engine, frames: { from: frames } };
    },
  },
  {
    name: 'adopted in place',
    isThere: true,
    prepare: async (world) => {
      const { archives, frames } = sealStage(world.mirror.data, folder);
      await world.write(world.content(folder, archive), 'archive');
      // A copy, because with a hard link one could not see whether it was replaced.
      await world.write(join(archives, archive), 'archive');
      await world.write(join(frames, frame), 'frame');
      await world.write(world.content(folder, 'seq-upload.sh'), 'theirs\n');
      const texts = new Map([['imageset-config.yaml', config], ...records]);
      return { origin: 'adopted in place', texts, uploadFiles, archivesFrom: archives, frames: { from: frames } };
    },
  },
  {
    name: 'renumbered',
    isThere: false,
    prepare: async (world) => {
      await world.writeSequence(other.folder, { 'imageset-config.yaml': config, 'seq-metadata.yaml': 'former\n' });
      await world.write(world.store(other.folder, other.seal), 'archive');
      await link(world.store(other.folder, other.seal), world.content(other.folder, archive));
      await world.write(world.frame(other.folder, other.seal), 'frame');
      await world.write(world.content('chain.lock'), lockOf(entryOf(first), other));
      return {
        origin: 'renumbered',
        texts: new Map([['imageset-config.yaml', config], ...records]),
        uploadFiles,
        archivesFrom: dirname(world.store(other.folder, other.seal)),
        frames: { from: dirname(world.frame(other.folder, other.seal)) },
        replaces: other,
      };
    },
  },
  {
    name: 'reissued',
    isThere: true,
    prepare: async (world) => {
      const { archives, frames } = reissueStage(world.mirror.data, { folder, seal });
      await world.writeSequence(folder, files);
      await world.write(world.content('chain.lock'), lockOf(entryOf(first), entryOf(sequence)));
      await world.write(world.store(), 'damaged');
      await link(world.store(), world.content(folder, archive));
      await world.write(world.store().replace('000001', '000002'), 'of the packaging before');
      await world.write(world.content(folder, 'mirror_000002.tar'), 'of the packaging before');
      await world.write(join(archives, archive), 'archive');
      await world.write(join(frames, frame), 'frame');
      return {
        origin: 'reissued',
        texts: new Map([
          ['SHA256SUMS', '0000  mirror_000001.tar\n'],
          ['seq-metadata.yaml', `${files['seq-metadata.yaml']}# packaged again\n`],
        ]),
        archivesFrom: archives,
        removed: ['mirror_000002.tar'],
        frames: { from: frames },
      };
    },
  },
];
