/** A mirror whose sequences are all sealed, with real records, on disk. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { aChain } from '../../testing/worlds/chain';

export interface SealedMirror {
  readonly sequences: number;
  /** Images in the first sequence; each later one brings `changes` new ones and drops as many. */
  readonly images: number;
  readonly changes: number;
}

/** Writes a mirror into `folder`, which becomes its root. Records are made by the functions that make real ones. */
export async function writeSealedMirror(folder: string, { sequences, images, changes }: SealedMirror): Promise<void> {
  let builder = aChain().baseline('baseline', { adds: images });
  for (let number = 2; number <= sequences; number++) {
    builder = builder.differential(`step-${number}`, { adds: changes, removes: changes });
  }
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'seqmirror.yaml'), 'schema: seqmirror/v1\nid: bench\n');
  for (const [path, text] of Object.entries(builder.build().files)) {
    const file = join(folder, 'content', path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}
