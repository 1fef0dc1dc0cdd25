/** A place in object storage. Every copy is read back before it counts: what a storage says about it proves nothing. */
import { startHashPool } from '../../archive/hashing/hashing';
import { registrySettings } from '../../mirror/settings';
import { hexOf } from '../../oci/digest';
import { parseStorageAddress } from '../../object-storage/address';
import type { ObjectStorage } from '../../object-storage/object-storage';
import { openObjectStorage } from '../../object-storage/object-storage';
import { openRegular } from '../../system/regular-file';
import { placeRefused, storedCopyReadsWrong } from '../errors';
import type { CopyRun, RecordedArchive } from './archive-copy';
import { hashWhileFilled, writeArchive } from './archive-copy';
import type { CopyPlace, PlaceRun } from './copy-place';

const longDelayMs = 5_000;

/** @throws SEQ0530 … SEQ0533 */
export async function openStoragePlace(text: string, { mirror, env, run }: PlaceRun): Promise<CopyPlace> {
  const address = parseStorageAddress(text);
  const storage = await openObjectStorage({
    ...{ address, env, signal: run.signal },
    storage: mirror.settings.storage ?? {},
    settings: registrySettings(mirror.settings, mirror.root),
    retries: mirror.settings.retries ?? 5,
    onRetry: ({ reason, delayMs }) => {
      if (delayMs >= longDelayMs) run.progress.note(`${reason}; trying again in ${Math.round(delayMs / 1000)} s`);
    },
  });
  const look: CopyPlace['look'] = (path) => storage.look(path);
  const sha256Of: CopyPlace['sha256Of'] = async (path, each) =>
    (await storage.look(path)) === undefined
      ? undefined
      : hashWhileFilled(each, (output) => readInto(output, storage, path));
  return {
    ...{ where: address.text, look, sha256Of },
    put: async (path, { file, recorded }, each) => {
      const facts = { place: `${address.text}/${path}` };
      if ((await storage.look(path)) !== undefined) {
        if ((await sha256Of(path, each)) === recorded.sha256) return 'there';
        throw placeRefused({
          ...facts,
          why: 'This object exists, but it is not the archive that was sealed',
          next: 'Look at the object, and delete it, or give another prefix',
        });
      }
      if (file === undefined) return 'missing';
      if (!(await sendArchive(storage, path, { file, recorded, run: each }))) return 'not what was sealed';
      if ((await sha256Of(path, each)) === recorded.sha256) return 'copied';
      await storage.remove(path);
      throw storedCopyReadsWrong({ object: facts.place });
    },
    fetch: (path, to, each) => writeArchive(to, { ...each, fill: (output) => readInto(output, storage, path) }),
    freeBytes: () => Promise.resolve(undefined),
    close: () => storage.close(),
  };
}

async function readInto(
  output: { write(piece: Uint8Array): Promise<void> },
  storage: ObjectStorage,
  path: string,
): Promise<void> {
  for await (const piece of storage.read(path)) await output.write(piece);
}

/** Threads hash the archive while it is sent. @returns whether it is the recorded one; if not, there is no object */
async function sendArchive(
  storage: ObjectStorage,
  path: string,
  { file, recorded, run }: { readonly file: string; readonly recorded: RecordedArchive; readonly run: CopyRun },
): Promise<boolean> {
  const { signal, progress } = run;
  const { bytes, sha256 } = recorded;
  const source = await openRegular(file);
  const pool = startHashPool();
  try {
    if ((await source.stat()).size !== bytes) return false;
    const [sent, digest] = await Promise.all([
      storage.send(path, { file: source, bytes, sha256, progress: progress.advance }),
      pool.digestOf(file, [{ offset: 0, bytes }], { signal }),
    ]);
    const isRecorded = hexOf(digest) === sha256;
    await (isRecorded ? sent.finish() : sent.drop());
    return isRecorded;
  } finally {
    await pool.close();
    await source.close();
  }
}
