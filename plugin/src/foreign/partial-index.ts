import { basename } from 'node:path';
import type { ArchiveEntry, ArchiveIndex, BlobPlace, LinkEntry } from '../archive/archive-index';
import { parseEntryName } from '../archive/names';
import { tarEntries } from '../archive/tar-entries';
import type { Digest } from '../oci/digest';
import { isDigest } from '../oci/digest';
import { isSeqmirrorError } from '../system/errors';
import { openRegular } from '../system/regular-file';

/**
 * The content of an archive up to the place where it is cut or broken. Nothing of it is proven: blobs still have to be
 * hashed. oc-mirror writes links first, so that most of a cut archive can be identified.
 */
export async function readPartialIndex(
  path: string,
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<ArchiveIndex> {
  const name = basename(path);
  const blobs = new Map<Digest, BlobPlace>();
  const links = new Map<string, LinkEntry>();
  const workingDir: ArchiveEntry[] = [];
  const other: ArchiveEntry[] = [];
  const file = await openRegular(path);
  const { size } = await file.stat();
  try {
    for await (const entry of tarEntries(file, { archive: name, fileBytes: size, signal })) {
      if (entry.name === undefined || entry.type !== '0') continue;
      const { name: entryName, headerOffset, offset, bytes } = entry;
      const parsed = parseEntryName(entryName);
      if (parsed.kind === 'blob') blobs.set(parsed.digest, { offset, bytes });
      else if (parsed.kind === 'working-dir') workingDir.push({ name: entryName, headerOffset, offset, bytes });
      else if (parsed.kind === 'isc') other.push({ name: entryName, headerOffset, offset, bytes });
      else if (parsed.kind === 'link' && bytes <= 200) {
        const target = (await entry.read()).toString('latin1');
        if (isDigest(target) && (parsed.link === 'tag' || parsed.digest === target)) {
          links.set(entryName, { ...parsed, name: entryName, target });
        }
      }
    }
  } catch (error) {
    if (!isSeqmirrorError(error) || error.code !== 'SEQ0304') throw error;
  } finally {
    await file.close();
  }
  return {
    path,
    name,
    bytes: size,
    blobs,
    links: [...links.values()],
    damagedLinks: [],
    workingDir,
    other,
    registryEnd: 0,
    owners: [],
    findings: [],
  };
}
