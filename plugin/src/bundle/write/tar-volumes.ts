/** Writes volumes as tar files, uncompressed, or one of them to standard output. */
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { createFile } from '../../system/atomic-file';
import { impossible } from '../../system/errors';
import { inReadableFolder } from '../../system/path-below';
import { syncFile } from '../../system/sync';
import type { BundlePlan } from '../plan';
import { bytesOfVolumes, labelOf } from '../plan';
import { tarTarget } from './target';
import { splitSums, writeVolume } from './write-volume';
import type { VolumesRun, WrittenBundle } from './write-volumes';
import { chosenVolumes } from './write-volumes';

interface TarRun extends Omit<VolumesRun, 'pool' | 'verify'> {
  /** Where to write for root `-`. */
  readonly stream?: Writable | undefined;
}

/** Several volumes become `<output without .tar>-1of3.tar` …; a stream is one volume, written once. */
export async function writeTarVolumes(
  plan: BundlePlan,
  { made, root, stream, ...run }: TarRun,
): Promise<WrittenBundle> {
  const chosen = chosenVolumes(plan, { ...run, output: root });
  if (root === '-' && stream === undefined)
    throw impossible('standard output is asked for without a stream to write to');
  run.progress.step('write');
  run.progress.total(bytesOfVolumes(chosen));
  const splits = await splitSums(plan, run);
  const volumes: WrittenBundle['volumes'][number][] = [];
  for (const { number } of chosen) {
    const label = labelOf(plan, number);
    const several = `-${number}of${plan.layout.volumes.length}.tar`;
    const path = root === '-' ? '-' : chosen.length === 1 ? root : `${root.replace(/\.tar$/, '')}${several}`;
    const written = await into(path, stream, (to) =>
      writeVolume(plan, number, tarTarget(to, label), { ...run, link: false, made, splits, journal: undefined }),
    );
    volumes.push({ ...written, label, path, kept: false });
  }
  run.progress.done('every byte hashed before it was written');
  return { volumes, verified: false, made };
}

async function into<T>(path: string, stream: Writable | undefined, work: (to: Writable) => Promise<T>): Promise<T> {
  if (path === '-' && stream !== undefined) return work(stream);
  const file = (await createFile(inReadableFolder(path))).createWriteStream();
  try {
    return await work(file);
  } finally {
    file.end();
    await once(file, 'close');
    await syncFile(path);
  }
}
