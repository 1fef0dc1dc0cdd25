/** What lies where in an archive, by its headers alone: bodies of blobs are passed over, not read. */
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Digest } from '../registry/digest';
import { isDigest } from '../registry/digest';
import type { Finding } from '../system/errors';
import { systemErrorCode } from '../system/errors';
import { fileTrouble } from '../system/system-errors';
import { archiveBroken, entryRefused, entryTwice, linkDamaged } from './errors';
import type { LinkName } from './names';
import { parseEntryName } from './names';
import type { TarEntry } from './tar-entries';
import { tarEntries } from './tar-entries';
import { blockBytes, paddedBytes } from './tar-header';

/** A blob's place. Bytes from the file's start. */
export interface BlobPlace {
  readonly offset: number;
  readonly bytes: number;
}

/** A link file with what it points to. */
export type LinkEntry = LinkName & {
  readonly name: string;
  /** The content of the file. */
  readonly target: Digest;
};

/** An entry that is neither blob nor link. */
export interface ArchiveEntry extends BlobPlace {
  readonly name: string;
  /** Where its first header begins, so that it can be copied or cut off as a whole. */
  readonly headerOffset: number;
}

export interface ArchiveIndex {
  readonly path: string;
  /** The file's name, for messages. */
  readonly name: string;
  /** Of the whole file. */
  readonly bytes: number;
  readonly blobs: ReadonlyMap<Digest, BlobPlace>;
  readonly links: readonly LinkEntry[];
  readonly workingDir: readonly ArchiveEntry[];
  /** `isc_<time>`, leftovers of uploads, foreign files. */
  readonly other: readonly ArchiveEntry[];
  /** Where the last blob or link ends, padding included. What oc-mirror adds for itself comes after it, or before. */
  readonly registryEnd: number;
  /** Entries that were not taken. */
  readonly findings: readonly Finding[];
}

interface GrowingIndex extends ArchiveIndex {
  readonly blobs: Map<Digest, BlobPlace>;
  readonly links: LinkEntry[];
  readonly workingDir: ArchiveEntry[];
  readonly other: ArchiveEntry[];
  readonly findings: Finding[];
  registryEnd: number;
}

/**
 * Indexes an archive that oc-mirror or seqmirror made; memory grows with the number of entries. The structure is
 * checked to its end; entries that are not to be trusted are left out and become findings.
 *
 * @throws SEQ0304 when the file is not a whole archive
 * @throws SEQ0702 when it cannot be read
 */
export async function readArchiveIndex(
  path: string,
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<ArchiveIndex> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    return await indexOf(file, path, signal);
  } catch (error) {
    const reason = systemErrorCode(error);
    throw reason === undefined ? error : fileTrouble({ path, verb: 'read', reason, cause: error });
  } finally {
    await file?.close();
  }
}

async function indexOf(file: FileHandle, path: string, signal: AbortSignal | undefined): Promise<ArchiveIndex> {
  const { size: fileBytes } = await file.stat();
  const name = basename(path);
  if (fileBytes % blockBytes !== 0) {
    throw archiveBroken({ archive: name, offset: fileBytes, why: 'the file ends within a block' });
  }
  const index: GrowingIndex = {
    path,
    name,
    bytes: fileBytes,
    blobs: new Map(),
    links: [],
    workingDir: [],
    other: [],
    registryEnd: 0,
    findings: [],
  };
  const names = new Set<string>();
  for await (const entry of tarEntries(file, { archive: name, fileBytes, signal })) {
    await take(entry, index, names);
  }
  return index;
}

async function take(entry: TarEntry, index: GrowingIndex, names: Set<string>): Promise<void> {
  const { name, offset, bytes, headerOffset } = entry;
  const archive = index.name;
  const refuse = (why: string): void => {
    index.findings.push(entryRefused({ archive, name: name ?? '(not UTF-8)', offset: headerOffset, why }));
  };
  if (name === undefined) return refuse('Its name is not UTF-8');
  if (entry.type !== '0') return refuse(`It is no regular file (type ${entry.type})`);
  const parsed = parseEntryName(name);
  if (parsed.kind === 'unsafe') return refuse(`Its name is refused: ${parsed.why}`);
  if (names.has(name)) {
    index.findings.push(entryTwice({ archive, name }));
    return;
  }
  names.add(name);
  switch (parsed.kind) {
    case 'blob':
      index.blobs.set(parsed.digest, { offset, bytes });
      index.registryEnd = endOf(entry);
      return;
    case 'link': {
      const target = bytes <= 200 ? (await entry.read()).toString('latin1') : `${bytes} bytes`;
      if (isDigest(target) && (parsed.link === 'tag' || parsed.digest === target)) {
        index.links.push({ ...parsed, name, target });
      } else {
        index.findings.push(linkDamaged({ archive, name, content: target }));
      }
      index.registryEnd = endOf(entry);
      return;
    }
    case 'working-dir':
      index.workingDir.push({ name, headerOffset, offset, bytes });
      return;
    case 'isc':
    case 'other':
      index.other.push({ name, headerOffset, offset, bytes });
  }
}

function endOf({ offset, bytes }: TarEntry): number {
  return offset + paddedBytes(bytes);
}
