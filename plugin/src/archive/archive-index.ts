/** Finds what an archive holds and where, from its headers alone: bodies of blobs are skipped. */
import type { FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Digest } from '../oci/digest';
import { isDigest } from '../oci/digest';
import type { Finding } from '../system/errors';
import { systemErrorCode } from '../system/errors';
import { printable } from '../system/printable';
import { openRegular } from '../system/regular-file';
import { fileTrouble } from '../system/system-errors';
import { archiveBroken, entryRefused, entryTwice, linkDamaged, paddingUsed } from './errors';
import type { GrowingLinks, LinkEntry } from './link-entry';
import { growLinks } from './link-entry';
import { parseEntryName } from './names';
import { collectOwners } from './owners';
import type { TarEntry } from './tar-entries';
import { tarEntries } from './tar-entries';
import { paddedBytes } from './tar-header';
import { blockBytes } from './ustar-header';

/** A blob's place. Bytes from the file's start. */
export interface BlobPlace {
  readonly offset: number;
  readonly bytes: number;
}

/** An entry that is neither blob nor link. */
export interface ArchiveEntry extends BlobPlace {
  readonly name: string;
  /** Where its first header begins, so that it can be copied or cut off as a whole. */
  readonly headerOffset: number;
}

export type { LinkEntry };

export interface ArchiveIndex {
  readonly path: string;
  /** The file's name, for messages. */
  readonly name: string;
  /** Bytes of the whole file. */
  readonly bytes: number;
  readonly blobs: ReadonlyMap<Digest, BlobPlace>;
  readonly links: readonly LinkEntry[];
  /** Names of links that are there but hold no digest, or not the one in their name. */
  readonly damagedLinks: readonly string[];
  readonly workingDir: readonly ArchiveEntry[];
  /** `isc_<time>`, leftovers of uploads, foreign files. */
  readonly other: readonly ArchiveEntry[];
  /** Where the last blob or link ends, padding included. What oc-mirror adds for itself comes before or after it. */
  readonly registryEnd: number;
  /** Owners of the files, according to the headers (owners.ts): `jenkins:docker (1000:1000)`; the first twenty. */
  readonly owners: readonly string[];
  /** Entries that were refused, and bytes where none belong. */
  readonly findings: readonly Finding[];
}

// A digest has 71 characters.
const longestLink = 200;

interface GrowingIndex extends ArchiveIndex {
  readonly blobs: Map<Digest, BlobPlace>;
  readonly damagedLinks: string[];
  readonly workingDir: ArchiveEntry[];
  readonly other: ArchiveEntry[];
  readonly findings: Finding[];
  registryEnd: number;
}

/**
 * Indexes an archive that oc-mirror or seqmirror made; memory grows with the number of entries. The structure is
 * checked to its end; entries that cannot be trusted are left out and become findings.
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
    file = await openRegular(path);
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
    throw archiveBroken({ archive: name, offset: fileBytes, why: 'the file ends in the middle of a 512-byte block' });
  }
  const links = growLinks();
  const owners = collectOwners();
  const padding = { places: 0, offset: 0 };
  const index: GrowingIndex = {
    path,
    name,
    bytes: fileBytes,
    blobs: new Map(),
    links: links.links,
    damagedLinks: [],
    workingDir: [],
    other: [],
    registryEnd: 0,
    owners: owners.seen,
    findings: [],
  };
  const names = new Set<string>();
  const entries = tarEntries(file, {
    archive: name,
    fileBytes,
    signal,
    onHeader: owners.see,
    onPadding: (offset) => {
      if (padding.places === 0) padding.offset = offset;
      padding.places += 1;
    },
  });
  for await (const entry of entries) {
    const taking = take(entry, index, { links, names });
    if (taking !== undefined) await taking;
  }
  if (padding.places > 0) index.findings.push(paddingUsed({ archive: name, ...padding }));
  return index;
}

// No honest archive has one, and two million would fill the memory.
const mostFindings = 1000;

interface Taken {
  readonly links: GrowingLinks;
  /** Names of entries that are neither blob nor link. */
  readonly names: Set<string>;
}

/** Only a link's body is needed, and it may not have been read yet. */
function take(entry: TarEntry, index: GrowingIndex, { links, names }: Taken): Promise<void> | undefined {
  const { name, offset, bytes, headerOffset } = entry;
  const archive = index.name;
  if (index.findings.length > mostFindings) {
    const why = `seqmirror has already refused more than ${mostFindings} entries`;
    throw archiveBroken({ archive, offset: headerOffset, why });
  }
  const refuse = (why: string): void => {
    index.findings.push(entryRefused({ archive, name: name ?? '(not UTF-8)', offset: headerOffset, why }));
  };
  if (name === undefined) return void refuse('The name of the entry is not UTF-8');
  if (entry.type !== '0') return void refuse(`The entry is not a regular file (its type is ${printable(entry.type)})`);
  const parsed = parseEntryName(name);
  if (parsed.kind === 'unsafe') return void refuse(`The name of the entry is not allowed: ${parsed.why}`);
  const isTwice =
    parsed.kind === 'blob'
      ? index.blobs.has(parsed.digest)
      : parsed.kind === 'link'
        ? !links.claim(parsed)
        : names.has(name);
  if (isTwice) return void index.findings.push(entryTwice({ archive, name }));
  switch (parsed.kind) {
    case 'blob':
      index.blobs.set(links.digest(parsed.digest), { offset, bytes });
      index.registryEnd = endOf(entry);
      return undefined;
    case 'link': {
      index.registryEnd = endOf(entry);
      const takeBody = (content: string): void => {
        if (isDigest(content) && (parsed.link === 'tag' || parsed.digest === content)) {
          links.add(parsed, content);
          return;
        }
        index.damagedLinks.push(name);
        index.findings.push(linkDamaged({ archive, name, content }));
      };
      if (bytes > longestLink) return void takeBody(`${bytes} bytes`);
      const body = entry.read();
      if (Buffer.isBuffer(body)) return void takeBody(body.toString('latin1'));
      return body.then((late) => takeBody(late.toString('latin1')));
    }
    case 'working-dir':
      names.add(name);
      index.workingDir.push({ name, headerOffset, offset, bytes });
      return undefined;
    case 'isc':
    case 'other':
      names.add(name);
      index.other.push({ name, headerOffset, offset, bytes });
      return undefined;
  }
}

function endOf({ offset, bytes }: TarEntry): number {
  return offset + paddedBytes(bytes);
}
