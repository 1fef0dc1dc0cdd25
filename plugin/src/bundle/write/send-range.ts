import { basename } from 'node:path';
import { archiveBroken } from '../../archive/errors';
import type { HashLanes, Sink } from '../../archive/hashing/hashing';
import { openHashingOutput } from '../../archive/hashing/hashing';
import type { Slice, WrittenFile } from '../../archive/write-archive';
import { openRegular } from '../../system/regular-file';

/** Writes a range of a file to a sink, and hashes it meanwhile. @throws SEQ0304 when the file is shorter */
export async function sendRange(
  path: string,
  { from, to }: Slice,
  sink: Sink,
  run: { lanes: HashLanes; signal?: AbortSignal | undefined; progress?: ((bytes: number) => void) | undefined },
): Promise<WrittenFile> {
  const file = await openRegular(path);
  try {
    const output = openHashingOutput(sink, run.lanes, run);
    const damaged = (why: string): Error => archiveBroken({ archive: basename(path), offset: from, why });
    await output.copy({ file, offset: from, bytes: to - from }, { damaged });
    return await output.end();
  } finally {
    await file.close();
  }
}
