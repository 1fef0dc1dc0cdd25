/** A sequence's own archives on this machine: in the store, and linked in its folder. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { HashPool } from '../archive/hashing/hashing';
import type { VerifiedArchive } from '../archive/verify';
import { verifyArchives } from '../archive/verify';
import { storeFolders } from '../mirror/data-directory';
import type { Mirror } from '../mirror/mirror';
import { sequencePath } from '../mirror/mirror';
import type { Digest } from '../oci/digest';
import type { SequenceMetadata } from '../sequence/metadata';

export type RecordedArchive = SequenceMetadata['archives'][number];

export interface OwnFile {
  readonly path: string;
  /** The archive, if it is what was sealed. */
  readonly sound: VerifiedArchive | undefined;
  /** The archive otherwise, as far as it could be read. */
  readonly found: VerifiedArchive | undefined;
  /** Why it is not sound. */
  readonly why: string | undefined;
  /** Blobs in it that are known to be damaged. */
  readonly damaged: ReadonlySet<Digest>;
}

export interface OwnArchive {
  readonly recorded: RecordedArchive;
  /** Each file once, however many names it has. Those in the store come first. */
  readonly files: readonly OwnFile[];
}

interface ExamineRun {
  readonly pool: HashPool;
  readonly signal: AbortSignal;
  readonly progress: (bytes: number) => void;
}

/** The folders that hold, or held, a sequence's archives on this machine; new archives go into the first. */
export function ownFolders(mirror: Mirror, folder: string, metadata: SequenceMetadata): string[] {
  return [...storeFolders(mirror.data, folder, metadata), sequencePath(mirror, folder)];
}

/** Looks for each recorded archive, and hashes every file that has its size. */
export async function examineOwnArchives(
  mirror: Mirror,
  { folder, metadata, ...run }: ExamineRun & { folder: string; metadata: SequenceMetadata },
): Promise<OwnArchive[]> {
  const archives: OwnArchive[] = [];
  for (const recorded of metadata.archives) {
    const files: OwnFile[] = [];
    const seen = new Set<string>();
    for (const own of ownFolders(mirror, folder, metadata)) {
      const path = join(own, recorded.name);
      const file = await stat(path, { bigint: true }).catch(() => undefined);
      if (file?.isFile() !== true || seen.has(`${file.dev}:${file.ino}`)) continue;
      seen.add(`${file.dev}:${file.ino}`);
      files.push(await examineFile(path, recorded, { bytes: Number(file.size), ...run }));
    }
    archives.push({ recorded, files });
  }
  return archives;
}

/** Whether a file is the recorded archive, in every byte. */
async function examineFile(
  path: string,
  recorded: RecordedArchive,
  { bytes, pool, signal, progress }: ExamineRun & { bytes: number },
): Promise<OwnFile> {
  if (bytes !== recorded.bytes) {
    const why = `it has ${bytes} bytes instead of ${recorded.bytes}`;
    return { path, sound: undefined, found: undefined, why, damaged: new Set() };
  }
  const hash = recorded.frame_sha256 === undefined ? 'blobs and files' : 'blobs';
  const verified = await verifyArchives([path], { hash, pool, signal, progress });
  const [found] = verified.archives;
  const [damage] = verified.findings.filter(({ severity }) => severity === 'error');
  const isSame =
    recorded.frame_sha256 === undefined
      ? found?.sha256 === recorded.sha256
      : found?.frameSha256 === recorded.frame_sha256;
  const why = damage?.what ?? (isSame ? undefined : 'its headers, links or other files differ from what was sealed');
  const damaged = new Set(verified.damaged.map(({ digest }) => digest));
  return { path, found, sound: why === undefined ? found : undefined, why, damaged };
}
